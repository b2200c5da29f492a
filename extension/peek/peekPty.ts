import { EventEmitter, type Pseudoterminal, type TerminalDimensions } from 'vscode';
import { Emitter } from '../../daemon/lifecycle/event';
import { drawnOver, type PeekedScreen, type PeekFrame, peekFrame } from './peekFrame';
import { scrolled } from './peekKeys';

/** The alternate screen, so that nothing scrolls away; without autowrap, so that a full row stays one row. */
const BEGIN = '\x1b[?1049h\x1b[?7l\x1b[?25l';
/** Escape in every form that a terminal may send it; ours is asked for none but the first. */
const ESCAPE = new Set(['\x1b', '\x1b[27u', '\x1b[27;1u']);
const ENTER = '\r';

/** A VS Code terminal that shows a screen and takes no input but the keys that end it, or that scroll it where there is no room for all. */
export class PeekPty implements Pseudoterminal {
  private readonly _onDidWrite = new EventEmitter<string>();
  public readonly onDidWrite = this._onDidWrite.event;
  private readonly _onDidChangeName = new EventEmitter<string>();
  public readonly onDidChangeName = this._onDidChangeName.event;
  private readonly _onDidChoose = new Emitter<'close' | 'attach'>();
  /** Somebody pressed Escape or Enter. */
  public readonly onDidChoose = this._onDidChoose.event;
  private readonly _onDidOpen = new Emitter<void>();
  /** There is something on the page that shows it. */
  public readonly onDidOpen = this._onDidOpen.event;
  private readonly _onDidResize = new Emitter<void>();
  public readonly onDidResize = this._onDidResize.event;
  private _size = { cols: 80, rows: 24 };
  private _isOpen = false;
  private _shown: PeekFrame | undefined;
  private _latest: PeekedScreen | undefined;
  /** Where somebody has scrolled to; undefined: so that the cursor is seen. */
  private _top: number | undefined;

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
    this._onDidOpen.fire();
  }

  public close(): void {
    this._isOpen = false;
  }

  public setDimensions({ columns, rows }: TerminalDimensions): void {
    this._size = { cols: columns, rows };
    this._shown = undefined;
    this._draw();
    this._onDidResize.fire();
  }

  public handleInput(data: string): void {
    if (ESCAPE.has(data)) {
      this._onDidChoose.fire('close');
    } else if (data === ENTER) {
      this._onDidChoose.fire('attach');
    } else if (this._shown !== undefined) {
      this._top = scrolled(data, this._shown) ?? this._top;
      this._draw();
    }
  }

  public rename(name: string): void {
    this._name = name;
    if (this._isOpen) {
      this._onDidChangeName.fire(name);
    }
  }

  public show(screen: PeekedScreen): void {
    this._latest = screen;
    this._draw();
  }

  /** Another screen is about to be shown. */
  public clear(): void {
    this._latest = undefined;
    this._shown = undefined;
    this._top = undefined;
    if (this._isOpen) {
      this._onDidWrite.fire('\x1b[2J');
    }
  }

  private _draw(): void {
    if (!this._isOpen || this._latest === undefined) {
      return;
    }
    const frame = peekFrame(this._latest, this._size, this._top);
    const drawn = drawnOver(frame, this._shown);
    this._shown = frame;
    if (drawn !== '') {
      this._onDidWrite.fire(drawn);
    }
  }
}
