import { l10n } from 'vscode';
import type { TerminalInfo } from '../../daemon/protocol/model';
import { runTime, SHOWN_AFTER_MS } from './commandTime';
import { plainText } from './plainText';

/** Longer lines would leave no room for the folder. */
const LINE_LIMIT = 40;

/** What a row says of its shell's commands: what runs, or how the last one ended. */
export interface CommandWords {
  readonly shown: string;
  /** As a sentence's part, for a screen reader. */
  readonly spoken: string;
}

/** Undefined where nothing is known, and where the program has ended: then its own end is what counts. */
export const commandWords = (terminal: TerminalInfo, now: number): CommandWords | undefined => {
  const { state, currentCommand, lastExitCode } = terminal;
  if (state !== 'running') {
    return undefined;
  }
  if (currentCommand != null && now - currentCommand.startedAt >= SHOWN_AFTER_MS) {
    const ranMs = now - currentCommand.startedAt;
    const line = lineOf(currentCommand.command, LINE_LIMIT);
    return {
      // A row that is too narrow cuts what stands last.
      shown: `${shortTime(ranMs)} · ${line}`,
      spoken: l10n.t('running {0} {1}', line, spokenTime(ranMs)),
    };
  }
  return lastExitCode == null
    ? undefined
    : {
        shown: l10n.t('exit code {0}', lastExitCode),
        spoken: l10n.t('last command ended with code {0}', lastExitCode),
      };
};

/** The same for a hover, which has the whole line. */
export const commandLines = (terminal: TerminalInfo, now: number): readonly string[] => {
  const { currentCommand, lastExitCode } = terminal;
  return [
    ...(currentCommand == null
      ? []
      : [
          l10n.t(
            'Running: {0} ({1})',
            lineOf(currentCommand.command),
            shortTime(now - currentCommand.startedAt),
          ),
        ]),
    ...(lastExitCode == null ? [] : [l10n.t('Last command: ended with code {0}', lastExitCode)]),
  ];
};

/** @param command null when the shell keeps it out of its own history */
const lineOf = (command: string | null, limit?: number): string =>
  command === null ? l10n.t('a command') : plainText(command, limit);

/** How long something has run, as rows and hovers have it. */
export const shortTime = (ranMs: number): string => {
  const time = runTime(ranMs);
  switch (time.unit) {
    case 'moment':
      return l10n.t('<1 min');
    case 'minutes':
      return l10n.t('{0} min', time.count);
    case 'hours':
      return l10n.t('{0} h', time.count);
    case 'days':
      return l10n.t('{0} d', time.count);
  }
};

const spokenTime = (ranMs: number): string => {
  const time = runTime(ranMs);
  switch (time.unit) {
    case 'moment':
      return l10n.t('for less than a minute');
    case 'minutes':
      return time.count === 1 ? l10n.t('for 1 minute') : l10n.t('for {0} minutes', time.count);
    case 'hours':
      return time.count === 1 ? l10n.t('for 1 hour') : l10n.t('for {0} hours', time.count);
    case 'days':
      return time.count === 1 ? l10n.t('for 1 day') : l10n.t('for {0} days', time.count);
  }
};
