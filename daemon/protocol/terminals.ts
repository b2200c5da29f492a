import type { Offset, SessionId, TerminalId, Ticket } from './ids';
import { notification, request } from './message';
import type { Size, SizeRule, TerminalInfo, TerminalState, ViewerMode } from './model';
import type { ProgramSpec, Target } from './sessions';
import type { ScreenStyles } from './styles';

export namespace TerminalSpawn {
  export interface Params extends ProgramSpec {
    readonly target: Target;
    readonly name?: string;
  }
  export interface Result {
    readonly terminal: TerminalInfo;
  }
  export const type = request<Params, Result>('terminal/spawn');
}

export namespace TerminalAttach {
  export interface Params {
    readonly target: Target;
    readonly mode: ViewerMode;
    /** The viewer's size. An interactive viewer's becomes the terminal's before the snapshot is taken. */
    readonly size?: Size;
    /** `active` unless given; builds that do not know it take it for that. */
    readonly sizing?: SizeRule;
    /** Rows of scrollback in the snapshot; the daemon's limit unless given. */
    readonly history?: number;
    /**
     * Where the viewer shows it, whatever size it asks for. The last screen of a program that has ended is drawn to be read
     * there when that is smaller: without the rows below it that nothing stands on, an alternate screen as text below the
     * normal one, the cursor behind the last row, every mode the default. Builds that do not know it draw it as it was.
     */
    readonly room?: Size;
    /** Send every other viewer away first. */
    readonly takeOver?: boolean;
    /** Send the snapshot as bytes; builds that do not know it send text. */
    readonly bytes?: boolean;
    /**
     * A number of the caller's: tell it with TerminalStreamReady where the stream is before the screen is drawn, so that
     * both are waited for at once. The stream then begins at its `from`, not at `offset`. Builds that do not know it don't tell.
     */
    readonly early?: number;
  }
  export interface Result {
    readonly session: SessionId;
    readonly sessionName: string;
    readonly terminal: TerminalInfo;
    /** What to write to an empty terminal of `size`; valid at `offset`. Empty where `snapshotBytes` is there. */
    readonly snapshot: string;
    /** The same as UTF-8, for a caller that asked for `bytes`: no JSON has to be made and read of a long history. */
    readonly snapshotBytes?: Uint8Array;
    /** Bytes of an unfinished sequence or character right behind the snapshot, base64. */
    readonly continuation: string;
    readonly offset: Offset;
    readonly size: Size;
    /** Absent when the terminal is not running: the snapshot is all there is. */
    readonly stream?: StreamAddress;
  }
  /** @throws SESSION_NOT_FOUND, SESSION_UNREACHABLE */
  export const type = request<Params, Result>('terminal/attach');
}

/** Where a viewer opens its stream. The ticket is used once and expires after TICKET_TTL_MS. */
export interface StreamAddress {
  readonly socket: string;
  readonly token: string;
  readonly ticket: Ticket;
  /** Where it begins, when that need not be the snapshot's `offset`: a viewer elsewhere SEEKs. */
  readonly from?: Offset;
}

/** Sent to a client that attaches with `early`, before its answer, in which the stream is the same. */
export namespace TerminalStreamReady {
  export interface Params {
    readonly early: number;
    readonly stream: StreamAddress;
  }
  export const type = notification<Params>('terminal/stream-ready');
}

export namespace TerminalRefresh {
  export interface Params {
    readonly terminal: TerminalId;
    readonly history?: number;
    /** Send the snapshot as bytes; builds that do not know it send text. */
    readonly bytes?: boolean;
  }
  export type Result = Pick<
    TerminalAttach.Result,
    'snapshot' | 'snapshotBytes' | 'continuation' | 'offset' | 'size'
  > & {
    /** The newest byte the PTY host knew of; equal to `offset` when the snapshot is up to date. */
    readonly head: Offset;
  };
  /** A fresh screen for a viewer that was told LAGGED; it then SEEKs to `offset`. */
  export const type = request<Params, Result>('terminal/refresh');
}

export type CursorStyle = 'block' | 'underline' | 'bar';

/** The modes of the terminal that change what input means. */
export interface TerminalModes {
  readonly applicationCursor: boolean;
  readonly applicationKeypad: boolean;
  readonly bracketedPaste: boolean;
  readonly focusEvents: boolean;
  readonly mouseTracking: 'none' | 'x10' | 'vt200' | 'drag' | 'any';
  readonly mouseEncoding: 'default' | 'utf8' | 'sgr' | 'urxvt' | 'sgr-pixels';
  readonly kittyKeyboard: number;
  readonly insert: boolean;
  readonly origin: boolean;
  readonly wraparound: boolean;
  readonly synchronizedOutput: boolean;
}

