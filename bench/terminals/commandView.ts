import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Emitter } from '../../daemon/lifecycle/event';
import type { IDisposable } from '../../daemon/lifecycle/lifecycle';
import type { Size } from '../../daemon/protocol/model';
import type { Pty } from '../../daemon/ptyhost/pty/pty';
import { spawnPty } from '../../daemon/ptyhost/pty/spawnPty';
import { untilText, type View } from './view';

const WAITING = 'printf wai; printf ts; read -r go; exec "$@"';

/** Where a program is on the PATH. @throws Error when it is not */
export const findProgram = (name: string): string => {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      const path = join(folder, name);
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`${name} is not installed`);
};

/** What programs and servers of a benchmark get, and nothing else. */
export const environment = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  SHELL: '/bin/sh',
  PS1: 'ready> ',
  ...more,
});

/** A command that waits in its PTY to be started. */
export interface PreparedView {
  readonly view: CommandView;
  go(): void;
}

/**
 * A command in a PTY, driven from here: the same driver for the `attach` of everyone. It reads what there is
 * and writes at once, so that it adds no more than a wake-up.
 */
export class CommandView implements View {
  private readonly _onData = new Emitter<Buffer>();
  private readonly _ended: Promise<void>;
  private _hasEnded = false;

  private constructor(private readonly _pty: Pty) {
    this._ended = new Promise<void>((resolve) => {
      _pty.start({ onData: (data) => this._onData.fire(data), onExit: () => resolve() });
    }).then(() => {
      this._hasEnded = true;
    });
  }

  public static async open(
    command: readonly string[],
    size: Size,
    more: Readonly<Record<string, string>> = {},
  ): Promise<CommandView> {
    const [executable = '', ...args] = command;
    return new CommandView(
      await spawnPty({ executable, args, cwd: '/', environment: environment(more), size }),
    );
  }

  /**
   * The same, but the command is started when told to, by a small process in its place: to start one from here takes
   * the longer the more memory there is here to be copied.
   */
  public static async prepare(
    command: readonly string[],
    size: Size,
    more: Readonly<Record<string, string>> = {},
  ): Promise<PreparedView> {
    const view = await CommandView.open(['/bin/sh', '-c', WAITING, 'sh', ...command], size, more);
    await untilText(view, 'waits');
    return { view, go: () => view.write(Buffer.from('\r')) };
  }

  public get pid(): number {
    return this._pty.pid;
  }

  public get ended(): Promise<void> {
    return this._ended;
  }

  public write(data: Uint8Array): void {
    this._pty.writeNow(Buffer.from(data));
  }

  public onData(listener: (data: Buffer) => void): IDisposable {
    return this._onData.event(listener);
  }

  public async close(): Promise<void> {
    if (this._hasEnded) {
      return;
    }
    await this._pty.end('hang-up');
    const timer = setTimeout(() => void this._pty.end('kill'), 2000);
    await this._ended;
    clearTimeout(timer);
    this._onData.dispose();
  }
}
