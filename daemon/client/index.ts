/**
 * The client library: finds or starts the daemon, keeps a connection to it, views terminals. `connect` opens
 * the small interface for other programs (docs/SDK.md); `Connection` is what the command line and the editor
 * use, with every call of the protocol.
 */
export { type Locations, resolveLocations } from '../platform/locations';
export { makeFolders } from '../platform/makeFolders';
export { ensurePrivateFolder } from '../platform/privateFolder';
export { newSocketPath, PROBE_SOCKET } from '../platform/socketPath';
export type { Capability } from '../protocol/capabilities';
export { type ErrorCode, HoldfastError } from '../protocol/errors';
export type { EventName, HoldfastEvent, SessionsChanged } from '../protocol/events';
export type { CommandInfo } from '../protocol/history';
export type {
  CurrentCommand,
  SessionInfo,
  Size,
  TerminalInfo,
  TerminalState,
  ViewerMode,
} from '../protocol/model';
export type { ThemeColors } from '../protocol/terminals';
export type {
  AttachInfo,
  Attachment,
  AttachOptions,
  AttachState,
  DetachKind,
  DetachReason,
  ExitStatus,
  Gap,
  ResetReason,
} from './attachmentTypes';
export { Connection, type ConnectionState } from './connection';
export { readEndpoint } from './endpoint';
export { type CreateSessionOptions, connect, Holdfast, type HoldfastOptions } from './holdfast';
export type { KillOptions } from './killing';
export {
  type ConnectOptions,
  type Runtime,
  type RuntimeChooser,
  type RuntimePlace,
  START_TIMEOUT_MS,
} from './options';
export { CLIENT_VERSION, findProgram, type Program } from './program';
export { QueryFilter } from './queryFilter';
export { chooseRuntime } from './runtimeChooser';
export { ensureRuntimeCopy } from './runtimeCopy';
export {
  type HistoryOptions,
  type ProgramOptions,
  Session,
  type SessionAttachOptions,
  type SpawnOptions,
} from './session';
export { restartDaemon, stopDaemon } from './stopping';
export { type Output, Terminal, type TerminalEvent } from './terminal';
export { ThemeProbe, type ThemeProbeSink } from './themeProbe';
export { compareVersions } from './version';
