import type { Size } from '../../daemon/protocol/model';
import type { Pty } from '../../daemon/ptyhost/pty/pty';
import { spawnPty } from '../../daemon/ptyhost/pty/spawnPty';
import { environment } from './commandView';

/** A command in a PTY whose reader takes so many bytes a second, or none at all: a bad line, a window that hangs. */
export class PacedView {
  private _timer: NodeJS.Timeout | undefined;
  private _tail = '';
  private readonly _ended: Promise<void>;
  public bytes = 0;

  private constructor(
    private readonly _pty: Pty,
    private readonly _bytesPerSecond: number,
  ) {
    this._ended = new Promise((resolve) => {
      _pty.start({ onData: (data) => this._took(data), onExit: () => resolve() });
    });
    if (_bytesPerSecond === 0) {
      _pty.pause();
    }
  }

  public static async open(
    command: readonly string[],
    size: Size,
    more: Readonly<Record<string, string>>,
    bytesPerSecond: number,
  ): Promise<PacedView> {
    const [executable = '', ...args] = command;
    const pty = await spawnPty({ executable, args, cwd: '/', environment: environment(more), size });
    return new PacedView(pty, bytesPerSecond);
  }

  /** Whether what was read last contains a text. */
  public shows(text: string): boolean {
    return this._tail.includes(text);
  }

  public async close(): Promise<void> {
    clearTimeout(this._timer);
    await this._pty.end('kill');
    this._pty.resume();
    await this._ended;
  }

  private _took(data: Buffer): void {
    this.bytes += data.length;
    this._tail = (this._tail + data.toString('latin1')).slice(-TAIL_BYTES);
    if (this._bytesPerSecond > 0) {
      this._pty.pause();
      this._timer = setTimeout(() => this._pty.resume(), (data.length / this._bytesPerSecond) * 1000);
    }
  }
}

/** More than a screen of text with its colours. */
const TAIL_BYTES = 64 * 1024;
