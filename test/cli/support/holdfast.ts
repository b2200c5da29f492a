import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { WireError } from '../../../daemon/protocol/errors';
import type { SessionInfo, TerminalInfo } from '../../../daemon/protocol/model';
import { until } from './until';

/** The built command line that is tested. */
export const CLI = path.join(
  path.resolve(process.env['HOLDFAST_TEST_DIST'] ?? path.join(__dirname, '../../../dist')),
  'cli.js',
);

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
}

export interface RefusedOptions extends RunOptions {
  /** Makes both calls at once: for those that change nothing and are refused after a while only. */
  readonly atOnce?: boolean;
}

/** The command line on folders of its own, with a daemon of its own when one is started. */
export class Holdfast {
  public readonly folder: string;
  public readonly env: Readonly<Record<string, string>>;
  private readonly _children = new Set<ChildProcess>();

  public constructor(
    more: Readonly<Record<string, string>> = {},
    public readonly cli = CLI,
    /** A program and its arguments that start the command line, for one with fewer rights. */
    private readonly _through: readonly string[] = [],
  ) {
    // Short: a socket's path may have 103 bytes on macOS.
    this.folder = mkdtempSync(path.join(tmpdir(), 'hfc-'));
    const work = path.join(this.folder, 'work');
    mkdirSync(work);
    const env: Record<string, string> = {};
    for (const [name, value] of Object.entries(process.env)) {
      if (value !== undefined && !name.startsWith('HOLDFAST_') && !name.startsWith('NODE_')) {
        env[name] = value;
      }
    }
    this.env = {
      ...env,
      SHELL: '/bin/sh',
      HOLDFAST_SOCKET_DIR: path.join(this.folder, 's'),
      HOLDFAST_DATA_DIR: path.join(this.folder, 'd'),
      ...more,
    };
  }

  /** The folder that calls are made from. */
  public get work(): string {
    return path.join(this.folder, 'work');
  }

  public start(args: readonly string[], options: RunOptions = {}): ChildProcess {
    return this._start(process.execPath, [this.cli, ...args], options);
  }

  /** One call, to its end. */
  public run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    return outcomeOf(this.start(args, options), options.input);
  }

  /** A line of sh with the same folders, to its end. */
  public shell(line: string, options: RunOptions = {}): Promise<Outcome> {
    return outcomeOf(this._start('/bin/sh', ['-c', line], options), options.input);
  }

  private _start(command: string, args: readonly string[], options: RunOptions): ChildProcess {
    const [program = command, ...words] = [...this._through, command, ...args];
    const child = spawn(program, words, {
      cwd: options.cwd ?? this.work,
      env: { ...this.env, ...options.env },
      stdio: 'pipe',
    });
    this._children.add(child);
    child.once('close', () => this._children.delete(child));
    return child;
  }

  /** A call that succeeds; its one JSON value. */
  public async json<T>(args: readonly string[], options: RunOptions = {}): Promise<T> {
    const { status, stdout, stderr } = await this.run([...['--json'], ...args], options);
    assert.equal(status, 0, `holdfast ${args.join(' ')}: ${stderr}`);
    assert.equal(stdout.trimEnd().includes('\n'), false, 'one JSON value, on one line');
    return JSON.parse(stdout) as T;
  }

  /** A call that succeeds; what it printed. */
  public async text(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { status, stdout, stderr } = await this.run(args, options);
    assert.equal(status, 0, `holdfast ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** A call that is refused: with this code and exit status, in both formats, with nothing on stdout. */
  public async refused(
    status: number,
    code: string,
    args: readonly string[],
    options: RefusedOptions = {},
  ): Promise<WireError> {
    const runPlain = (): Promise<Outcome> => this.run(args, options);
    const beside = options.atOnce === true ? runPlain() : undefined;
    const json = await this.run(['--json', ...args], options);
    assert.equal(json.stdout, '', `stdout of ${args.join(' ')}`);
    const error = JSON.parse(json.stderr) as WireError;
    assert.equal(error.code, code, error.message);
    assert.equal(json.status, status, error.message);
    assert.equal(typeof error.retryable, 'boolean');
    assert.notEqual(error.message, '');
    assert.notEqual(error.suggestion, '');
    const plain = await (beside ?? runPlain());
    assert.equal(plain.status, status);
    assert.equal(plain.stdout, '');
    assert.match(plain.stderr, /^error: .+\nhint: .+/s);
    return error;
  }

  public async create(...args: readonly string[]): Promise<SessionInfo> {
    return (await this.json<{ session: SessionInfo }>(['new', ...args])).session;
  }

  public async sessions(...args: readonly string[]): Promise<readonly SessionInfo[]> {
    return (await this.json<{ sessions: readonly SessionInfo[] }>(['ls', ...args])).sessions;
  }

  /** How many view a session. */
  public async viewers(name: string): Promise<number> {
    return (await this.json<{ session: SessionInfo }>(['show', name])).session.viewers;
  }

  /** Waits until a session is in a state. */
  public async untilState(name: string, state: SessionInfo['state']): Promise<void> {
    await until(
      `'${name}' to be ${state}`,
      async () => (await this.sessions('--all')).find((session) => session.name === name)?.state === state,
      () => this.sessions('--all'),
    );
  }

  /** Ends the daemon, its sessions and every call that still runs. */
  public async end(): Promise<void> {
    for (const child of [...this._children]) {
      child.kill('SIGKILL');
    }
    const { status, stderr } = await this.run(['daemon', 'stop', '--force'], { cwd: '/' });
    assert.equal(status, 0, stderr);
  }

  /** Ends all of it, and removes the folders. */
  public async dispose(): Promise<void> {
    try {
      await this.end();
    } finally {
      rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  }
}

const outcomeOf = (child: ChildProcess, input = ''): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout?.on('data', (data: Buffer) => out.push(data));
    child.stderr?.on('data', (data: Buffer) => err.push(data));
    child.once('error', reject);
    child.once('close', (status, signal) =>
      resolve({
        status,
        signal,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      }),
    );
    // A command that ends without having read it, as one that refuses its words does, tells why on stderr.
    child.stdin?.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') {
        reject(error);
      }
    });
    child.stdin?.end(input);
  });

export const mainTerminal = (session: SessionInfo): TerminalInfo => {
  const terminal = session.terminals.find(({ name }) => name === 'main');
  assert.ok(terminal !== undefined);
  return terminal;
};
