import { HoldfastError } from '../protocol/errors';
import { type CommandInfo, HistoryList } from '../protocol/history';
import { offset, type SessionId } from '../protocol/ids';
import type { SessionInfo, Size, TerminalInfo } from '../protocol/model';
import { type ProgramSpec, SessionKill, SessionRemove, SessionShow } from '../protocol/sessions';
import { TerminalSpawn } from '../protocol/terminals';
import type { Connection } from './connection';
import { endIdempotently, type KillOptions } from './killing';
import { Terminal } from './terminal';

/** How a program is started. */
export interface ProgramOptions {
  /** Arguments of the program. */
  readonly args?: readonly string[];
  /** An absolute path; the caller's folder, or the session's, unless given. */
  readonly cwd?: string;
  /** Added to, and above, the caller's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** 80 unless given. */
  readonly cols?: number;
  /** 24 unless given. */
  readonly rows?: number;
  /** Whether a bare known shell (bash, zsh, fish, PowerShell) is started with shell integration; true unless given. */
  readonly shellIntegration?: boolean;
}

export interface SpawnOptions extends ProgramOptions {
  /** The terminal's name; a free one unless given. */
  readonly name?: string;
  /** Leave terminal queries (DA, CPR, colours …) in `output`; the daemon answers them in any case. */
  readonly keepQueries?: boolean;
}

export interface SessionAttachOptions {
  readonly readOnly?: boolean;
  /** This viewer's size; an interactive viewer's becomes the terminal's. */
  readonly size?: Size;
  /** `screen` (unless given): first what the terminal shows, then what follows. `start`: all output that is kept. */
  readonly from?: 'screen' | 'start';
  /** Rows of scrollback with the screen. */
  readonly history?: number;
  /** Send every other viewer away. */
  readonly takeOver?: boolean;
  /** Leave terminal queries (DA, CPR, colours …) in `output`; the daemon answers them in any case. */
  readonly keepQueries?: boolean;
}

export interface HistoryOptions {
  readonly terminal?: string;
  /** Only those that failed. */
  readonly failed?: boolean;
  /** Only the newest so many. */
  readonly limit?: number;
}

/** A session: it lives in the daemon, this is a handle to it. */
export class Session {
  public readonly id: SessionId;
  /** Its name when this handle was made. */
  public readonly name: string;

  /** Made by `Holdfast.createSession`, `session` and `sessions`. */
  public constructor(
    private readonly _connection: Connection,
    info: SessionInfo,
    private readonly _onSpawn: (terminal: Terminal) => void,
  ) {
    this.id = info.id;
    this.name = info.name;
  }

  /**
   * Starts a program in another terminal of the session and attaches to it: `output` has all it writes.
   * @param program an executable, or the user's login shell when there is none
   * @throws HoldfastError INVALID_INPUT, SESSION_EXITED "Session not active", SPAWN_FAILED, CWD_NOT_FOUND, INVALID_NAME
   */
  public async spawn(program?: string, options: SpawnOptions = {}): Promise<Terminal> {
    const session = await this._find();
    if (session?.state !== 'running') {
      throw notActive();
    }
    const spec = programSpec(program, options, session.cwd);
    const terminal = await this._spawn({
      ...spec,
      ...(options.name === undefined ? {} : { name: options.name }),
    });
    const attached = await this._attach(terminal.id, {
      from: 'start',
      keepQueries: options.keepQueries === true,
    });
    this._onSpawn(attached);
    return attached;
  }

  /** @throws HoldfastError SESSION_NOT_FOUND */
  public async terminals(): Promise<readonly TerminalInfo[]> {
    return (await this.info()).terminals;
  }

  /**
   * Attaches to a terminal. One that has ended gives its last screen, and ends.
   * @param terminal its id or name; `main` unless given
   * @throws HoldfastError SESSION_NOT_FOUND, TERMINAL_NOT_FOUND, SESSION_UNREACHABLE
   */
  public attach(terminal?: string, options: SessionAttachOptions = {}): Promise<Terminal> {
    return this._attach(terminal, options);
  }

  /**
   * The commands that its shells have run, oldest first: of shells with shell integration, the newest 1000 of each terminal.
   * @param options.terminal its id or name; all of them unless given
   * @throws HoldfastError SESSION_NOT_FOUND, TERMINAL_NOT_FOUND
   */
  public async history(options: HistoryOptions = {}): Promise<readonly CommandInfo[]> {
    const { terminal, ...wanted } = options;
    const target = { text: terminal === undefined ? this.id : `${this.id}:${terminal}` };
    return (await this._connection.call(HistoryList.type, { target, ...wanted })).commands;
  }