export namespace TerminalSnapshot {
  /** As text with SGR; as an HTML document; as an SVG drawing. */
  export type Format = 'ansi' | 'html' | 'svg';
  export interface Params {
    readonly target: Target;
    /** Rows of scrollback before the screen's rows in `lines`. */
    readonly scrollback?: number;
    /** Send the screen's rows in `drawn` too, up to so many columns of each. */
    readonly drawn?: number;
    /** Send the same rows as `lines` in `rendered` too, with their colours. */
    readonly format?: Format;
    /** Send how the same rows look in `styles`. */
    readonly styles?: boolean;
  }
  export interface Result {
    readonly session: string;
    readonly terminal: string;
    /** Orders by what had been written; changes exactly when something visible has. Opaque. */
    readonly revision: string;
    readonly textHash: string;
    readonly size: Size;
    readonly cursor: {
      readonly row: number;
      readonly col: number;
      readonly visible: boolean;
      readonly style: CursorStyle;
    };
    readonly buffer: 'normal' | 'alternate';
    readonly title: string;
    readonly modes: TerminalModes;
    /** Right-trimmed rows: up to `scrollback` rows, then exactly `size.rows`. */
    readonly lines: readonly string[];
    /**
     * The screen's rows as text with SGR and no other sequence, each from and to the default pen. Absent unless asked
     * for, and where the daemon is of a build that does not know it.
     */
    readonly drawn?: readonly string[];
    /**
     * The rows of `lines` in the `format` asked for. Colours are those the program has set, else those a viewer has told
     * (`terminal/theme`), else VS Code's dark ones; `ansi` leaves them to whoever shows it. Absent as `drawn` is.
     */
    readonly rendered?: string;
    /** Absent as `drawn` is. */
    readonly styles?: ScreenStyles;
    readonly state: TerminalState;
    readonly exit?: {
      readonly exitCode: number | null;
      readonly signal: string | null;
    };
    readonly outcome: 'immediate';
    readonly untrusted: true;
  }
  export const type = request<Params, Result>('terminal/snapshot');
}

export namespace TerminalOutput {
  export interface Params {
    readonly target: Target;
    readonly since?: Offset;
    /** No further than to here. Builds that do not know it return all there is. */
    readonly until?: Offset;
    /** Only the last N lines. */
    readonly tail?: number;
    /** Keep the bytes as written instead of plain text. */
    readonly ansi?: boolean;
  }
  export interface Result {
    /**
     * The end of what is returned: pass it as `since` to read on. Plain text of a running program ends before
     * an escape sequence, a character or a line end that is not complete yet.
     */
    readonly offset: Offset;
    readonly from: Offset;
    /** Whether part of what was asked for is no longer kept: older output than `from`, or what `endLost` says. */
    readonly truncated: boolean;
    /** The newest output is lost: a full disk had not taken it when the PTY host died, or the journal is broken. `offset` is behind it. */
    readonly endLost?: true;
    /** UTF-8 text; with `ansi` base64 of the exact bytes. */
    readonly text: string;
  }
  export const type = request<Params, Result>('terminal/output');
}

export namespace TerminalType {
  export interface Params {
    readonly target: Target;
    readonly text: string;
    readonly enter?: boolean;
    /** As a paste: bracketed where the program asked for it. */
    readonly paste?: boolean;
  }
  export interface Result {
    /** How many bytes were written to the program. */
    readonly bytes: number;
  }
  /** @throws SESSION_EXITED */
  export const type = request<Params, Result>('terminal/type');
}

export namespace TerminalKey {
  export interface Params {
    readonly target: Target;
    /** Chords such as `Ctrl+C`, `Shift+F5`, `a`. All are checked before any is sent. */
    readonly keys: readonly string[];
    /** Milliseconds between keys. */
    readonly delayMs?: number;
  }
  export interface Result {
    readonly bytes: number;
  }
  /** @throws INVALID_KEY, KEY_UNSUPPORTED, SESSION_EXITED */
  export const type = request<Params, Result>('terminal/key');
}

/** Colours of the emulator a terminal is shown in, as `#rrggbb`; what is absent is not known. */
export interface ThemeColors {
  readonly foreground?: string;
  readonly background?: string;
  readonly cursor?: string;
  /** Colours 0–15 of the palette; null for one that is not known. */
  readonly ansi?: readonly (string | null)[];
}

/** A viewer says in which colours it shows the terminal: what programs that ask are told from now on. */
export namespace TerminalTheme {
  export interface Params {
    readonly target: Target;
    readonly colors: ThemeColors;
  }
  export type Result = Record<string, never>;
  /** @throws SESSION_NOT_FOUND, TERMINAL_NOT_FOUND */
  export const type = request<Params, Result>('terminal/theme');
}

/** What a terminal's shell says with its marks, so that nothing else that prints such marks is believed. */
export namespace TerminalShellNonce {
  export interface Params {
    readonly target: Target;
  }
  export interface Result {
    /** The same for as long as the terminal lasts; null where its shell is started without integration. */
    readonly nonce: string | null;
  }
  /** @throws SESSION_NOT_FOUND, TERMINAL_NOT_FOUND */
  export const type = request<Params, Result>('terminal/shell-nonce');
}

export namespace TerminalResize {
  export interface Params {
    readonly target: Target;
    readonly cols: number;
    readonly rows: number;
    /** It is the size of a viewer with that rule: where another one asks for the smallest, that is set. */
    readonly sizing?: SizeRule;
  }
  export interface Result {
    readonly terminal: TerminalInfo;
  }
  export const type = request<Params, Result>('terminal/resize');
}
