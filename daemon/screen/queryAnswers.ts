import type { Terminal } from '@xterm/headless';
import { DisposableStore } from '../lifecycle/lifecycle';
import type { ThemeColors } from '../protocol/terminals';
import type { Tracked } from './trackedState';
import { coreOf } from './xtermInternals';

/** Pixels of a cell in size reports: nobody draws here, but programs divide by it. */
export const CELL_PIXELS = { width: 9, height: 18 } as const;
/** What XTVERSION says. */
const TERMINAL_NAME = 'Holdfast(1)';
/** DEC private modes that VS Code's newer xterm.js reports and 6.0 does not know: DECRPM says what was last set. */
const REPORTED_MODES = new Set([1005, 1007, 1015, 2031, 9001]);
export const COLOR_FOREGROUND = 256;
export const COLOR_BACKGROUND = 257;
export const COLOR_CURSOR = 258;

export type Rgb = readonly [red: number, green: number, blue: number];

/** VS Code's default dark theme: what is answered as long as nobody has told another one. */
const FOREGROUND = [0xcc, 0xcc, 0xcc] as const;
const BACKGROUND = [0x1e, 0x1e, 0x1e] as const;
const CURSOR = [0xff, 0xff, 0xff] as const;
const ANSI: readonly Rgb[] = [
  [0x00, 0x00, 0x00],
  [0xcd, 0x31, 0x31],
  [0x0d, 0xbc, 0x79],
  [0xe5, 0xe5, 0x10],
  [0x24, 0x72, 0xc8],
  [0xbc, 0x3f, 0xbc],
  [0x11, 0xa8, 0xcd],
  [0xe5, 0xe5, 0xe5],
  [0x66, 0x66, 0x66],
  [0xf1, 0x4c, 0x4c],
  [0x23, 0xd1, 0x8b],
  [0xf5, 0xf5, 0x43],
  [0x3b, 0x8e, 0xea],
  [0xd6, 0x70, 0xd6],
  [0x29, 0xb8, 0xdb],
  [0xe5, 0xe5, 0xe5],
];

/** Answers the queries @xterm/headless is silent about; the others it answers itself. */
export class QueryAnswers extends DisposableStore {
  /** The colours of the last viewer that told them. */
  public theme: ThemeColors | undefined;

  public constructor(
    private readonly _terminal: Terminal,
    private readonly _tracked: () => Tracked,
    private readonly _answer: (text: string) => void,
  ) {
    super();
    const { parser } = _terminal;
    const first = (params: readonly (number | number[])[]): number =>
      typeof params[0] === 'number' ? params[0] : 0;
    // DA3: DECRPTUI with the unit id xterm uses.
    this.add(
      parser.registerCsiHandler({ prefix: '=', final: 'c' }, (params) => {
        if (first(params) === 0) {
          this._answer('\x1bP!|00000000\x1b\\');
        }
        return true;
      }),
    );
    // XTVERSION
    this.add(
      parser.registerCsiHandler({ prefix: '>', final: 'q' }, (params) => {
        if (first(params) === 0) {
          this._answer(`\x1bP>|${TERMINAL_NAME}\x1b\\`);
        }
        return true;
      }),
    );
    // Kitty keyboard protocol: flags in force.
    this.add(
      parser.registerCsiHandler({ prefix: '?', final: 'u' }, () => {
        this._answer(`\x1b[?${this._tracked().kitty.flags}u`);
        return true;
      }),
    );
    // Colour scheme: 1 dark, 2 light.
    this.add(
      parser.registerCsiHandler({ prefix: '?', final: 'n' }, (params) => {
        if (first(params) !== 996) {
          return false;
        }
        this._answer(`\x1b[?997;${this._isDark() ? 1 : 2}n`);
        return true;
      }),
    );
    // DECRQM for modes that are only tracked.
    this.add(
      parser.registerCsiHandler({ prefix: '?', intermediates: '$', final: 'p' }, (params) => {
        const mode = first(params);
        if (!REPORTED_MODES.has(mode)) {
          return false;
        }
        this._answer(`\x1b[?${mode};${this._tracked().modes.get(mode) === true ? 1 : 2}$y`);
        return true;
      }),
    );
    // XTGETTCAP: nothing is known by name.
    this.add(
      parser.registerDcsHandler({ intermediates: '+', final: 'q' }, () => {
        this._answer('\x1bP0+r\x1b\\');
        return true;
      }),
    );
    // Registered below the public API, which hides these reports behind an option.
    this.add(
      coreOf(_terminal)._inputHandler._parser.registerCsiHandler({ final: 't' }, ({ params, length }) =>
        this._windowReport(params[0] ?? 0, length > 1 ? (params[1] ?? 0) : 0),
      ),
    );
  }

  /** OSC 4, 10, 11, 12 with `?`: the colour as the program set it, else the theme's. */
  public color(index: number): void {
    const channels = this.colorOf(index).map((channel) => channel.toString(16).padStart(2, '0').repeat(2));
    const selector = index >= COLOR_FOREGROUND ? String(10 + index - COLOR_FOREGROUND) : `4;${index}`;
    this._answer(`\x1b]${selector};rgb:${channels.join('/')}\x1b\\`);
  }

  private _windowReport(report: number, second: number): boolean {
    const { cols, rows } = this._terminal;
    if (report === 14 && second !== 2) {
      this._answer(`\x1b[4;${rows * CELL_PIXELS.height};${cols * CELL_PIXELS.width}t`);
      return true;
    }
    if (report === 16) {
      this._answer(`\x1b[6;${CELL_PIXELS.height};${CELL_PIXELS.width}t`);
      return true;
    }
    return false;
  }

  /** A colour as it is shown: the palette's, or 256 foreground, 257 background, 258 cursor. */
  public colorOf(index: number): Rgb {
    const set = this._tracked().colors.get(index);
    if (set !== undefined) {
      return set;
    }
    const themed = rgbOf(
      index < COLOR_FOREGROUND
        ? this.theme?.ansi?.[index]
        : [this.theme?.foreground, this.theme?.background, this.theme?.cursor][index - COLOR_FOREGROUND],
    );
    if (themed !== undefined) {
      return themed;
    }
    if (index >= COLOR_FOREGROUND) {
      return index === COLOR_FOREGROUND ? FOREGROUND : index === COLOR_BACKGROUND ? BACKGROUND : CURSOR;
    }
    return ANSI[index] ?? paletteColor(index);
  }

  private _isDark(): boolean {
    const [red, green, blue] = this.colorOf(COLOR_BACKGROUND);
    return red * 0.299 + green * 0.587 + blue * 0.114 < 128;
  }
}

const rgbOf = (color: string | null | undefined): Rgb | undefined => {
  const [, red, green, blue] = /^#(..)(..)(..)$/.exec(color ?? '') ?? [];
  return red === undefined || green === undefined || blue === undefined
    ? undefined
    : [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)];
};

/** xterm's 256-colour palette: a 6×6×6 cube, then 24 greys. */
const paletteColor = (index: number): Rgb => {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return [level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6)];
};
