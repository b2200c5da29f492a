import type { Terminal } from '@xterm/headless';
import { DisposableStore } from '../lifecycle/lifecycle';
import { unescaped } from './escapedText';
import { type Charset, type Core, coreOf, type ParserParams } from './xtermInternals';

/**
 * Kitty keyboard protocol as xterm.js 6.1 keeps it: the flags in force, those each screen had when it was left last,
 * and of each screen those pushed, oldest first.
 */
export interface KittyState {
  readonly flags: number;
  readonly left: { readonly normal: number; readonly alternate: number };
  readonly pushed: { readonly normal: readonly number[]; readonly alternate: readonly number[] };
}

/** What DECSC saves beside position and pen, and xterm.js 6.0 does not: newer ones and other terminals do. */
export interface SavedModes {
  /** Of G0–G3. */
  readonly charsets: readonly (Charset | undefined)[];
  readonly glevel: number;
  readonly origin: boolean;
  readonly wraparound: boolean;
}

/** What a terminal is told to remember and @xterm/headless does not, or does not show. */
export interface Tracked {
  /** DEC private modes xterm.js knows nothing of, as last set or reset. */
  readonly modes: ReadonlyMap<number, boolean>;
  /** XTMODKEYS: resource → value. */
  readonly modifyKeys: ReadonlyMap<number, number>;
  readonly kitty: KittyState;
  readonly saved: { readonly normal: SavedModes; readonly alternate: SavedModes };
  /** OSC 4 (0–255), 10, 11, 12 (256–258): colours the program has set. */
  readonly colors: ReadonlyMap<number, readonly [number, number, number]>;
  /** OSC 7's payload as it was written, and OSC 633 ; P ; Cwd. */
  readonly folderUri: string | undefined;
  readonly folder: string | undefined;
  /** OSC 633 ; P ; name=value of all other names: what a shell says of itself once. */
  readonly properties: ReadonlyMap<string, string>;
  /** OSC 9 ; 4: what a progress bar shows; undefined for none. */
  readonly progress: string | undefined;
}

/** Modes whose state xterm.js holds itself, that act once, or that must never be replayed (2026). */
const HELD_ELSEWHERE = new Set([
  1, 2, 3, 6, 7, 9, 12, 25, 45, 47, 66, 1000, 1002, 1003, 1004, 1006, 1016, 1047, 1048, 1049, 2004, 2026,
]);
/** Of the modes followed here those that VS Code's newer xterm.js holds: colour scheme reports, win32 input. */
const RESET_BY_DECSTR = [2031, 9001];
/** Bounds against output made to fill memory; real programs stay far below. */
const MAX_MODES = 64;
/** As in xterm.js 6.1: the oldest goes. */
const MAX_KITTY_STACK = 16;
const MAX_FOLDER = 4096;
/** Characters of an OSC 4 that xterm.js may take apart by itself: its time grows with the square of their number. */
const MAX_COLORS = 16 * 1024;

const NO_KITTY: KittyState = {
  flags: 0,
  left: { normal: 0, alternate: 0 },
  pushed: { normal: [], alternate: [] },
};
const NOTHING_SAVED: SavedModes = { charsets: [], glevel: 0, origin: false, wraparound: true };

/** Follows a terminal's parser with handlers that never keep xterm.js from acting. */
export class StateTracker extends DisposableStore implements Tracked {
  public readonly modes = new Map<number, boolean>();
  public readonly modifyKeys = new Map<number, number>();
  public readonly colors = new Map<number, readonly [number, number, number]>();
  public kitty = NO_KITTY;
  public saved: { normal: SavedModes; alternate: SavedModes } = {
    normal: NOTHING_SAVED,
    alternate: NOTHING_SAVED,
  };
  public folderUri: string | undefined;
  public folder: string | undefined;
  public readonly properties = new Map<string, string>();
  public progress: string | undefined;
  private readonly _core: Core;

