import { createRequire } from 'node:module';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { type ITerminalOptions, Terminal } from '@xterm/headless';
import type { Size } from '../../daemon/protocol/model';
import type { Recording } from './recording';
import { isPrinted, rowsOf, widthAt } from './rowText';

/** The emulators that a snapshot is rebuilt in. */
export const EMULATORS = ['6.0', '6.1'] as const;
export type EmulatorName = (typeof EMULATORS)[number];

const load = createRequire(__filename);
export const versionOf = (name: string): string =>
  (load(`${name}/package.json`) as { readonly version: string }).version;
/** Required, because its types declare the other one's module. */
const { Terminal: NextTerminal } = load('@xterm/headless-next') as {
  readonly Terminal: new (options: NextOptions) => Terminal;
};
/** What VS Code turns on in its terminals. */
interface NextOptions extends ITerminalOptions {
  readonly vtExtensions: { readonly kittyKeyboard: boolean; readonly win32InputMode: boolean };
}

export const EMULATOR_VERSIONS: Readonly<Record<EmulatorName, string>> = {
  '6.0': `@xterm/headless ${versionOf('@xterm/headless')}`,
  '6.1': `@xterm/headless ${versionOf('@xterm/headless-next')}`,
};

/** No recording scrolls further: what a limit would drop is not what is compared. */
export const SCROLLBACK = 20_000;

export interface InternalLine {
  readonly length: number;
  readonly isWrapped: boolean;
  readonly _data: Uint32Array;
  readonly _combined: Readonly<Record<number, string>>;
  readonly _extendedAttrs: Readonly<
    Record<number, { readonly _ext: number; readonly _urlId: number } | undefined>
  >;
}

type InternalCharset = object | undefined;

export interface InternalBuffer {
  readonly lines: { readonly length: number; get(index: number): InternalLine | undefined };
  readonly x: number;
  readonly y: number;
  readonly ybase: number;
  readonly scrollTop: number;
  readonly scrollBottom: number;
  readonly tabs: Readonly<Record<number, boolean | undefined>>;
  readonly savedX: number;
  readonly savedY: number;
  readonly savedCurAttrData: { readonly fg: number; readonly bg: number };
  readonly savedCharset: InternalCharset;
  readonly savedCharsets?: readonly InternalCharset[];
  readonly savedGlevel?: number;
  readonly savedOriginMode?: boolean;
  readonly savedWraparoundMode?: boolean;
}

interface MouseState {
  readonly activeProtocol: string;
  readonly activeEncoding: string;
}

/** What both versions have inside; what one lacks is optional. */
export interface Internals {
  readonly _inputHandler: {
    parse(data: Uint8Array): unknown;
    onColor(
      listener: (
        events: readonly { type: 0 | 1 | 2; index?: number; color?: readonly [number, number, number] }[],
      ) => void,
    ): unknown;
    readonly _curAttrData: {
      readonly fg: number;
      readonly bg: number;
      readonly extended: { readonly _ext: number; readonly _urlId: number };
    };
    readonly _windowTitle: string;
    readonly _iconName: string;
    readonly _windowTitleStack: readonly string[];
    readonly _iconNameStack: readonly string[];
    readonly _parser: { readonly currentState: number; readonly precedingJoinState: number; reset(): void };
  };
  readonly _bufferService: {
    readonly cols: number;
    readonly buffers: {
      readonly normal: InternalBuffer;
      readonly alt: InternalBuffer;
      readonly active: InternalBuffer;
    };
  };
  readonly _charsetService: {
    readonly charset: InternalCharset;
    readonly glevel: number;
    readonly _charsets: readonly InternalCharset[];
  };
  readonly coreService: {
    readonly isCursorHidden: boolean;
    readonly modes: { readonly insertMode: boolean };
    readonly decPrivateModes: {
      readonly applicationCursorKeys: boolean;
      readonly applicationKeypad: boolean;
      readonly bracketedPasteMode: boolean;
      readonly sendFocus: boolean;
      readonly cursorStyle: string | undefined;
      readonly cursorBlink: boolean | undefined;
      readonly win32InputMode?: boolean;
      readonly colorSchemeUpdates?: boolean;
    };
    readonly kittyKeyboard?: object;
  };
  readonly coreMouseService?: MouseState;
  readonly mouseStateService?: MouseState;
  readonly optionsService: {
    readonly rawOptions: { readonly convertEol: boolean; readonly cursorBlink: boolean };
  };
  readonly _oscLinkService: {
    getLinkData(id: number): { readonly id?: string; readonly uri: string } | undefined;
  };
}

const CHARSET_FINALS = '0A45RQKYE6ZH7=';

