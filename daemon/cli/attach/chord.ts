import { HoldfastError } from '../../protocol/errors';

/** A Ctrl chord that detaches when it is pressed twice. */
export interface Chord {
  /** As people write it: `Ctrl-\`. */
  readonly label: string;
  /** The C0 control that terminals send for it unless a program has asked for more. */
  readonly control: number;
  /** Code point of the key without Ctrl, as CSI u and modifyOtherKeys name it. */
  readonly key: number;
  /** The key that has `key` on its shifted level on a US keyboard, where there is one. */
  readonly unshifted?: number;
}

export const DEFAULT_DETACH_KEY = 'Ctrl-\\';

/** Keys below the shifted characters that have a control code, on the US layout. */
const UNSHIFTED: Readonly<Record<string, string>> = { '@': '2', '^': '6', _: '-' };
/** These chords are Tab, Enter and Escape on every terminal without an extended keyboard protocol. */
const RESERVED: ReadonlySet<string> = new Set(['i', 'm', '[']);

/**
 * Reads a `--detach-key`: `Ctrl-\`, `Ctrl+A`, `^]`, `Ctrl+Space`; `none` turns detaching by key off.
 * @throws HoldfastError INVALID_INPUT
 */
export const parseDetachKey = (text: string): Chord | undefined => {
  if (text.toLowerCase() === 'none') {
    return undefined;
  }
  const match = /^(?:ctrl[-+]|c-|\^)(space|.)$/iu.exec(text);
  const name = match?.[1]?.toLowerCase();
  if (name === undefined || !/^(?:space|[a-z@[\\\]^_])$/.test(name)) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `'${text}' can't be a detach key`,
      "Use Ctrl with a letter, Space or one of @ \\ ] ^ _, such as 'Ctrl-\\' or 'Ctrl+A'; or 'none'.",
    );
  }
  if (RESERVED.has(name)) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `'${text}' is the same as Tab, Enter or Escape in most terminals`,
      "Choose another key for --detach-key, such as 'Ctrl-\\' or 'Ctrl+A'.",
    );
  }
  if (name === 'space') {
    return { label: 'Ctrl-Space', control: 0, key: 0x20 };
  }
  const key = name.charCodeAt(0);
  const below = UNSHIFTED[name];
  return {
    label: `Ctrl-${name.toUpperCase()}`,
    control: name.toUpperCase().charCodeAt(0) & 0x1f,
    key,
    ...(below === undefined ? {} : { unshifted: below.charCodeAt(0) }),
  };
};

/** What one complete control sequence from the keyboard means to the detach key. */
export type KeyMeaning = 'press' | 'ignorable' | 'other';

const SHIFT = 1;
const CTRL = 4;
/** Caps Lock and Num Lock: they are reported as modifiers and mean nothing here. */
const LOCKS = 64 | 128;
const EVENT_RELEASE = 3;
/** Kitty's codes of the modifier and lock keys themselves, reported with "all keys as escape codes". */
const isModifierKey = (code: number): boolean =>
  (code >= 57441 && code <= 57454) || (code >= 57358 && code <= 57360);

/**
 * Judges one CSI sequence (without its introducer, with its final byte).
 * Encodings: CSI u (https://sw.kovidgoyal.net/kitty/keyboard-protocol), modifyOtherKeys
 * (`CSI 27 ; modifiers ; code ~`, XTMODKEYS of xterm's ctlseqs), win32-input-mode
 * (`CSI Vk ; Sc ; Uc ; Kd ; Cs ; Rc _`, Windows Terminal's specification #4999).
 */
export const judgeSequence = (body: string, chord: Chord): KeyMeaning => {
  const final = body.at(-1);
  const fields = body.slice(0, -1).split(';');
  if (final === 'u') {
    const [code = 0, shifted, base] = numbers(fields[0]);
    const [modifiers = 1, event = 1] = numbers(fields[1]);
    if (isModifierKey(code)) {
      return 'ignorable';
    }
    return isChord({ code, shifted, base }, modifiers, chord) ? pressOrRelease(event) : 'other';
  }
  if (final === '~' && fields[0] === '27' && fields.length === 3) {
    return isChord({ code: Number(fields[2]) }, Number(fields[1]), chord) ? 'press' : 'other';
  }
  if (final === '_' && fields.length >= 4) {
    const [key, , character, down] = fields.map(Number);
    // 16, 17, 18: Shift, Ctrl and Alt by themselves.
    if (key === 16 || key === 17 || key === 18) {
      return 'ignorable';
    }
    return character === chord.control ? (down === 1 ? 'press' : 'ignorable') : 'other';
  }
  return 'other';
};

interface KeyCodes {
  readonly code: number;
  readonly shifted?: number | undefined;
  readonly base?: number | undefined;
}

const isChord = (codes: KeyCodes, modifiers: number, chord: Chord): boolean => {
  const bits = (modifiers - 1) & ~LOCKS;
  if (bits === CTRL) {
    return codes.code === chord.key || codes.base === chord.key;
  }
  if (bits === (CTRL | SHIFT) && chord.unshifted !== undefined) {
    return [codes.code, codes.base, codes.shifted].some(
      (code) => code === chord.key || code === chord.unshifted,
    );
  }
  return false;
};

const pressOrRelease = (event: number): KeyMeaning => (event === EVENT_RELEASE ? 'ignorable' : 'press');

/** Sub-parameters `a:b:c`; an empty one is undefined. */
const numbers = (field: string | undefined): readonly (number | undefined)[] =>
  (field ?? '').split(':').map((part) => (part === '' ? undefined : Number(part)));