  public constructor(terminal: Terminal, onColorQuery: (index: number) => void) {
    super();
    this._core = coreOf(terminal);
    const { parser } = terminal;
    const pass = (act: () => void): false => {
      act();
      return false;
    };
    this.add(
      parser.registerCsiHandler({ prefix: '?', final: 'h' }, (p) => pass(() => this._setModes(p, true))),
    );
    this.add(
      parser.registerCsiHandler({ prefix: '?', final: 'l' }, (p) => pass(() => this._setModes(p, false))),
    );
    this.add(parser.registerEscHandler({ final: '7' }, () => pass(() => this._save())));
    this.add(parser.registerCsiHandler({ final: 's' }, () => pass(() => this._save())));
    this.add(
      parser.registerCsiHandler({ intermediates: '!', final: 'p' }, () => pass(() => this._softReset())),
    );
    this.add(parser.registerCsiHandler({ prefix: '>', final: 'u' }, (p) => pass(() => this._push(first(p)))));
    this.add(
      parser.registerCsiHandler({ prefix: '<', final: 'u' }, (p) => pass(() => this._pop(first(p) || 1))),
    );
    this.add(
      parser.registerCsiHandler({ prefix: '=', final: 'u' }, (p) =>
        pass(() => this._setFlags(first(p), second(p))),
      ),
    );
    this.add(parser.registerCsiHandler({ prefix: '>', final: 'm' }, (p) => pass(() => this._modifyKeys(p))));
    this.add(parser.registerEscHandler({ final: 'c' }, () => pass(() => this.reset())));
    this.add(
      parser.registerOscHandler(4, (data) => {
        for (const piece of data.length > MAX_COLORS ? colorPieces(data) : []) {
          this._core._inputHandler.setOrReportIndexedColor(piece);
        }
        return data.length > MAX_COLORS;
      }),
    );
    this.add(parser.registerOscHandler(7, (data) => pass(() => this._setFolderUri(data))));
    this.add(parser.registerOscHandler(9, (data) => pass(() => this._setProgress(data))));
    this.add(parser.registerOscHandler(633, (data) => pass(() => this._shellIntegration(data))));
    this.add(
      this._core._inputHandler.onColor((events) => {
        for (const { type, index, color } of events) {
          if (type === 0 && index !== undefined) {
            onColorQuery(index);
          } else if (type === 1 && index !== undefined && color !== undefined) {
            this.colors.set(index, color);
          } else if (index !== undefined) {
            this.colors.delete(index);
          } else {
            this._restorePalette();
          }
        }
      }),
    );
  }

  /** RIS, or a program that starts again. Colours and the folder stay, as they do in xterm.js. */
  public reset(): void {
    this.modes.clear();
    this.modifyKeys.clear();
    this.progress = undefined;
    this.kitty = NO_KITTY;
    this.saved = { normal: NOTHING_SAVED, alternate: NOTHING_SAVED };
  }

  /** DECSTR, as xterm.js 6.1 has it. */
  private _softReset(): void {
    this._save(NOTHING_SAVED);
    this.kitty = NO_KITTY;
    for (const mode of RESET_BY_DECSTR) {
      if (this.modes.has(mode)) {
        this.modes.set(mode, false);
      }
    }
  }

  private get _screen(): 'normal' | 'alternate' {
    const { active, alt } = this._core._bufferService.buffers;
    return active === alt ? 'alternate' : 'normal';
  }

  private _save(saved?: SavedModes): void {
    const { _charsetService, coreService } = this._core;
    const { origin, wraparound } = coreService.decPrivateModes;
    const now = {
      charsets: [..._charsetService._charsets],
      glevel: _charsetService.glevel,
      origin,
      wraparound,
    };
    this.saved = { ...this.saved, [this._screen]: saved ?? now };
  }

  private _setModes(params: readonly (number | number[])[], on: boolean): void {
    for (const mode of params) {
      if (on && (mode === 1048 || mode === 1049)) {
        this._save();
      }
      if (mode === 47 || mode === 1047 || mode === 1049) {
        this._switchKitty(on ? 'alternate' : 'normal');
      }
      if (typeof mode === 'number' && !HELD_ELSEWHERE.has(mode)) {
        this.modes.delete(mode);
        this.modes.set(mode, on);
        if (this.modes.size > MAX_MODES) {
          this.modes.delete(this.modes.keys().next().value ?? mode);
        }
      }
    }
  }

  private _push(flags: number): void {
    const { flags: before, pushed } = this.kitty;
    const stack = [...pushed[this._screen], before].slice(-MAX_KITTY_STACK);
    this.kitty = { ...this.kitty, flags, pushed: { ...pushed, [this._screen]: stack } };
  }

