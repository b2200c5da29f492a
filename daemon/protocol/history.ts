import type { Millis } from './ids';
import { request } from './message';
import type { Target } from './sessions';

/** A command that a shell with integration has run. */
export interface CommandInfo {
  /** The session's name. */
  readonly session: string;
  /** The terminal's name. */
  readonly terminal: string;
  /** The line as it was entered, up to 8000 characters. */
  readonly command: string;
  /** Null while it runs, and where its end was not seen: its shell ended first, or its output is no longer kept. */
  readonly exitCode: number | null;
  /** The folder it was entered in; null when the shell has told none. */
  readonly cwd: string | null;
  readonly startedAt: Millis;
  /** Milliseconds; null when `exitCode` is. */
  readonly durationMs: number | null;
  readonly running: boolean;
}

/** How many commands of a terminal are kept: the newest; up to PRUNE_COMMANDS_EVERY more for a while. */
export const MAX_COMMANDS = 1000;

export namespace HistoryList {
  export interface Params {
    /** A session's terminals all, or one terminal. */
    readonly target: Target;
    /** Only those whose exit code is known and not 0. */
    readonly failed?: boolean;
    /** Only the newest so many. */
    readonly limit?: number;
  }
  export interface Result {
    /** Oldest first. */
    readonly commands: readonly CommandInfo[];
  }
  /** @throws SESSION_NOT_FOUND, TERMINAL_NOT_FOUND */
  export const type = request<Params, Result>('session/history');
}
