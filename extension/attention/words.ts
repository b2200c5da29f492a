import { l10n } from 'vscode';
import type { Attention, AttentionReason, SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { noticeText, plainText } from '../tree/plainText';
import { hasChildren } from '../tree/treeModel';

/** A codicon for each reason: the shape tells them apart, colour only helps. */
export const ATTENTION_ICON: Readonly<Record<AttentionReason, string>> = {
  password: 'key',
  input: 'question',
  failed: 'error',
  'command-finished': 'checklist',
  bell: 'bell-dot',
};

/** Characters of a command line in a notification. */
const SHOWN_COMMAND = 80;

/** A reason as the row has it, beside the state. */
export const attentionWords = ({ reason, exitCode = null }: Attention): string => {
  switch (reason) {
    case 'password':
      return l10n.t('waits for a password');
    case 'input':
      return l10n.t('waits for input');
    case 'failed':
      return l10n.t('failed');
    case 'command-finished':
      return exitCode === null || exitCode === 0
        ? l10n.t('command finished')
        : l10n.t('command failed with code {0}', exitCode);
    case 'bell':
      return l10n.t('bell');
  }
};

/** A reason as a notification tells it. */
export const attentionSentence = (
  session: SessionInfo,
  terminal: TerminalInfo,
  { reason, command = null, durationMs = 0, exitCode = null, signal = null }: Attention,
): string => {
  const name = hasChildren(session) ? `${session.name}: ${terminal.name}` : session.name;
  const line = command === null ? l10n.t('A command') : plainText(command, SHOWN_COMMAND);
  const time = durationText(durationMs);
  switch (reason) {
    case 'password':
      return noticeText(l10n.t('{0} waits for a password.', name));
    case 'input':
      return noticeText(l10n.t('{0} waits for input.', name));
    case 'failed':
      return noticeText(
        signal === null
          ? l10n.t('{0} failed: its program ended with code {1}.', name, exitCode ?? '?')
          : l10n.t('{0} failed: its program was ended by {1}.', name, signal),
      );
    case 'command-finished':
      return noticeText(
        exitCode === null || exitCode === 0
          ? l10n.t('{0} finished after {1}: {2}', name, time, line)
          : l10n.t('{0}: command failed with code {1} after {2}: {3}', name, exitCode, time, line),
      );
    case 'bell':
      return noticeText(l10n.t('{0} rang the bell.', name));
  }
};

const durationText = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) {
    return l10n.t('{0} s', seconds);
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? l10n.t('{0} min {1} s', minutes, seconds % 60)
    : l10n.t('{0} h {1} min', Math.floor(minutes / 60), minutes % 60);
};
