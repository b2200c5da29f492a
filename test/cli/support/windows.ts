import type { Holdfast } from './holdfast';
import { outerWindow } from './outerWindow';
import type { TerminalWindow, WindowOptions } from './terminalWindow';

/** Ctrl-\ twice. */
export const DETACH = '\x1c\x1c';
/** Behind a session's name: a program that greets, then echoes its lines. */
export const GREETER = ['--', 'sh', '-c', 'echo greetings; exec cat'];

/** The windows of one test: each with a shell that shows its prompt, in which `hf` is the command line under test. */
export class Windows {
  private readonly _open: TerminalWindow[] = [];

  public constructor(private readonly _holdfast: Holdfast) {}

  public async open(options: Omit<WindowOptions, 'cwd' | 'env'> = {}): Promise<TerminalWindow> {
    const window = outerWindow(this._holdfast, options);
    this._open.push(window);
    await window.shows(/^outer> $|^outer>$/);
    return window;
  }

  /** Behind each test. */
  public async close(): Promise<void> {
    for (const window of this._open.splice(0)) {
      await window.dispose();
    }
  }
}
