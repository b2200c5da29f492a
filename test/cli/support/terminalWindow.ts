import { Terminal } from '@xterm/headless';
import { type IPty, spawn } from 'node-pty';
import { until } from './until';

export interface WindowOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cols?: number;
  readonly rows?: number;
  /** Whether it answers what it is asked, as terminals do; it does unless told otherwise. */
  readonly answers?: boolean;
}

/** A terminal window: a shell in a real PTY, shown by an emulator, as a person has one. */
export class TerminalWindow {
  public readonly emulator: Terminal;
  /** Everything that was written to the window. */
  public raw = '';
  public title = '';
  private readonly _pty: IPty;
  private readonly _ended: Promise<void>;

  public constructor(options: WindowOptions) {
    const { cols = 80, rows = 24, answers = true } = options;
    this.emulator = new Terminal({
      cols,
      rows,
      scrollback: 5000,
      allowProposedApi: true,
      // As VS Code's terminals do.
      scrollOnEraseInDisplay: true,
      windowOptions: { pushTitle: true, popTitle: true },
    });
    this.emulator.onTitleChange((title) => {
      this.title = title;
    });
    this._pty = spawn('/bin/sh', [], {
      cols,
      rows,
      cwd: options.cwd,
      env: { ...options.env, PS1: 'outer> ', ENV: '', TERM: 'xterm-256color' },
      encoding: null,
    });
    this._pty.onData((data: string | Buffer) => {
      this.raw += data.toString();
      this.emulator.write(data);
    });
    if (answers) {
      this.emulator.onData((answer) => this._pty.write(answer));
    }
    this._ended = new Promise((resolve) => this._pty.onExit(() => resolve()));
  }

  public get pid(): number {
    return this._pty.pid;
  }

  /** Bytes as the keyboard sends them. */
  public type(text: string): void {
    this._pty.write(text);
  }

  /** The window hangs: nothing is read from the PTY until `goOn`. */
  public hang(): void {
    this._pty.pause();
  }

  public goOn(): void {
    this._pty.resume();
  }

  public resize(cols: number, rows: number): void {
    this.emulator.resize(cols, rows);
    this._pty.resize(cols, rows);
  }

  /** The rows of the screen, right-trimmed. */
  public screen(): string[] {
    const { active } = this.emulator.buffer;
    return Array.from(
      { length: this.emulator.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    );
  }

  /** Scrollback and screen. */
  public everything(): string[] {
    const { active } = this.emulator.buffer;
    return Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    );
  }

  /** Waits until a row of the screen matches. */
  public shows(pattern: RegExp): Promise<void> {
    return this._shows(pattern);
  }

  /** The same behind a flood, which may take as long as more of it comes. */
  public showsAtLast(pattern: RegExp): Promise<void> {
    return this._shows(pattern, () => this.raw.length);
  }

  private _shows(pattern: RegExp, progress?: () => unknown): Promise<void> {
    return until(
      `the window to show ${pattern}`,
      () => this.screen().some((row) => pattern.test(row)),
      () => this.screen().filter((row) => row !== ''),
      progress,
    );
  }

  public async dispose(): Promise<void> {
    try {
      process.kill(this._pty.pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
    await this._ended;
    this.emulator.dispose();
  }
}
