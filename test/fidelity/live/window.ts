import { isDeepStrictEqual } from 'node:util';
import { type IPty, spawn } from 'node-pty';
import type { Size } from '../../../daemon/protocol/model';
import { EmulatorTerminal, SCROLLBACK } from '../emulators';
import { firstDifference } from '../model';
import { describeOutside, inputProbe, type OutsideState, tellsFocus } from './outside';
import type { Command } from './peers';

const LOOK_EVERY_MS = 15;
/** Nothing at all came from a program that was started. */
const SILENT_MS = 20_000;

/** A terminal window in which a command runs: a real PTY, and an emulator that shows and answers. */
export class Window {
  public readonly emulator: EmulatorTerminal;
  private readonly _pty: IPty;
  private readonly _ended: Promise<void>;
  private readonly _opened = Date.now();
  private readonly _arrivals: string[] = [];
  private _lastOutput = 0;
  private _error: unknown;

  public constructor(command: Command, size: Size, scrollsErased: boolean) {
    this.emulator = new EmulatorTerminal('6.0', size, SCROLLBACK, scrollsErased);
    this._pty = spawn(command.file, [...command.args], {
      ...size,
      env: { ...command.env },
      cwd: '/',
      encoding: null,
    });
    this.emulator.terminal.onData((answer) => this._pty.write(answer));
    this._pty.onData((data: string | Buffer) => {
      this._lastOutput = Date.now();
      this._arrivals.push(`${data.length} at ${this._lastOutput - this._opened}`);
      try {
        this.emulator.feed(data as Buffer);
      } catch (error) {
        this._error = error;
      }
    });
    this._ended = new Promise((resolve) => this._pty.onExit(() => resolve()));
  }

  /**
   * Waits until the terminal looks as it should and would send what it should, or until nothing has come for a while:
   * modes may come with the last bytes, after everything that can be seen.
   * @returns what it is then
   */
  public async settled(reference: EmulatorTerminal, quietMs: number): Promise<OutsideState> {
    const wanted = describeOutside(reference);
    const started = Date.now();
    let looked = 0;
    let state = describeOutside(this.emulator);
    for (;;) {
      if (this._error !== undefined) {
        throw this._error;
      }
      // By count, not by time: two chunks may come in one millisecond, with a look between them.
      if (looked !== this._arrivals.length) {
        looked = this._arrivals.length;
        state = describeOutside(this.emulator);
        if (this._sends(reference) && isDeepStrictEqual(state, wanted)) {
          return state;
        }
      }
      const isQuiet = Date.now() - Math.max(this._lastOutput, started) > quietMs;
      if (this._lastOutput === 0 ? Date.now() - started > SILENT_MS : isQuiet) {
        return state;
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  private _sends(reference: EmulatorTerminal): boolean {
    return inputProbe(this.emulator) === inputProbe(reference) && tellsFocus(this.emulator, reference);
  }

  /** How much came when, for whoever has to find out why something did not: bytes and milliseconds. */
  public get history(): string {
    return `after ${Date.now() - this._opened} ms; bytes at ms: ${this._arrivals.slice(-20).join(', ')}`;
  }

  public type(bytes: string): void {
    if (bytes !== '') {
      this._pty.write(bytes);
    }
  }

  /** As a person drags its corner. */
  public resize(size: Size): void {
    this.emulator.resize(size);
    this._pty.resize(size.cols, size.rows);
  }

  /** Ends it as a closed window does. */
  public async close(): Promise<void> {
    try {
      process.kill(this._pty.pid, 'SIGHUP');
    } catch {
      // It has ended by itself.
    }
    await this._ended;
    this.emulator.dispose();
  }
}

/** Names of what differs, and how. */
export const differences = (is: OutsideState, wanted: OutsideState): { what: string[]; detail: string } => {
  const names = (Object.keys(wanted) as (keyof OutsideState)[]).filter(
    (name) => !isDeepStrictEqual(is[name], wanted[name]),
  );
  return {
    what: names,
    detail: names.map((name) => `${name}: ${firstDifference(is[name], wanted[name])}`).join('\n'),
  };
};
