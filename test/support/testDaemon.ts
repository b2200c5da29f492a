import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RequestType } from 'vscode-jsonrpc';
import { resolveLocations } from '../../daemon/platform/locations';
import { readJsonFile } from '../../daemon/platform/privateFile';
import { processState } from '../../daemon/platform/processIdentity';
import { DaemonShutdown } from '../../daemon/protocol/daemon';
import { ENDPOINT_FILE, type EndpointRecord } from '../../daemon/protocol/endpoint';
import type { WireError } from '../../daemon/protocol/errors';
import type { ClientKind } from '../../daemon/protocol/hello';
import type { SessionInfo } from '../../daemon/protocol/model';
import { SessionCreate } from '../../daemon/protocol/sessions';
import { TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { dial } from '../../daemon/transport/dial';
import { RpcPeer } from '../../daemon/transport/rpc';
import { processesWith } from './leaks';
import { poll } from './poll';

/** Where the built product is. */
export const DIST = resolve(process.env['HOLDFAST_TEST_DIST'] ?? join(__dirname, '..', '..', 'dist'));

/**
 * A real daemon in private folders. `dispose` ends everything that was started in it and fails when
 * something is left: a process, a socket, a file.
 */
export class TestDaemon {
  public readonly folder: string;
  public readonly runtimeDir: string;
  public readonly dataDir: string;
  /** What a command line needs to reach this daemon. */
  public readonly environment: Readonly<Record<string, string>>;
  /** A folder for programs to work in. */
  public readonly work: string;
  private readonly _peers = new Set<RpcPeer>();
  private readonly _children = new Set<ChildProcess>();

  private constructor(environment: Readonly<Record<string, string>>) {
    this.folder = mkdtempSync(join(tmpdir(), 'hf-'));
    this.environment = {
      ...environment,
      HOLDFAST_SOCKET_DIR: join(this.folder, 'run'),
      HOLDFAST_DATA_DIR: join(this.folder, 'data'),
    };
    const { runtimeDir, dataDir } = resolveLocations(this.environment);
    this.runtimeDir = runtimeDir;
    this.dataDir = dataDir;
    this.work = join(this.folder, 'work');
    mkdirSync(this.work);
  }

  public static async start(
    environment: Readonly<Record<string, string>> = {},
    ...args: readonly string[]
  ): Promise<TestDaemon> {
    const daemon = new TestDaemon(environment);
    daemon.launch(...args);
    await daemon.endpoint();
    return daemon;
  }

  /** Starts a daemon's process, which leaves when there is one already. */
  public launch(...args: readonly string[]): ChildProcess {
    return this.launchFrom(DIST, ...args);
  }

  /** The same from another copy of the built product. */
  public launchFrom(dist: string, ...args: readonly string[]): ChildProcess {
    const child = spawn(
      process.execPath,
      [join(dist, 'daemon.js'), '--data-dir', this.dataDir, '--runtime-dir', this.runtimeDir, ...args],
      {
        detached: true,
        stdio: ['ignore', 'ignore', 'inherit'],
        cwd: '/',
        env: { PATH: process.env['PATH'], HOME: this.folder, SHELL: '/bin/bash', ...this.environment },
      },
    );
    this._children.add(child);
    child.once('exit', () => this._children.delete(child));
    return child;
  }

  /** Where a living daemon serves; other than `before` when that is given. */
  public endpoint(before?: EndpointRecord, timeoutMs?: number): Promise<EndpointRecord> {
    return poll(
      () => {
        const record = readJsonFile(join(this.dataDir, ENDPOINT_FILE)) as EndpointRecord | undefined;
        return record !== undefined &&
          record.socket !== before?.socket &&
          processState(record.pid, record.startTime) === 'alive'
          ? record
          : undefined;
      },
      { what: 'a daemon that serves', ...(timeoutMs === undefined ? {} : { timeoutMs }) },
    );
  }

  public async connect(kind: ClientKind = 'test'): Promise<RpcPeer> {
    const peer = await poll(
      async () => {
        const { socket } = await dial(await this.endpoint(), { kind, version: '0', pid: process.pid }).catch(
          () => ({
            socket: undefined,
          }),
        );
        return socket && new RpcPeer(socket);
      },
      { what: 'a connection' },
    );
    this._peers.add(peer);
    peer.onClose(() => this._peers.delete(peer));
    peer.listen();
    return peer;
  }

  /** What a client asks for by default: bash without the machine's own start-up files. */
  public program(command: readonly string[] = ['bash', '--norc', '--noprofile', '-i']): {
    cwd: string;
    environment: Record<string, string>;
    command: readonly string[];
  } {
    return {
      command,
      cwd: this.work,
      environment: {
        PATH: process.env['PATH'] ?? '/usr/bin:/bin',
        HOME: this.folder,
        PS1: 'ready> ',
        LANG: 'C.UTF-8',
        BASH_SILENCE_DEPRECATION_WARNING: '1',
      },
    };
  }

  /** A session with a shell that shows its prompt. */
  public async shell(
    peer: RpcPeer,
    name: string,
    more: Partial<SessionCreate.Params> = {},
  ): Promise<SessionInfo> {
    const { session } = await peer.call(SessionCreate.type, { name, ...this.program(), ...more });
    await this.screen(peer, name, (text) => text.includes('ready>'));
    return session;
  }

  /** The screen's rows as one text, once they are as wanted. */
  public screen(
    peer: RpcPeer,
    text: string,
    isWanted: (screen: string) => boolean,
    timeoutMs?: number,
  ): Promise<string> {
    let last = '';
    return poll(
      async () => {
        const { lines } = await peer.call(TerminalSnapshot.type, { target: { text } });
        last = lines.join('\n');
        return isWanted(last) ? last : undefined;
      },
      { what: `the screen of ${text}`, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${last.trimEnd()}`);
    });
  }

  public type(peer: RpcPeer, text: string, line: string): Promise<TerminalType.Result> {
    return peer.call(TerminalType.type, { target: { text }, text: line, enter: true });
  }

  /** Ends all programs and the daemon, and checks that nothing is left. */
  public async dispose(): Promise<void> {
    try {
      await this._stop();
      const left = await poll(() => processesWith(this.folder).length === 0, {
        what: 'the end of all processes',
        timeoutMs: 5000,
      }).then(
        () => [],
        () => processesWith(this.folder),
      );
      for (const { pid } of left) {
        process.kill(pid, 'SIGKILL');
      }
      assert.deepEqual(left, [], 'processes were left');
      assert.deepEqual(
        existsSync(this.runtimeDir) ? readdirSync(this.runtimeDir) : [],
        [],
        'sockets were left',
      );
      assert.equal(existsSync(join(this.dataDir, ENDPOINT_FILE)), false, 'endpoint.json was left');
    } finally {
      for (const peer of this._peers) {
        peer.dispose();
      }
      for (const child of this._children) {
        child.kill('SIGKILL');
      }
      rmSync(this.folder, { recursive: true, force: true });
    }
  }

  private async _stop(): Promise<void> {
    const record = await this.endpoint(undefined, 100).catch(() => undefined);
    if (record === undefined) {
      // None runs; one is needed to end what PTY hosts of this folder may still hold, and that does not leave before.
      this.launch('--keep');
    }
    const peer = await this.connect();
    const { pid } = await peer.call(DaemonShutdown.type, { mode: 'force' });
    await poll(() => processState(pid, null) === 'dead', { what: 'the daemon to leave' });
  }
}

/** The error's code of a call that must fail. */
export const codeOf = async <P, R>(
  peer: RpcPeer,
  type: RequestType<P, R, WireError>,
  params: P,
): Promise<string> => {
  try {
    const result = await peer.call(type, params);
    return `answered ${JSON.stringify(result)}`;
  } catch (error) {
    const { code, suggestion } = error as WireError;
    assert.ok(suggestion.length > 0, `${code} has no suggestion`);
    return code;
  }
};
