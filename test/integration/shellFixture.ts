import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TerminalInfo } from '../../daemon/protocol/model';
import { SessionCreate, SessionShow } from '../../daemon/protocol/sessions';
import { TerminalOutput, TerminalType } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { TestDaemon } from '../support/testDaemon';

/** Why tests with a shell are skipped here, or false when it is installed. */
export const absent = (shell: string): string | false =>
  spawnSync(shell, ['--version']).status === 0 ? false : `${shell} is not installed here`;

/** A mark without ESC ], ended by BEL or ST. */
const MARK = /\x1b\](633;[^\x07\x1b]*|7;[^\x07\x1b]*)(?:\x07|\x1b\\)/g;

export interface ShellOptions {
  readonly command: readonly string[];
  /** The user's files, by their paths below the home folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly shellIntegration?: boolean;
}

/** A daemon whose sessions are users' shells, each with a home folder of its own. */
export class ShellRoom {
  private constructor(
    public readonly daemon: TestDaemon,
    public readonly peer: RpcPeer,
  ) {}

  public static async open(): Promise<ShellRoom> {
    const daemon = await TestDaemon.start();
    return new ShellRoom(daemon, await daemon.connect());
  }

  /** A shell that has come to its first prompt, of which `ready` is a part. */
  public async shell(name: string, options: ShellOptions, ready = 'ready>'): Promise<ShellSession> {
    const home = mkdtempSync(join(this.daemon.work, 'home-'));
    for (const [path, text] of Object.entries(options.files ?? {})) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), text);
    }
    const environment = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' };
    const { command, shellIntegration } = options;
    await this.peer.call(SessionCreate.type, {
      ...{ name, cwd: home, command, environment: { ...environment, ...options.environment } },
      ...(shellIntegration === undefined ? {} : { shellIntegration }),
    });
    const shell = new ShellSession(this.peer, name, home);
    await shell.shows(ready);
    return shell;
  }

  public dispose(): Promise<void> {
    this.peer.dispose();
    return this.daemon.dispose();
  }
}

export class ShellSession {
  private _read = 0;

  public constructor(
    private readonly _peer: RpcPeer,
    private readonly _name: string,
    public readonly home: string,
  ) {}

  /** Everything that it has written. */
  public async output(): Promise<string> {
    const target = { text: this._name };
    const { text } = await this._peer.call(TerminalOutput.type, { target, ansi: true });
    return Buffer.from(text, 'base64').toString();
  }

  /** What it has written since the last line was entered, once that contains a text or matches. */
  public shows(wanted: string | RegExp): Promise<string> {
    return poll(
      async () => {
        const fresh = (await this.output()).slice(this._read);
        return (typeof wanted === 'string' ? fresh.includes(wanted) : wanted.test(fresh)) && fresh;
      },
      { what: `${wanted} in the output`, state: async () => (await this.output()).slice(this._read) },
    );
  }

  public async enter(line: string): Promise<void> {
    this._read = (await this.output()).length;
    await this._peer.call(TerminalType.type, { target: { text: this._name }, text: line, enter: true });
  }

  /** Enters a line and waits until a prompt has come again. @returns what was written meanwhile */
  public async run(line: string): Promise<Ran> {
    await this.enter(line);
    return ranIn(await this.shows(/\x1b\]633;D[^\x07]*\x07[\s\S]*\x1b\]633;B\x07/));
  }

  public async info(): Promise<TerminalInfo> {
    const { terminal } = await this._peer.call(SessionShow.type, { target: { text: `${this._name}:main` } });
    if (terminal === undefined) {
      throw new Error('a terminal was asked for');
    }
    return terminal;
  }
}

/** What a shell has said about a line that was entered. */
export interface Ran {
  /** Unescaped; undefined when it was not said. */
  readonly line: string | undefined;
  /** As in the mark; empty when nothing has run. */
  readonly status: string;
  /** Between the marks C and D; undefined when nothing has run. */
  readonly output: string | undefined;
  readonly nonce: string | undefined;
  readonly marks: readonly string[];
  readonly text: string;
}

export const marksIn = (text: string): string[] => [...text.matchAll(MARK)].map(([, mark = '']) => mark);

const ranIn = (text: string): Ran => {
  const marks = marksIn(text);
  const entered = marks.find((mark) => /^633;(?:E|P;Repeated);/.test(mark));
  const [, , status = '', nonce] = marks.find((mark) => mark.startsWith('633;D'))?.split(';') ?? [];
  const line = entered?.replace(/^633;(?:E|P;Repeated);/, '').split(';')[0];
  const output = /\x1b\]633;C[^\x07]*\x07([\s\S]*?)\x1b\]633;D/.exec(text)?.[1];
  return {
    line: line?.replace(/\\(\\|x..)/g, (_, code: string) =>
      code === '\\' ? '\\' : String.fromCharCode(Number.parseInt(code.slice(1), 16)),
    ),
    status,
    output: output?.replaceAll('\r\n', '\n'),
    nonce,
    marks: marks.map((mark) => mark.replace(/;.*/, (rest) => rest.slice(0, 2))),
    text,
  };
};
