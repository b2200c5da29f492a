import type { IDisposable, IMarker, Terminal } from '@xterm/headless';

/**
 * What the mirror needs of @xterm/headless 6.0.0 that its public API does not show. This is the only file
 * that knows xterm's private names; xtermInternals.test.ts fails when an update changes them.
 */

export interface ExtendedAttributes {
  /** Underline style (bits 26–28) and colour (bits 0–25). */
  readonly _ext: number;
  /** The hyperlink, or 0. */
  readonly _urlId: number;
  urlId: number;
  clone(): ExtendedAttributes;
}

export interface Attributes {
  fg: number;
  bg: number;
  extended: ExtendedAttributes;
}

/** A row. Three 32-bit words a cell: content and width, foreground and flags, background and flags. */
export interface Line {
  readonly length: number;
  isWrapped: boolean;
  readonly _data: Uint32Array;
  readonly _combined: Readonly<Record<number, string>>;
  readonly _extendedAttrs: Record<number, ExtendedAttributes | undefined>;
  clone(): Line;
  /** `fill` is for the cells that a wider row has more. */
  resize(cols: number, fill?: undefined): boolean;
  getString(column: number): string;
  translateToString(trimRight: boolean, startColumn?: number, endColumn?: number): string;
  copyCellsFrom(source: Line, from: number, to: number, count: number, reverse: boolean): void;
}

export interface Lines {
  length: number;
  maxLength: number;
  readonly isFull: boolean;
  get(index: number): Line | undefined;
  set(index: number, line: Line): void;
  push(line: Line): void;
  recycle(): Line;
  splice(start: number, deleteCount: number, ...items: Line[]): void;
  trimStart(count: number): void;
}

export interface Charset {
  readonly [character: string]: string | undefined;
}

export interface Buffer {
  readonly lines: Lines;
  x: number;
  y: number;
  ybase: number;
  ydisp: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
  savedX: number;
  savedY: number;
  readonly savedCurAttrData: Attributes;
  readonly savedCharset: Charset | undefined;
  getBlankLine(attributes: Attributes, isWrapped?: boolean): Line;
  /** Moves with the row, and is disposed with it. */
  addMarker(row: number): IMarker;
}

export interface ColorEvent {
  /** 0 report, 1 set, 2 restore. */
  readonly type: 0 | 1 | 2;
  /** 0–255; 256 foreground, 257 background, 258 cursor; absent with `restore` of the whole palette. */
  readonly index?: number;
  readonly color?: readonly [number, number, number];
}

export interface ParserParams {
  readonly length: number;
  readonly params: Int32Array;
}

interface FunctionId {
  readonly prefix?: string;
  readonly intermediates?: string;
  readonly final: string;
}

export interface Core {
  readonly _inputHandler: {
    parse(data: Uint8Array): unknown;
    eraseInDisplay(params: ParserParams, respectProtect: boolean): boolean;
    /** OSC 4: its payload behind `4;`. */
    setOrReportIndexedColor(data: string): boolean;
    /** OSC 2, OSC 1 and, behind `8;`, OSC 8. */
    setTitle(title: string): boolean;
    setIconName(name: string): boolean;
    setHyperlink(data: string): boolean;
    onColor(listener: (event: readonly ColorEvent[]) => void): IDisposable;
    readonly _curAttrData: Attributes;
    readonly _windowTitle: string;
    readonly _iconName: string;
    readonly _windowTitleStack: readonly string[];
    readonly _iconNameStack: readonly string[];
    readonly _parser: {
      readonly currentState: number;
      readonly precedingJoinState: number;
      reset(): void;
      registerCsiHandler(id: FunctionId, handler: (params: ParserParams) => boolean): IDisposable;
    };
  };
  readonly _bufferService: {
    readonly cols: number;
    readonly rows: number;
    scroll(eraseAttributes: Attributes, isWrapped?: boolean): void;
    readonly buffers: {
      readonly normal: Buffer;
      readonly alt: Buffer;
      readonly active: Buffer;
      onBufferActivate(listener: () => void): IDisposable;
    };
  };
  readonly _charsetService: {
    readonly charset: Charset | undefined;
    readonly glevel: number;
    readonly _charsets: readonly (Charset | undefined)[];
  };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly modes: { readonly insertMode: boolean };
    readonly decPrivateModes: {
      readonly applicationCursorKeys: boolean;
      readonly applicationKeypad: boolean;
      readonly bracketedPasteMode: boolean;
      readonly cursorBlink: boolean | undefined;
      readonly cursorStyle: 'block' | 'underline' | 'bar' | undefined;
      readonly origin: boolean;
      readonly reverseWraparound: boolean;
      readonly sendFocus: boolean;
      readonly synchronizedOutput: boolean;
      readonly wraparound: boolean;
    };
  };
  readonly coreMouseService: { readonly activeProtocol: string; readonly activeEncoding: string };
  readonly optionsService: {
    readonly rawOptions: {
      scrollback: number;
      readonly convertEol: boolean;
      readonly cursorBlink: boolean;
    };
  };
  readonly unicodeService: { wcwidth(codePoint: number): 0 | 1 | 2 };
  readonly _oscLinkService: LinkService;
}

export interface LinkData {
  readonly id?: string;
  readonly uri: string;
}

export interface LinkService {
  getLinkData(id: number): LinkData | undefined;
  /** The link lives as long as the row the cursor is in, or one it was printed in. */
  registerLink(data: LinkData): number;
  /** A link is forgotten when the last of its markers is disposed. */
  readonly _dataByLinkId: ReadonlyMap<number, { readonly lines: readonly IMarker[] }>;
}

export const coreOf = (terminal: Terminal): Core => (terminal as unknown as { _core: Core })._core;

/** Cell content (src/common/buffer/Constants.ts). */
export const CELL_WORDS = 3;
export const CODEPOINT_MASK = 0x1fffff;
export const IS_COMBINED = 0x200000;
export const HAS_CONTENT = 0x3fffff;
export const WIDTH_SHIFT = 22;

export const COLOR_MODE = 0x3000000;
export const COLOR_P16 = 0x1000000;
export const COLOR_P256 = 0x2000000;
export const COLOR_RGB = 0x3000000;
export const RGB_MASK = 0xffffff;

export const Fg = {
  INVERSE: 0x4000000,
  BOLD: 0x8000000,
  UNDERLINE: 0x10000000,
  BLINK: 0x20000000,
  INVISIBLE: 0x40000000,
  STRIKETHROUGH: 0x80000000,
} as const;

export const Bg = {
  ITALIC: 0x4000000,
  DIM: 0x8000000,
  HAS_EXTENDED: 0x10000000,
  PROTECTED: 0x20000000,
  OVERLINE: 0x40000000,
} as const;

/** States of the escape sequence parser (src/common/parser/Constants.ts). */
export const ParserState = {
  GROUND: 0,
  ESCAPE: 1,
  CSI_IGNORE: 6,
  SOS_PM_APC_STRING: 7,
  OSC_STRING: 8,
  DCS_ENTRY: 9,
  DCS_PASSTHROUGH: 13,
} as const;

/** The width part of `precedingJoinState` (UnicodeService.extractWidth). */
export const joinWidth = (state: number): number => (state >> 1) & 3;
