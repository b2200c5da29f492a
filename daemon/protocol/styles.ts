/**
 * A colour as the program asked for it: one of the 16 that a theme names, a number of the 256-colour palette, or
 * `#rrggbb`. What the first 16 look like is the theme's to say.
 */
export type StyleColor = ColorName | number | `#${string}`;

export const COLOR_NAMES = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'bright-black',
  'bright-red',
  'bright-green',
  'bright-yellow',
  'bright-blue',
  'bright-magenta',
  'bright-cyan',
  'bright-white',
] as const;
export type ColorName = (typeof COLOR_NAMES)[number];

export const UNDERLINES = ['single', 'double', 'curly', 'dotted', 'dashed'] as const;
export type Underline = (typeof UNDERLINES)[number];

/** A look: what of it is not the default. `inverse` has colours as the program asked for them, not swapped. */
export interface Style {
  readonly fg?: StyleColor;
  readonly bg?: StyleColor;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: Underline;
  /** That of the text where it is absent. */
  readonly underlineColor?: StyleColor;
  readonly overline?: true;
  readonly strikethrough?: true;
  readonly blink?: true;
  readonly inverse?: true;
  readonly hidden?: true;
}

/** Adjacent cells of one look. */
export interface StyleRun {
  /** From the screen's top; rows of scrollback have negative numbers, -1 is the one right above the screen. */
  readonly row: number;
  readonly col: number;
  /** Columns. */
  readonly length: number;
  /** Which one of the legend. */
  readonly style: number;
}

/** How what is not in the default look looks. */
export interface ScreenStyles {
  /** Each look once, in the order in which they come. */
  readonly legend: readonly Style[];
  /** From the top, from the left. */
  readonly runs: readonly StyleRun[];
}
