import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Attachment,
  type AttachOptions,
  Connection,
  type ConnectOptions,
  connect,
  type Holdfast,
  type HoldfastOptions,
} from '../../daemon/client/index';
import { stopDaemon } from '../../daemon/client/stopping';
import type { IDisposable } from '../../daemon/lifecycle/lifecycle';
import { SessionCreate, SessionKill, SessionRemove } from '../../daemon/protocol/sessions';

/** Polls until `condition` holds. */
export const until = async (
  what: string,
  condition: () => boolean | Promise<boolean>,
  ms = 15_000,
): Promise<void> => {
  for (const deadline = Date.now() + ms; !(await condition()); await sleep(10)) {
    if (Date.now() > deadline) {
      throw new Error(`not within ${ms} ms: ${what}`);
    }
  }
};

/** What an attachment has delivered, and how it ended. */
export class Screen {
  public text = '';
  public readonly resets: string[] = [];
  public readonly states: string[] = [];
  public end: string | undefined;

  public constructor(public readonly attachment: Attachment) {
    const decoder = new TextDecoder();
    attachment.onData((data) => {
      this.text += decoder.decode(data, { stream: true });
    });
    attachment.onState((state) => this.states.push(state));
    attachment.onExit(({ exitCode, signal }) => {
      this.end = `exit ${exitCode} ${signal}`;
    });
    attachment.onDetach(({ kind }) => {
      this.end = kind;
    });
    attachment.start();
  }

  public shows(text: string): Promise<void> {
    return until(`shows ${JSON.stringify(text)}`, () => this.text.includes(text));
  }
}

/** Starts a session with a program, an interactive bash unless told. @returns its id */
export const startProgram = (connection: Connection, ...command: string[]): Promise<string> =>
  startSession(connection, command.length === 0 ? {} : { command });

/** The same with more to say of the session. @returns its id */
export const startSession = async (
  connection: Connection,
  more: Partial<SessionCreate.Params>,
): Promise<string> => {
  const { session } = await connection.call(SessionCreate.type, {
    cwd: '/',
    environment: { PATH: process.env['PATH'] ?? '' },
    command: ['bash', '--norc', '-i'],
    ...more,
  });
  return session.id;
};

/** Ends a session's programs, and forgets it. */
export const endSession = async (connection: Connection, session: string): Promise<void> => {
  const target = { text: session };
  await connection.call(SessionKill.type, { target });
  await connection.call(SessionRemove.type, { target });
};

/** A user of their own: private folders, and whatever daemon is started in them ended at the end. */
export class Place {
  public readonly folder = mkdtempSync(join(tmpdir(), 'hf-client-'));
  public readonly environment: NodeJS.ProcessEnv;
  private readonly _open: IDisposable[] = [];

  public constructor(more: Readonly<Record<string, string>> = {}) {
    this.environment = {
      ...process.env,
      HOLDFAST_DATA_DIR: join(this.folder, 'data'),
      HOLDFAST_SOCKET_DIR: join(this.folder, 'run'),
      HOLDFAST_SESSION: undefined,
      HOLDFAST_TERMINAL: undefined,
      ...more,
    };
  }

  public get options(): ConnectOptions {
    return { environment: this.environment, kind: 'test' };
  }

  public get dataDir(): string {
    const root = join(this.folder, 'data');
    return join(root, readdirSync(root)[0] ?? '');
  }

  public async connection(options: ConnectOptions = {}): Promise<Connection> {
    return this.track(await Connection.open({ ...this.options, ...options }));
  }

  public async sdk(options: HoldfastOptions = {}): Promise<Holdfast> {
    const holdfast = await connect({ ...this.options, ...options });
    this.track(holdfast.connection);
    return holdfast;
  }

  /** Attaches interactively, 80×24 unless told. */
  public async attach(
    connection: Connection,
    session: string,
    options: Partial<AttachOptions> = {},
  ): Promise<Screen> {
    const attachment = await connection.attach({
      target: { text: session },
      mode: 'interactive',
      size: { cols: 80, rows: 24 },
      ...options,
    });
    return new Screen(this.track(attachment));
  }

  public track<T extends IDisposable>(item: T): T {
    this._open.push(item);
    return item;
  }

  /** Ends everything, and waits for it. */
  public async leave(): Promise<void> {
    for (const item of this._open) {
      item.dispose();
    }
    await stopDaemon(this.options, 'force');
    await until('nothing runs from the data folder any more', () => this.processes().length === 0);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Processes that were started with this place's folders. */
  public processes(): number[] {
    if (!existsSync('/proc/self/cmdline')) {
      return [];
    }
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map(Number)
      .filter((pid) => commandLine(pid).includes(this.folder));
  }

  public daemons(): number[] {
    return this.processes().filter((pid) => commandLine(pid).includes('daemon.js'));
  }
}

const commandLine = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    // It has ended since it was listed.
    return '';
  }
};