/**
 * An xterm.js terminal that parses what it is given at once. Whole characters only: whoever reads bytes into
 * an xterm.js joins their halves first.
 */
export class EmulatorTerminal {
  public readonly terminal: Terminal;
  public readonly core: Internals;
  /** The colours that were set: 0–255, 256 foreground, 257 background, 258 cursor. */
  public readonly palette = new Map<number, readonly [number, number, number]>();
  /**
   * Whether a resize has left what no output can bring a terminal to: the first half of a wide character in the last
   * column (6.0 on both screens, 6.1 on the alternate one), or a cursor that is not behind the character that REP
   * repeats and combining ones join, while they still would.
   */
  public isOutOfReach = false;
  private _partial: Buffer = Buffer.alloc(0);

  public constructor(
    public readonly version: EmulatorName,
    size: Size,
    scrollback = SCROLLBACK,
    scrollOnEraseInDisplay = true,
  ) {
    const options = {
      ...size,
      scrollback,
      scrollOnEraseInDisplay,
      allowProposedApi: true,
      logLevel: 'off',
      windowOptions: { pushTitle: true, popTitle: true },
    } as const;
    this.terminal =
      version === '6.0'
        ? new Terminal(options)
        : new NextTerminal({ ...options, vtExtensions: { kittyKeyboard: true, win32InputMode: true } });
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = '11';
    this.core = (this.terminal as unknown as { readonly _core: Internals })._core;
    this.core._inputHandler.onColor((events) => {
      for (const { type, index, color } of events) {
        if (type === 1 && index !== undefined && color !== undefined) {
          this.palette.set(index, color);
        } else if (type === 2 && index !== undefined) {
          this.palette.delete(index);
        } else if (type === 2) {
          for (const key of [...this.palette.keys()].filter((one) => one < 256)) {
            this.palette.delete(key);
          }
        }
      }
    });
  }

  public feed(chunk: Uint8Array): void {
    const bytes = Buffer.concat([this._partial, chunk]);
    const whole = bytes.length - halfCharacter(bytes);
    this._partial = Buffer.from(bytes.subarray(whole));
    if (whole > 0) {
      this.core._inputHandler.parse(bytes.subarray(0, whole));
    }
  }

  public resize(size: Size): void {
    this.terminal.resize(size.cols, size.rows);
    this.isOutOfReach ||= this._hasHalfAtEdge() || this._hasLostCharacter();
  }

  /** Feeds a recording's bytes behind `from` up to `to`, and the resizes among and behind them. */
  public play(recording: Recording, from: number, to: number): void {
    let at = from;
    for (const { offset, size } of recording.resizes) {
      if (offset > from && offset <= to) {
        this.feed(recording.bytes.subarray(at, offset));
        this.resize(size);
        at = offset;
      }
    }
    this.feed(recording.bytes.subarray(at, to));
  }

  private _hasHalfAtEdge(): boolean {
    const { normal, active } = this.core._bufferService.buffers;
    const last = this.terminal.cols - 1;
    return [normal, active].some((buffer) =>
      rowsOf(buffer, 0, buffer.lines.length).some((line) => widthAt(line, last) === 2),
    );
  }

  private _hasLostCharacter(): boolean {
    const { active } = this.core._bufferService.buffers;
    const { precedingJoinState } = this.core._inputHandler._parser;
    const width = (precedingJoinState >> 1) & 3;
    const line = active.lines.get(active.ybase + active.y);
    const column = active.x - width;
    return precedingJoinState !== 0 && !(line !== undefined && column >= 0 && isPrinted(line, column, width));
  }

  /** The final byte that designates a character set; xterm.js keeps only their tables. */
  public charsetName(charset: InternalCharset): string {
    return charset === undefined ? 'B' : (charsetNames(this.version).get(charset) ?? '?');
  }

  public dispose(): void {
    this.terminal.dispose();
  }
}

/** How many bytes at the end begin a UTF-8 character that is not complete. */
const halfCharacter = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) {
      return 0;
    }
    if (byte >= 0xc2 && byte < 0xf5) {
      return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0;
    }
  }
  return 0;
};

const names = new Map<EmulatorName, Map<object, string>>();

const charsetNames = (version: EmulatorName): Map<object, string> => {
  const known = names.get(version);
  if (known !== undefined) {
    return known;
  }
  const learnt = new Map<object, string>();
  names.set(version, learnt);
  const asked = new EmulatorTerminal(version, { cols: 2, rows: 1 });
  for (const final of CHARSET_FINALS) {
    asked.feed(Buffer.from(`\x1b(${final}`));
    const charset = asked.core._charsetService._charsets[0];
    if (charset !== undefined && !learnt.has(charset)) {
      learnt.set(charset, final);
    }
  }
  asked.dispose();
  return learnt;
};
