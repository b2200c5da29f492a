import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Size } from '../../daemon/protocol/model';
import { CommandView, environment, findProgram, type PreparedView } from './commandView';
import type { Contender, KeptProgram } from './view';

/** As much history as Holdfast keeps. */
const HISTORY = 10_000;

const run = (command: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<void> =>
  new Promise((resolve, reject) => {
    const [executable = '', ...args] = command;
    const child = spawn(executable, args, { stdio: 'ignore', env: environment(more), cwd: '/' });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`'${command.join(' ')}' failed with ${code}`)),
    );
  });

/** A peer's, whose attaching can be timed without the start of a process from here. */
export interface PeerProgram extends KeptProgram {
  prepare(size: Size): Promise<PreparedView>;
}

/** What the peers have in common: a private folder with their sockets, and one session a program. */
abstract class Peer implements Contender {
  public abstract readonly name: string;
  public readonly showsScreen: boolean = true;
  protected readonly _folder = mkdtempSync(join(tmpdir(), 'hf-bench-peer-'));
  /** What its commands need in their environment. */
  protected readonly _variables: Readonly<Record<string, string>> = {};
  private _sessions = 0;

  public async start(command: readonly string[], size: Size): Promise<PeerProgram> {
    const session = `s${++this._sessions}`;
    await this._start(session, command, size);
    return {
      attach: (viewSize) => CommandView.open(this._attach(session), viewSize, this._variables),
      prepare: (viewSize) => CommandView.prepare(this._attach(session), viewSize, this._variables),
      end: () => this._end(session),
    };
  }

  public async dispose(): Promise<void> {
    await this._endAll();
    rmSync(this._folder, { recursive: true, force: true });
  }

  protected abstract _start(session: string, command: readonly string[], size: Size): Promise<void>;
  /** The command that attaches. */
  protected abstract _attach(session: string): readonly string[];
  protected abstract _end(session: string): Promise<void>;
  protected abstract _endAll(): Promise<void>;
}

export class Tmux extends Peer {
  public readonly name = 'tmux';
  private readonly _socket = join(this._folder, 'socket');
  private readonly _command: readonly string[];

  public constructor() {
    super();
    const configuration = join(this._folder, 'tmux.conf');
    writeFileSync(configuration, `set -g history-limit ${HISTORY}\nset -g exit-empty off\n`);
    this._command = [findProgram('tmux'), '-S', this._socket, '-f', configuration];
  }

  /** The server's process. */
  public get pid(): number {
    const [executable = '', ...args] = this._command;
    return Number(
      spawnSync(executable, [...args, 'display-message', '-p', '#{pid}'], { encoding: 'utf8' }).stdout,
    );
  }

  protected override _start(
    session: string,
    command: readonly string[],
    { cols, rows }: Size,
  ): Promise<void> {
    const size = ['-x', String(cols), '-y', String(rows)];
    return run([...this._command, 'new-session', '-d', '-s', session, ...size, '--', ...command]);
  }

  protected override _attach(session: string): readonly string[] {
    return [...this._command, 'attach-session', '-t', session];
  }

  protected override _end(session: string): Promise<void> {
    return run([...this._command, 'kill-session', '-t', session]);
  }

  protected override async _endAll(): Promise<void> {
    await run([...this._command, 'kill-server']).catch(() => undefined);
  }
}

export class Screen extends Peer {
  public readonly name = 'screen';
  private readonly _program = findProgram('screen');
  private readonly _configuration = join(this._folder, 'screenrc');
  protected override readonly _variables = { SCREENDIR: join(this._folder, 'sockets') };

  public constructor() {
    super();
    mkdirSync(this._variables.SCREENDIR, { mode: 0o700 });
    writeFileSync(this._configuration, `defscrollback ${HISTORY}\nstartup_message off\n`);
  }

  protected override _start(session: string, command: readonly string[]): Promise<void> {
    const options = ['-c', this._configuration, '-U', '-dmS', session];
    return run([this._program, ...options, ...command], this._variables);
  }

  protected override _attach(session: string): readonly string[] {
    return [this._program, '-U', '-r', session];
  }

  protected override _end(session: string): Promise<void> {
    return run([this._program, '-S', session, '-X', 'quit'], this._variables);
  }

  protected override async _endAll(): Promise<void> {
    for (const name of readdirSync(this._variables.SCREENDIR)) {
      await this._end(name).catch(() => undefined);
    }
  }
}

export class Dtach extends Peer {
  public readonly name = 'dtach';
  public override readonly showsScreen = false;
  private readonly _program = findProgram('dtach');

  protected override _start(session: string, command: readonly string[]): Promise<void> {
    return run([this._program, '-n', this._socketOf(session), '-Ez', ...command]);
  }

  protected override _attach(session: string): readonly string[] {
    return [this._program, '-a', this._socketOf(session), '-Ez', '-r', 'winch'];
  }

  protected override _end(session: string): Promise<void> {
    endProcessesWith(this._socketOf(session));
    return Promise.resolve();
  }

  protected override _endAll(): Promise<void> {
    endProcessesWith(`${this._folder}/`);
    return Promise.resolve();
  }

  private _socketOf(session: string): string {
    return join(this._folder, session);
  }
}

/** dtach has no command that ends a session: its process, known by its socket, is ended, which hangs up. */
const endProcessesWith = (text: string): void => {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const command = readFileSync(`/proc/${name}/cmdline`, 'latin1').split('\0');
      if (command[0]?.endsWith('dtach') === true && command.some((word) => word.startsWith(text))) {
        process.kill(Number(name), 'SIGTERM');
      }
    } catch {
      // It has ended since it was listed.
    }
  }
};