  /** Ends all its programs and everything they started. Ended or forgotten already is no error. */
  public kill(options: KillOptions = {}): Promise<SessionKill.Result> {
    return endIdempotently(() =>
      this._connection.call(SessionKill.type, { target: { text: this.id, explicit: true }, ...options }),
    );
  }

  /**
   * Forgets the session, with its screens and histories; its name is free again. One that is forgotten already is no error.
   * @param options `force`: ends its programs first, and sends viewers away
   * @throws HoldfastError SESSION_RUNNING, VIEWERS_ATTACHED unless forced
   */
  public async remove(options: { readonly force?: boolean } = {}): Promise<void> {
    const target = { text: this.id, explicit: true };
    try {
      await this._connection.call(SessionRemove.type, { target, force: options.force === true });
    } catch (error) {
      if (HoldfastError.from(error).code !== 'SESSION_NOT_FOUND') {
        throw error;
      }
    }
  }

  /** Whether a program of it runs. */
  public async isActive(): Promise<boolean> {
    return (await this._find())?.state === 'running';
  }

  /** The session as it is now. @throws HoldfastError SESSION_NOT_FOUND */
  public async info(): Promise<SessionInfo> {
    const session = await this._find();
    if (session === undefined) {
      throw new HoldfastError(
        'SESSION_NOT_FOUND',
        `there is no session '${this.name}'`,
        'Create another one.',
      );
    }
    return session;
  }

  private async _find(): Promise<SessionInfo | undefined> {
    try {
      return (await this._connection.call(SessionShow.type, { target: { text: this.id } })).session;
    } catch (error) {
      if (HoldfastError.from(error).code === 'SESSION_NOT_FOUND') {
        return undefined;
      }
      throw error;
    }
  }

  private async _spawn(spec: ProgramSpec & { readonly name?: string }): Promise<TerminalInfo> {
    try {
      const params = { target: { text: this.id, explicit: true }, ...spec };
      return (await this._connection.call(TerminalSpawn.type, params)).terminal;
    } catch (error) {
      const { code } = HoldfastError.from(error);
      // It ended between our look and our call.
      throw code === 'SESSION_EXITED' || code === 'SESSION_NOT_FOUND' ? notActive() : error;
    }
  }

  private async _attach(terminal: string | undefined, options: SessionAttachOptions): Promise<Terminal> {
    const { readOnly, size, from, history, takeOver, keepQueries } = options;
    const attachment = await this._connection.attach({
      target: { text: terminal === undefined ? this.id : `${this.id}:${terminal}` },
      mode: readOnly === true ? 'read-only' : 'interactive',
      flow: 'manual',
      whenBehind: 'output',
      keepQueries: keepQueries === true,
      ...(size === undefined ? {} : { size }),
      ...(from === 'start' ? { from: offset(0) } : {}),
      ...(history === undefined ? {} : { history }),
      ...(takeOver === undefined ? {} : { takeOver }),
    });
    return new Terminal(this._connection, attachment);
  }
}

/** @param cwd where it is started unless the options say otherwise */
export const programSpec = (
  program: string | undefined,
  options: ProgramOptions,
  cwd: string,
): ProgramSpec => {
  if (program === undefined && options.args !== undefined) {
    throw new HoldfastError('INVALID_INPUT', 'arguments without a program', 'Name the program they are for.');
  }
  const environment: Record<string, string> = {};
  for (const variable of Object.entries(options.env ?? {})) {
    refuseNoVariable(...variable);
  }
  for (const [name, value] of Object.entries({ ...process.env, ...options.env })) {
    if (value !== undefined) {
      environment[name] = value;
    }
  }
  return {
    cwd: options.cwd ?? cwd,
    environment,
    ...(program === undefined ? {} : { command: [program, ...(options.args ?? [])] }),
    ...(options.cols === undefined ? {} : { cols: options.cols }),
    ...(options.rows === undefined ? {} : { rows: options.rows }),
    ...(options.shellIntegration === undefined ? {} : { shellIntegration: options.shellIntegration }),
  };
};

/** As `--env` of the command line: what no environment can hold must not get lost silently. */
const refuseNoVariable = (name: string, value: unknown): void => {
  const isName = name !== '' && !/[=\s\0]/.test(name);
  if (!isName || (value !== undefined && (typeof value !== 'string' || value.includes('\0')))) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `'${name}' can't be an environment variable with such a name and value`,
      "Names have no '=', no blanks and no NUL; values are strings without NUL.",
      { field: 'env' },
    );
  }
};

const notActive = (): HoldfastError =>
  new HoldfastError(
    'SESSION_EXITED',
    'Session not active',
    'Restart it (holdfast restart), or create another session.',
  );
