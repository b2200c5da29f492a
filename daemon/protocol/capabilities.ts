import { SessionClaimNotice, TerminalWatch } from './attention';
import { DaemonDiagnose, DaemonKeep, DaemonShutdown, DaemonStatus } from './daemon';
import { TerminalEnvironment } from './environment';
import { EventsList, EventsSubscribe } from './events';
import { HistoryList } from './history';
import { TerminalMouse } from './mouse';
import {
  SessionArrange,
  SessionArrangeGroups,
  SessionCreate,
  SessionDetach,
  SessionKill,
  SessionList,
  SessionLossAnswered,
  SessionOfferLost,
  SessionRemove,
  SessionRename,
  SessionRestart,
  SessionResurrect,
  SessionResurrectAll,
  SessionSet,
  SessionShow,
} from './sessions';
import {
  TerminalAttach,
  TerminalKey,
  TerminalOutput,
  TerminalRefresh,
  TerminalResize,
  TerminalShellNonce,
  TerminalSnapshot,
  TerminalSpawn,
  TerminalTheme,
  TerminalType,
} from './terminals';
import { TerminalWait } from './waits';

/**
 * What a connection may do: `observe` sees sessions and screens; `input` types, resizes, tells colours and what is looked at; `manage`
 * starts, ends and changes sessions and the daemon. None includes another. A client that asks for none of them in its
 * hello has all.
 */
export const CAPABILITIES = ['observe', 'input', 'manage'] as const;
export type Capability = (typeof CAPABILITIES)[number];

export const isCapability = (value: unknown): value is Capability =>
  CAPABILITIES.some((capability) => capability === value);

/**
 * What each call of a client needs; one that is not named here is refused. To attach interactively needs `input`
 * too, to send other viewers away by `takeOver` needs `manage` too.
 */
export const CAPABILITY_OF: Readonly<Record<string, Capability>> = {
  [SessionCreate.type.method]: 'manage',
  [SessionList.type.method]: 'observe',
  [SessionShow.type.method]: 'observe',
  [SessionRename.type.method]: 'manage',
  [SessionSet.type.method]: 'manage',
  [SessionArrange.type.method]: 'manage',
  [SessionArrangeGroups.type.method]: 'manage',
  [SessionKill.type.method]: 'manage',
  [SessionRemove.type.method]: 'manage',
  [SessionRestart.type.method]: 'manage',
  [SessionResurrect.type.method]: 'manage',
  [SessionResurrectAll.type.method]: 'manage',
  [SessionOfferLost.type.method]: 'manage',
  [SessionLossAnswered.type.method]: 'manage',
  [SessionDetach.type.method]: 'manage',
  [SessionClaimNotice.type.method]: 'manage',
  [TerminalSpawn.type.method]: 'manage',
  [TerminalAttach.type.method]: 'observe',
  [TerminalRefresh.type.method]: 'observe',
  [TerminalSnapshot.type.method]: 'observe',
  [TerminalWait.type.method]: 'observe',
  [TerminalOutput.type.method]: 'observe',
  [TerminalType.type.method]: 'input',
  [TerminalKey.type.method]: 'input',
  [TerminalMouse.type.method]: 'input',
  [TerminalTheme.type.method]: 'input',
  [TerminalResize.type.method]: 'input',
  [TerminalWatch.type.method]: 'input',
  // Who types can have the shell say these.
  [TerminalShellNonce.type.method]: 'input',
  [TerminalEnvironment.type.method]: 'input',
  [HistoryList.type.method]: 'observe',
  [EventsList.type.method]: 'observe',
  [EventsSubscribe.type.method]: 'observe',
  [DaemonStatus.type.method]: 'observe',
  [DaemonShutdown.type.method]: 'manage',
  [DaemonKeep.type.method]: 'manage',
  [DaemonDiagnose.type.method]: 'observe',
};
