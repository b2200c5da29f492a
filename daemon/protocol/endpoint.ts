import type { Millis } from './ids';

/** Names inside the data folder (below the machine's id); see docs/ARCHITECTURE.md. */
export const ENDPOINT_FILE = 'endpoint.json';
export const HOSTS_FOLDER = 'hosts';
export const JOURNALS_FOLDER = 'journals';
export const HISTORIES_FOLDER = 'histories';
export const KEYFRAMES_FOLDER = 'keyframes';
export const RUNTIME_FOLDER = 'runtime';
/** Holds the launcher of the command line, at a path that no update changes. */
export const COMMAND_FOLDER = 'bin';
export const LOG_FOLDER = 'logs';
/** What a daemon writes in. */
export const DAEMON_FOLDERS = [
  HOSTS_FOLDER,
  JOURNALS_FOLDER,
  HISTORIES_FOLDER,
  KEYFRAMES_FOLDER,
  LOG_FOLDER,
  RUNTIME_FOLDER,
] as const;
export const LOCK_PREFIX = 'daemon.lock.';
export const STORE_FILE = 'holdfast.db';
/** The database, the one before it and the logs; not those that were set aside. */
export const STORE_FILE_NAME = /^holdfast\.(db(\.previous|\.next)?|log\.\d+)$/;
/** A broken file that was set aside: its name before, and when (UTC, ISO 8601 without separators). */
export const SET_ASIDE_SUFFIX = /^(.+)\.broken-(\d{8}T\d{9}Z)(?:-\d+)?$/;
/** One of the store. */
export const SET_ASIDE_NAME = /^(holdfast\.(?:db|log)[a-z0-9.]*)\.broken-(\d{8}T\d{9}Z)(?:-\d+)?$/;

/** What the daemon writes to ENDPOINT_FILE (0600) once it serves: how a client finds it. */
export interface EndpointRecord {
  readonly pid: number;
  readonly startTime: string | null;
  readonly socket: string;
  readonly token: string;
  readonly version: string;
  readonly buildId: string;
  readonly protocol: { readonly min: number; readonly max: number };
  readonly startedAt: Millis;
  /** Whether it stays although nothing is left to do: what takes the place of one that can't say so any more should too. Older daemons do not say. */
  readonly keep?: boolean;
}
