import { l10n } from 'vscode';
import type { ExitStatus } from '../../daemon/client';

/** What stands below the last screen of a program that has ended. */
export const endSentence = ({ exitCode, signal }: ExitStatus): string => {
  if (signal !== null) {
    return l10n.t('The program was ended by {0}. Press Enter to restart it, any other key to close.', signal);
  }
  return exitCode === null
    ? l10n.t('The program has ended. Press Enter to restart it, any other key to close.')
    : l10n.t(
        'The program has ended with exit code {0}. Press Enter to restart it, any other key to close.',
        exitCode,
      );
};

/** What stands there when the machine or the PTY host has died. */
export const lostSentence = (): string =>
  l10n.t(
    'This session was lost: the machine or the process that held it went down. Press Enter for a shell in its last folder, any other key to close.',
  );

/** What stands there when nobody knows how it ended. */
export const goneSentence = (why: string): string =>
  l10n.t('The program is gone: {0}. Press Enter to restart it, any other key to close.', why);

/** The same in the terminal of a task, which ends with it. */
export const taskGoneSentence = (why: string): string => l10n.t('The program is gone: {0}.', why);
