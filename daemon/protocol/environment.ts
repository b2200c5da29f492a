import { request } from './message';
import type { Target } from './sessions';

export namespace TerminalEnvironment {
  export interface Params {
    readonly target: Target;
    /**
     * The environment that this client would start a program with, as in `ProgramSpec`: `beside` in the answer is what a program
     * would get of it that were started in the same terminal now.
     */
    readonly beside?: Readonly<Record<string, string>>;
  }
  export interface Result {
    /** The terminal's name. */
    readonly terminal: string;
    readonly pid: number | null;
    /**
     * `process`: what the system has as the environment that the program in the terminal was started with (Linux). `start`: what
     * the daemon has started it with, without what looks like a secret where another daemon has done it: that is on no disk.
     * What a program changes of its own environment later, nobody but itself knows.
     */
    readonly source: 'process' | 'start';
    /** May hold secrets. */
    readonly environment: Readonly<Record<string, string>>;
    readonly beside?: Readonly<Record<string, string>>;
  }
  /** @throws SESSION_NOT_FOUND, TERMINAL_NOT_FOUND, SESSION_EXITED, SESSION_UNREACHABLE */
  export const type = request<Params, Result>('terminal/environment');
}
