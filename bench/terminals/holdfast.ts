import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AttachOptions } from '../../daemon/client/attachmentTypes';
import { Connection } from '../../daemon/client/connection';
import type { ConnectOptions } from '../../daemon/client/options';
import { stopDaemon } from '../../daemon/client/stopping';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import type { Size } from '../../daemon/protocol/model';
import { SessionCreate, SessionKill } from '../../daemon/protocol/sessions';
import { CommandView, environment } from './commandView';
import type { Contender, KeptProgram, View } from './view';

/** The built product. */
export const DIST = resolve('dist');

/** A user of their own: private folders, a daemon in them, and a connection to it. */
export class Holdfast {
  public readonly folder = mkdtempSync(join(tmpdir(), 'hf-bench-'));
  public readonly environment: Readonly<Record<string, string>>;
  private _connection: Connection | undefined;
  private readonly _commands = new Set<Promise<CommandView>>();
  private _isDisposed = false;

  /** @param settings environment variables of Holdfast's own */
  public constructor(settings: Readonly<Record<string, string>> = {}) {
    this.environment = {
      ...environment(),
      HOLDFAST_DATA_DIR: join(this.folder, 'data'),
      HOLDFAST_SOCKET_DIR: join(this.folder, 'run'),
      ...settings,
    };
  }

  public get options(): ConnectOptions {
    return {
      environment: this.environment,
      kind: 'test',
      distFolder: DIST,
      runtime: { executable: process.execPath },
    };
  }

  /** Starts the daemon unless it runs. @throws Error when it has been ended: it would come back, and stay */
  public async connection(): Promise<Connection> {
    this._stillThere();
    this._connection ??= await Connection.open(this.options);
    return this._connection;
  }

  public async start(command: readonly string[], name?: string): Promise<string> {
    const connection = await this.connection();
    const { session } = await connection.call(SessionCreate.type, {
      cwd: '/',
      environment: environment(),
      command,
      ...(name === undefined ? {} : { name }),
    });
    return session.id;
  }

  public async end(session: string): Promise<void> {
    const connection = await this.connection();
    await connection.call(SessionKill.type, { target: { text: session } });
  }

  /** Looks through the client library, as the editor does. */
  public async stream(session: string, size: Size, options: Partial<AttachOptions> = {}): Promise<View> {
    const connection = await this.connection();
    const attachment = await connection.attach({
      target: { text: session },
      mode: 'interactive',
      size,
      ...options,
    });
    const view: View = {
      write: (data) => void attachment.write(data),
      onData: (listener) => attachment.onData((data) => listener(asBuffer(data))),
      close: () => Promise.resolve(attachment.detach()),
    };
    // Whoever opened it listens by then.
    setImmediate(() => attachment.start());
    return view;
  }

  /** Looks through the command line, in a PTY. */
  public command(session: string, size: Size): Promise<CommandView> {
    const opening = CommandView.open(this.commandLine('attach', session), size, this.environment);
    this._commands.add(opening);
    return opening;
  }

  public commandLine(...args: readonly string[]): readonly string[] {
    this._stillThere();
    return [process.execPath, join(DIST, 'cli.js'), ...args];
  }

  /** The PTY host and the daemon. */
  public async processes(): Promise<readonly number[]> {
    const connection = await this.connection();
    const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
    return [pid, ...(ptyHostPid === null || ptyHostPid === undefined ? [] : [ptyHostPid])];
  }

  /** Ends all programs, the daemon and the PTY host, and waits for it. */
  public async dispose(): Promise<void> {
    this._isDisposed = true;
    this._connection?.dispose();
    this._connection = undefined;
    // One that is still starting would start the daemon again.
    await Promise.allSettled([...this._commands].map(async (opening) => (await opening).close()));
    await stopDaemon(this.options, 'force').catch(() => undefined);
    const deadline = Date.now() + 10_000;
    let left = this._processes();
    while (left.length > 0 && Date.now() < deadline) {
      await sleep(20);
      left = this._processes();
    }
    for (const pid of left) {
      process.kill(pid, 'SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private _stillThere(): void {
    if (this._isDisposed) {
      throw new Error('the daemon has been ended');
    }
  }

  /** By pid: whatever was started with this folder's name in its command line. */
  private _processes(): readonly number[] {
    if (!existsSync('/proc/self/cmdline')) {
      return [];
    }
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map(Number)
      .filter((pid) => commandOf(pid).includes(this.folder));
  }
}

/** One of Holdfast's ways to look at a session. */
export class HoldfastContender implements Contender {
  public readonly name: string;
  public readonly showsScreen = true;

  public constructor(
    private readonly _holdfast: Holdfast,
    private readonly _way: 'stream' | 'attach',
  ) {
    this.name = `holdfast ${_way}`;
  }

  public async start(command: readonly string[]): Promise<KeptProgram> {
    const session = await this._holdfast.start(command);
    return {
      attach: (size) =>
        this._way === 'stream' ? this._holdfast.stream(session, size) : this._holdfast.command(session, size),
      end: () => this._holdfast.end(session),
    };
  }

  public dispose(): Promise<void> {
    return Promise.resolve();
  }
}

const asBuffer = (data: Uint8Array): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength);

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    // It has ended since it was listed.
    return '';
  }
};
