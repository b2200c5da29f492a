import type { Attention, AttentionReason, SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import type { SettingName, Settings } from '../contributions';

/** What is done about a reason: a notification too, the row and the badge only, or nothing. */
export type AttentionMode = Settings['holdfast.attention.bell'];
export type ReadSetting = <K extends SettingName>(name: K) => Settings[K];

/** The most urgent first: the row has its icon. */
const ORDER: readonly AttentionReason[] = ['password', 'input', 'failed', 'command-finished', 'bell'];

const SETTING_OF = {
  bell: 'holdfast.attention.bell',
  'command-finished': 'holdfast.attention.command',
  failed: 'holdfast.attention.failure',
  input: 'holdfast.attention.input',
  password: 'holdfast.attention.password',
} as const satisfies Record<AttentionReason, SettingName>;

/** Why somebody should look at a terminal, as far as the user wants to know: the most urgent reason first. */
export const wantedOf = (
  { attention = [] }: Pick<TerminalInfo, 'attention'>,
  read: ReadSetting,
  least: Exclude<AttentionMode, 'off'> = 'show',
): readonly Attention[] =>
  attention
    .filter(({ reason, durationMs = Number.POSITIVE_INFINITY }) => {
      const mode = read(SETTING_OF[reason]);
      const isLong =
        reason !== 'command-finished' || durationMs >= read('holdfast.attention.longCommand') * 1000;
      return isLong && (mode === 'notify' || (mode === 'show' && least === 'show'));
    })
    .toSorted((a, b) => ORDER.indexOf(a.reason) - ORDER.indexOf(b.reason));

/** The same of all terminals of a session, each reason once. */
export const wantedOfSession = (session: SessionInfo, read: ReadSetting): readonly Attention[] => {
  const all = session.terminals.flatMap((terminal) => wantedOf(terminal, read));
  return ORDER.flatMap((reason) => all.find((attention) => attention.reason === reason) ?? []);
};
