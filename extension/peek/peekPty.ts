import { EventEmitter, type Pseudoterminal, type TerminalDimensions } from 'vscode';
import { Emitter } from '../../daemon/lifecycle/event';
import { type PeekedScreen, peekFrame } from './peekFrame';

/** The alternate screen, so that nothing scrolls away; without autowrap, so that a full row stays one row. */
const BEGIN = '\x1b[?1049h\x1b[?7l\x1b[?25l';
/** Escape in every form that a terminal may send it; ours is asked for none but the first. */
const ESCAPE = new Set(['\x1b', '\x1b[27u', '\x1b[27;1u']);
const ENTER = '\r';

/** A VS Code terminal that shows a screen and takes no input but the keys that end it. */
export class PeekPty implements Pseudoterminal {
  private readonly _onDidWrite = new EventEmitter<string>();
  public readonly onDidWrite = this._onDidWrite.event;
  private readonly _onDidChangeName = new EventEmitter<string>();
  public readonly onDidChangeName = this._onDidChangeName.event;
  private readonly _onDidChoose = new Emitter<'close' | 'attach'>();
  /** Somebody pressed Escape or Enter. */
  public readonly onDidChoose = this._onDidChoose.event;
  private readonly _onDidResize = new Emitter<void>();
  public readonly onDidResize = this._onDidResize.event;
  private _size = { cols: 80, rows: 24 };
  private _isOpen = false;
  private _shown = '';
  private _latest: PeekedScreen | undefined;

  /** Another name than the terminal was made with. */
  private _name: string | undefined;

  public get columns(): number {
    return this._size.cols;
  }

  public open(dimensions: TerminalDimensions | undefined): void {
    this._isOpen = true;
    this._onDidWrite.fire(BEGIN);
    if (this._name !== undefined) {
      this._onDidChangeName.fire(this._name);
    }
    if (dimensions !== undefined) {
      this.setDimensions(dimensions);
    }
    this._draw();
  }

  public close(): void {
    this._isOpen = false;
  }

  public setDimensions({ columns, rows }: TerminalDimensions): void {
    this._size = { cols: columns, rows };
    this._shown = '';
    this._draw();
    this._onDidResize.fire();
  }

  public handleInput(data: string): void {
    if (ESCAPE.has(data)) {
      this._onDidChoose.fire('close');
    } else if (data === ENTER) {
      this._onDidChoose.fire('attach');
    }
  }

  public rename(name: string): void {
    this._name = name;
    if (this._isOpen) {
      this._onDidChangeName.fire(name);
    }
  }

  /** @param screen undefined: another one is about to be shown */
  public show(screen: PeekedScreen | undefined): void {
    this._latest = screen;
    this._draw();
  }

  private _draw(): void {
    const frame = this._latest === undefined ? '\x1b[2J' : peekFrame(this._latest, this._size);
    // What shows the same already is not written again: it would take a selection away.
    if (this._isOpen && frame !== this._shown) {
      this._shown = frame;
      this._onDidWrite.fire(frame);
    }
  }
}