  /** The last one that was pushed leaves nothing in force. */
  private _pop(count: number): void {
    const { flags, pushed } = this.kitty;
    const stack = pushed[this._screen];
    const kept = stack.slice(0, Math.max(0, stack.length - count));
    this.kitty = {
      ...this.kitty,
      flags: kept.length === 0 ? 0 : (stack[kept.length] ?? flags),
      pushed: { ...pushed, [this._screen]: kept },
    };
  }

  /** CSI = flags ; mode u: 1 sets exactly these, 2 adds them, 3 takes them away. */
  private _setFlags(flags: number, mode: number): void {
    const before = this.kitty.flags;
    const next = [before, flags, before | flags, before & ~flags][mode || 1];
    this.kitty = { ...this.kitty, flags: next ?? before };
  }

  /** Also where that screen is shown already. */
  private _switchKitty(to: 'normal' | 'alternate'): void {
    const from = to === 'normal' ? 'alternate' : 'normal';
    const { flags, left } = this.kitty;
    this.kitty = { ...this.kitty, flags: left[to], left: { ...left, [from]: flags } };
  }

  private _modifyKeys(params: readonly (number | number[])[]): void {
    const [resource, value] = params;
    if (typeof resource !== 'number' || params.length < 2 || typeof value !== 'number' || value <= 0) {
      if (typeof resource === 'number') {
        this.modifyKeys.delete(resource);
      }
      return;
    }
    if (this.modifyKeys.size < MAX_MODES || this.modifyKeys.has(resource)) {
      this.modifyKeys.set(resource, value);
    }
  }

  private _setFolderUri(data: string): void {
    if (data.length <= MAX_FOLDER) {
      this.folderUri = data;
    }
  }

  private _shellIntegration(data: string): void {
    const [, name, value] = /^P;([^=;]+)=(.*)$/s.exec(data) ?? [];
    if (name === undefined || value === undefined || data.length > MAX_FOLDER) {
      return;
    }
    if (name === 'Cwd') {
      this.folder = value;
    } else if (this.properties.size < MAX_MODES || this.properties.has(name)) {
      this.properties.set(name, value);
    }
  }

  /** States 1–4 show something, 0 nothing; other OSC 9 are notifications, which act once. */
  private _setProgress(data: string): void {
    const [, state] = /^4;([0-4])(?:;\d*)?$/.exec(data) ?? [];
    if (state !== undefined) {
      this.progress = state === '0' ? undefined : data;
    }
  }

  private _restorePalette(): void {
    for (const index of [...this.colors.keys()]) {
      if (index < 256) {
        this.colors.delete(index);
      }
    }
  }
}

/** The same colours in several payloads, of whole `index;colour` pairs. */
const colorPieces = (data: string): string[] => {
  const pieces: string[] = [];
  let start = 0;
  for (let at = 0; at >= 0 && start < data.length; ) {
    const colour = data.indexOf(';', at);
    const end = colour < 0 ? -1 : data.indexOf(';', colour + 1);
    if (end < 0 || end - start > MAX_COLORS / 2) {
      pieces.push(data.slice(start, end < 0 ? undefined : end));
      start = end + 1;
    }
    at = end < 0 ? -1 : end + 1;
  }
  return pieces;
};

type Params = readonly (number | number[])[] | ParserParams['params'];
const numberAt = (params: Params, index: number): number => {
  const value = params[index];
  return typeof value === 'number' ? value : 0;
};
const first = (params: Params): number => numberAt(params, 0);
const second = (params: Params): number => numberAt(params, 1);

/** The folder that a program has told last, by OSC 633 or OSC 7. */
export const folderOf = ({ folder, folderUri }: StateTracker): string | null =>
  folder === undefined ? pathOf(folderUri) : unescaped(folder);

/** The path of OSC 7's file URI, whatever host it names. */
const pathOf = (uri: string | undefined): string | null => {
  const path = uri === undefined ? undefined : /^file:\/\/[^/]*(\/.*)$/.exec(uri)?.[1];
  if (path === undefined) {
    return null;
  }
  try {
    return decodeURIComponent(path);
  } catch {
    // Not encoded after all.
    return path;
  }
};
