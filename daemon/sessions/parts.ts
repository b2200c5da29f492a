import type { Hosts } from '../hosts/hosts';
import type { SessionId } from '../protocol/ids';
import type { Screens } from '../screen/screens';
import type { Catalog } from './catalog';
import type { Queues } from './queues';

/** What the services of this folder work on together. */
export interface Parts {
  readonly catalog: Catalog;
  readonly hosts: Hosts;
  readonly screens: Screens;
  /** Changes of one session happen one after the other. */
  readonly queues: Queues<SessionId>;
  readonly settings: Settings;
  /** For what goes wrong with nobody waiting for an answer. */
  readonly report: (what: string, error: unknown) => void;
}

export interface Settings {
  readonly dataDir: string;
  readonly runtimeDir: string;
  readonly version: string;
  /** Where the scripts of the shell integration are. */
  readonly shellsFolder: string;
  /** How many terminals may run at once. */
  readonly terminalLimit: number;
  /** How long an ephemeral session stays after its last viewer has left. */
  readonly ephemeralGraceMs: number;
}

/** As many as descriptors, PTYs and memory allow on an ordinary machine; the kernel's own limit is 4096 PTYs. */
export const TERMINAL_LIMIT = 2000;
/** A reload of the window that shows it fits in. */
export const EPHEMERAL_GRACE_MS = 60_000;
