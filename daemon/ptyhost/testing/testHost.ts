import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJsonFile } from '../../platform/privateFile';
import { newId } from '../../platform/secrets';
import { HOSTS_FOLDER } from '../../protocol/endpoint';
import type { Hello } from '../../protocol/hello';
import {
  HostExited,
  type HostRecord,
  HostRegister,
  HostSpawn,
  HostTicket,
  HostViewersChanged,
  type LaunchLine,
} from '../../protocol/host';
import { offset, type SessionId, type TerminalId } from '../../protocol/ids';
import type { Size, SizeRule } from '../../protocol/model';
import { dial } from '../../transport/dial';
import { RpcPeer } from '../../transport/rpc';
import { bundle } from './bundle';
import { until } from './poll';
import { TestViewer } from './testViewer';

export const CLIENT: Hello['client'] = { kind: 'test', version: '0', pid: process.pid };
export const SIZE: Size = { cols: 80, rows: 24 };
/** A daemon that ends at once, without an effect. */
export const NO_DAEMON: LaunchLine = { executable: process.execPath, args: ['-e', ''], environment: {} };

export interface TestSpawn {
  readonly terminal?: TerminalId;
  readonly session?: SessionId;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly size?: Size;
  readonly base?: number;
  readonly journal?: string;
}

export interface TestHostOptions {
  readonly launch?: LaunchLine;
  readonly registers?: false;
  /** Beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  /** How many descriptors the process may have. */
  readonly limitFiles?: number;
}

/** A real PTY host process, its folders, and a control connection to it. */
export class TestHost {
  public readonly exits: HostExited.Params[] = [];
  public readonly viewerChanges: HostViewersChanged.Params[] = [];
  private readonly _viewers: TestViewer[] = [];
  private readonly _peers: RpcPeer[] = [];
  private _peer: RpcPeer | undefined;

  private constructor(
    public readonly folder: string,
    public readonly id: string,
    public readonly process: ChildProcess,
  ) {}

  /** Starts one from a fresh bundle, and registers as its daemon unless told otherwise. */
  public static async start(options: TestHostOptions = {}): Promise<TestHost> {
    const folder = mkdtempSync(join(tmpdir(), 'hf-host-'));
    mkdirSync(join(folder, 'data'), { mode: 0o700 });
    const id = newId();
    const main = bundle('main.ts', folder);
    const line = [
      process.execPath,
      main,
      '--data-dir',
      join(folder, 'data'),
      '--runtime-dir',
      join(folder, 'run'),
      '--id',
      id,
    ];
    const limited =
      options.limitFiles === undefined
        ? line
        : ['sh', '-c', `ulimit -n ${options.limitFiles}; exec "$@"`, 'sh', ...line];
    const [executable = '', ...args] = limited;
    const child = spawn(executable, args, {
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...options.environment },
    });
    const host = new TestHost(folder, id, child);
    host._peer = await host.connect();
    if (options.registers !== false) {
      await host.peer.call(HostRegister.type, { launch: options.launch ?? NO_DAEMON });
    }
    return host;
  }

  public get peer(): RpcPeer {
    assert.ok(this._peer);
    return this._peer;
  }

  public get record(): HostRecord | undefined {
    return readJsonFile(join(this.folder, 'data', HOSTS_FOLDER, `${this.id}.json`)) as HostRecord | undefined;
  }

  /** Another control connection, not registered. */
  public async connect(): Promise<RpcPeer> {
    const { socket } = await dial(await until('the record is written', () => this.record), CLIENT);
    const peer = new RpcPeer(socket);
    peer.onNotification(HostExited.type, (exit) => this.exits.push(exit));
    peer.onNotification(HostViewersChanged.type, (change) => this.viewerChanges.push(change));
    peer.listen();
    this._peers.push(peer);
    return peer;
  }

  public journalOf(terminal: TerminalId): string {
    return join(this.folder, `${terminal}.journal`);
  }

  public async spawn(
    command: readonly [string, ...string[]],
    options: TestSpawn = {},
  ): Promise<HostSpawn.Result & { readonly terminal: TerminalId; readonly session: SessionId }> {
    const terminal = options.terminal ?? (newId() as TerminalId);
    const session = options.session ?? (newId() as SessionId);
    const [executable, ...args] = command;
    const result = await this.peer.call(HostSpawn.type, {
      terminal,
      session,
      executable,
      args,
      cwd: options.cwd ?? this.folder,
      environment: options.environment ?? { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color' },
      size: options.size ?? SIZE,
      journal: options.journal ?? this.journalOf(terminal),
      base: offset(options.base ?? 0),
    });
    return { ...result, terminal, session };
  }

  /** A program of this runtime; its source is one argument. */
  public script(source: string, options: TestSpawn = {}): ReturnType<TestHost['spawn']> {
    return this.spawn([process.execPath, '-e', source], options);
  }

  /** A stream, opened with a ticket of its own. */
  public async view(
    terminal: TerminalId,
    options: {
      mode?: HostTicket.Params['mode'];
      from?: number;
      size?: Size;
      sizing?: SizeRule;
      acks?: false;
      via?: RpcPeer;
    } = {},
  ): Promise<TestViewer> {
    const { ticket } = await (options.via ?? this.peer).call(HostTicket.type, {
      terminal,
      mode: options.mode ?? 'interactive',
      client: 'test',
      from: offset(options.from ?? 0),
      ...(options.size === undefined ? {} : { size: options.size }),
      ...(options.sizing === undefined ? {} : { sizing: options.sizing }),
    });
    const record = await until('the record is written', () => this.record);
    const { socket, welcome } = await dial(record, CLIENT, { ticket });
    const viewer = new TestViewer(socket, welcome.viewer, options.acks !== false);
    this._viewers.push(viewer);
    return viewer;
  }

  public exitOf(terminal: TerminalId): Promise<HostExited.Params> {
    return until('the program ends', () => this.exits.find((exit) => exit.terminal === terminal));
  }

  /** Ends the process, its programs with it, and removes its folders. */
  public async dispose(): Promise<void> {
    for (const viewer of this._viewers) {
      viewer.close();
    }
    const ended = this.ended();
    this.process.kill('SIGKILL');
    await ended;
    for (const peer of this._peers) {
      peer.dispose();
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  public ended(): Promise<void> {
    const { process: child } = this;
    return child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise((done) => child.once('exit', () => done()));
  }
}
