import type { Capability } from '../protocol/capabilities';
import type { ClientKind } from '../protocol/hello';

/** A program that can run the daemon. */
export interface Runtime {
  /** Absolute path of a Node 20 or later, or of an Electron application. */
  readonly executable: string;
  /** An Electron application: started with ELECTRON_RUN_AS_NODE=1. Never on Windows (it locks the file). */
  readonly electron?: boolean;
}

/** Where a runtime is tried, before a daemon is started with it. */
export interface RuntimePlace {
  /** The copy of the built program that the daemon will run from. */
  readonly folder: string;
  readonly buildId: string;
  /** The folder that keeps the results of earlier tries. */
  readonly cacheFolder: string;
}

/** Chooses when a daemon has to be started, and not before; see `chooseRuntime`. */
export type RuntimeChooser = (place: RuntimePlace) => Promise<Runtime>;

export interface ConnectOptions {
  /** Who is calling, for people to read in lists of viewers; `sdk` unless given. */
  readonly kind?: ClientKind;
  /**
   * What the connection is to be able to do, all unless given: calls beyond it are refused by the daemon with
   * NOT_PERMITTED. A program that only looks can't end anything by mistake then.
   */
  readonly capabilities?: readonly Capability[];
  /** Where HOLDFAST_DATA_DIR and HOLDFAST_SOCKET_DIR are looked up; `process.env` unless given. */
  readonly environment?: NodeJS.ProcessEnv;
  /** `always` (unless given) starts a daemon where none runs; `never` fails with DAEMON_UNAVAILABLE. */
  readonly start?: 'always' | 'never';
  /** What the daemon is started with; `process.execPath` unless given. */
  readonly runtime?: Runtime | RuntimeChooser;
  /** The folder of the built program (`daemon.js` in it); the one this file is in unless given. */
  readonly distFolder?: string;
  /** Milliseconds until a daemon that is being started must answer; START_TIMEOUT_MS unless given. */
  readonly timeoutMs?: number;
}

/** How long a daemon may take until it answers: a cold start on a busy machine takes two seconds. */
export const START_TIMEOUT_MS = 10_000;
