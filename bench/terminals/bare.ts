import { type IPty, spawn } from 'node-pty';
import type { Size } from '../../daemon/protocol/model';
import { environment } from './commandView';
import type { Contender, KeptProgram } from './view';

/** The floor: the program in a PTY of this process, by node-pty, with nothing between. Nothing keeps it. */
export class Bare implements Contender {
  public readonly name = 'bare node-pty';
  public readonly showsScreen = false;
  private readonly _running = new Set<IPty>();

  public start(command: readonly string[], size: Size): Promise<KeptProgram> {
    const [executable = '', ...args] = command;
    const pty = spawn(executable, args, {
      ...size,
      cwd: '/',
      env: environment(),
      name: 'xterm-256color',
      encoding: null,
    });
    this._running.add(pty);
    const listeners = new Set<(data: Buffer) => void>();
    pty.onData((data) => {
      const bytes = data as unknown as Buffer;
      for (const listener of [...listeners]) {
        listener(bytes);
      }
    });
    return Promise.resolve({
      attach: () =>
        Promise.resolve({
          write: (data: Uint8Array) => pty.write(Buffer.from(data)),
          onData: (listener: (data: Buffer) => void) => {
            listeners.add(listener);
            return { dispose: () => void listeners.delete(listener) };
          },
          close: () => Promise.resolve(),
        }),
      end: () => this._end(pty),
    });
  }

  public async dispose(): Promise<void> {
    await Promise.all([...this._running].map((pty) => this._end(pty)));
  }

  private async _end(pty: IPty): Promise<void> {
    if (this._running.delete(pty)) {
      const ended = new Promise<void>((resolve) => {
        pty.onExit(() => resolve());
      });
      pty.kill('SIGKILL');
      await ended;
    }
  }
}
