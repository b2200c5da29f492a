import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Size } from '../../../daemon/protocol/model';
import { CLI, Holdfast } from '../../cli/support/holdfast';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Something that keeps a program running in a terminal nobody looks at. */
export interface Peer {
  /** A private folder for its sockets and files. */
  readonly folder: string;
  start(command: readonly string[], size: Size): Promise<void>;
  /** What to run in a terminal to see the program. */
  readonly attach: Command;
  dispose(): Promise<void>;
}

export interface PeerKind {
  readonly name: string;
  /** What it says of itself; undefined where it is not installed. */
  readonly version: () => string | undefined;
  readonly open: () => Peer;
  /** Whether it is shown in a terminal that scrolls out what ED 2 erases, as VS Code's do; a multiplexer clears by it. */
  readonly scrollsErased: boolean;
  /** How long it may be silent before what it shows counts as all it has to show. */
  readonly quietMs: number;
}

const SESSION = 'recorded';
/** A multiplexer in this machine redraws within a few milliseconds. */
const PEER_QUIET_MS = 400;
/** Longer, so that a busy machine does not make a test fail; it is waited for only where something differs. */
const OWN_QUIET_MS = 12_000;

const cleanEnvironment = (folder: string): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: folder,
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  SHELL: '/bin/sh',
});

const run = ({ file, args, env }: Command): string =>
  execFileSync(file, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

const versionOf = (file: string, ...args: readonly string[]): string | undefined => {
  try {
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
      .split('\n')[0]
      ?.trim();
  } catch (error) {
    // dtach and screen end with a failure after telling their version.
    const { stdout } = error as { readonly stdout?: string | null };
    return stdout === undefined || stdout === null || stdout === ''
      ? undefined
      : stdout.split('\n')[0]?.trim();
  }
};

class HoldfastPeer implements Peer {
  private readonly _holdfast = new Holdfast({ TERM: 'xterm-256color', COLORTERM: 'truecolor' });
  public readonly folder = this._holdfast.folder;

  public async start(command: readonly string[], { cols, rows }: Size): Promise<void> {
    await this._holdfast.json(['new', SESSION, '--cols', `${cols}`, '--rows', `${rows}`, '--', ...command]);
  }

  public get attach(): Command {
    return { file: process.execPath, args: [CLI, 'attach', SESSION], env: this._holdfast.env };
  }

  public dispose(): Promise<void> {
    return this._holdfast.dispose();
  }
}

/** A peer that is a program with a server of its own below a folder. */
abstract class Multiplexer implements Peer {
  public readonly folder = mkdtempSync(join(tmpdir(), 'hfp-'));
  protected readonly _env = cleanEnvironment(this.folder);

  public abstract start(command: readonly string[], size: Size): Promise<void>;
  public abstract readonly attach: Command;
  protected abstract end(): void;

  public dispose(): Promise<void> {
    try {
      this.end();
    } catch {
      // Its program has ended, and it with it.
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    return Promise.resolve();
  }
}

/** With all that its manual offers to pass a program's state on. */
class Tmux extends Multiplexer {
  private _command(...args: readonly string[]): Command {
    return {
      file: 'tmux',
      args: ['-S', join(this.folder, 's'), '-f', join(this.folder, 'conf'), ...args],
      env: this._env,
    };
  }

  public start(command: readonly string[], { cols, rows }: Size): Promise<void> {
    writeFileSync(
      join(this.folder, 'conf'),
      [
        'set -g status off',
        'set -g history-limit 20000',
        'set -g default-terminal tmux-256color',
        'set -g set-titles on',
        'set -g set-titles-string "#T"',
        'set -g focus-events on',
        'set -s extended-keys on',
        'set -g allow-passthrough on',
        'set -sa terminal-features "xterm*:RGB:title:mouse:extkeys:focus:usstyle:overline:strikethrough:ccolour:cstyle:hyperlinks"',
        'set -s escape-time 0',
      ].join('\n'),
    );
    run(this._command('new-session', '-d', '-s', SESSION, '-x', `${cols}`, '-y', `${rows}`, ...command));
    run(this._command('select-pane', '-t', SESSION, '-T', ''));
    return Promise.resolve();
  }

  public get attach(): Command {
    return this._command('attach-session', '-t', SESSION);
  }

  protected end(): void {
    run(this._command('kill-server'));
  }
}

class Screen extends Multiplexer {
  private _command(...args: readonly string[]): Command {
    const env = { ...this._env, SCREENDIR: join(this.folder, 'd') };
    return { file: 'screen', args: ['-c', join(this.folder, 'rc'), '-U', ...args], env };
  }

  public start(command: readonly string[]): Promise<void> {
    writeFileSync(
      join(this.folder, 'rc'),
      [
        'startup_message off',
        'defscrollback 20000',
        'altscreen on',
        'defutf8 on',
        'defbce on',
        'term screen-256color',
        'termcapinfo xterm* "hs:ts=\\E]2;:fs=\\007:ds=\\E]2;\\007"',
        'defhstatus ""',
      ].join('\n'),
    );
    execFileSync('mkdir', ['-m', '700', join(this.folder, 'd')]);
    run(this._command('-dmS', SESSION, ...command));
    return Promise.resolve();
  }

  public get attach(): Command {
    return this._command('-x', SESSION);
  }

  protected end(): void {
    run(this._command('-S', SESSION, '-X', 'quit'));
  }
}

class Dtach extends Multiplexer {
  public start(command: readonly string[]): Promise<void> {
    const { file, args, env } = this._command('-n');
    execFileSync(file, [...args, ...command], { env, stdio: 'ignore' });
    return Promise.resolve();
  }

  public get attach(): Command {
    return this._command('-a');
  }

  private _command(mode: string): Command {
    return { file: 'dtach', args: [mode, join(this.folder, 's'), '-E', '-z', '-r', 'winch'], env: this._env };
  }

  /** It has no server to tell: it ends with its program. */
  protected end(): void {}
}

export const HOLDFAST: PeerKind = {
  name: 'Holdfast',
  version: () => 'this tree',
  open: () => new HoldfastPeer(),
  scrollsErased: true,
  quietMs: OWN_QUIET_MS,
};

export const PEERS: readonly PeerKind[] = [
  {
    name: 'tmux',
    version: () => versionOf('tmux', '-V'),
    open: () => new Tmux(),
    scrollsErased: false,
    quietMs: PEER_QUIET_MS,
  },
  {
    name: 'screen',
    version: () => versionOf('screen', '--version'),
    open: () => new Screen(),
    scrollsErased: false,
    quietMs: PEER_QUIET_MS,
  },
  {
    name: 'dtach',
    version: () => versionOf('dtach', '--version'),
    open: () => new Dtach(),
    scrollsErased: false,
    quietMs: PEER_QUIET_MS,
  },
];
