import { HoldfastError } from '../protocol/errors';
import type { TerminalModes } from '../protocol/terminals';
import { invalidKey, type Key, Modifier, type NamedKey, parseKey } from './keyNames';
import { encodeKitty, KITTY_DISAMBIGUATE } from './kittyKeys';

export type KeyModes = Pick<TerminalModes, 'applicationCursor' | 'kittyKeyboard'>;

/**
 * Keys as the bytes a terminal sends for them, one buffer each.
 * @throws HoldfastError INVALID_KEY for what is no key; KEY_UNSUPPORTED where no terminal could send it now
 */
export const encodeKeys = (keys: readonly string[], modes: KeyModes): Buffer[] =>
  keys.map((text) => {
    const key = parseKey(text);
    const encoded =
      (modes.kittyKeyboard & KITTY_DISAMBIGUATE) !== 0 || (modes.kittyKeyboard & 8) !== 0
        ? encodeKitty(key, modes.kittyKeyboard)
        : encodeLegacy(key, modes, text);
    if (encoded === undefined) {
      throw new HoldfastError(
        'KEY_UNSUPPORTED',
        `${text} has no encoding in the keyboard mode the program has set`,
        'Use another key; programs that enable the kitty keyboard protocol can be sent any.',
      );
    }
    return Buffer.from(encoded);
  });

/** Final letters of the cursor keys and F1–F4: `CSI 1 ; m X`, unmodified `CSI X` or `SS3 X`. */
const CURSOR: Partial<Record<NamedKey, string>> = {
  Up: 'A',
  Down: 'B',
  Right: 'C',
  Left: 'D',
  Home: 'H',
  End: 'F',
};
const FUNCTION: Partial<Record<NamedKey, string>> = { F1: 'P', F2: 'Q', F3: 'R', F4: 'S' };
/** Numbers of the editing and function keys: `CSI n ~`, `CSI n ; m ~`. */
const NUMBERED: Partial<Record<NamedKey, number>> = {
  Insert: 2,
  Delete: 3,
  PageUp: 5,
  PageDown: 6,
  F5: 15,
  F6: 17,
  F7: 18,
  F8: 19,
  F9: 20,
  F10: 21,
  F11: 23,
  F12: 24,
};

const encodeLegacy = (key: Key, modes: KeyModes, text: string): string | undefined =>
  key.kind === 'named'
    ? encodeNamed(key.name, key.modifiers, modes)
    : encodeCharacter(key.character, key.modifiers, text);

const encodeNamed = (name: NamedKey, modifiers: number, modes: KeyModes): string | undefined => {
  const alt = (modifiers & Modifier.ALT) !== 0 ? '\x1b' : '';
  const ctrl = (modifiers & Modifier.CTRL) !== 0;
  switch (name) {
    case 'Enter':
      return `${alt}\r`;
    case 'Tab':
      return `${alt}${(modifiers & Modifier.SHIFT) !== 0 ? '\x1b[Z' : '\t'}`;
    case 'Escape':
      return `${alt}\x1b`;
    case 'Backspace':
      return `${alt}${ctrl ? '\b' : '\x7f'}`;
    case 'Space':
      return `${alt}${ctrl ? '\0' : ' '}`;
    default:
      return encodeFunctional(name, modifiers, modes.applicationCursor);
  }
};

const encodeFunctional = (
  name: NamedKey,
  modifiers: number,
  applicationCursor: boolean,
): string | undefined => {
  // terminfo's xterm-256color calls shifted F1–F12 F13–F24, and that is what a terminal sends for them.
  const high = /^F(1[3-9]|2[0-4])$/.exec(name)?.[1];
  if (high !== undefined) {
    const low = `F${Number(high) - 12}` as NamedKey;
    return (modifiers & Modifier.SHIFT) !== 0
      ? undefined
      : encodeFunctional(low, modifiers | Modifier.SHIFT, applicationCursor);
  }
  const cursor = CURSOR[name];
  const letter = cursor ?? FUNCTION[name];
  if (letter !== undefined) {
    if (modifiers !== 0) {
      return `\x1b[1;${modifiers + 1}${letter}`;
    }
    return cursor !== undefined && !applicationCursor ? `\x1b[${letter}` : `\x1bO${letter}`;
  }
  const number = NUMBERED[name];
  if (number === undefined) {
    return undefined;
  }
  return modifiers === 0 ? `\x1b[${number}~` : `\x1b[${number};${modifiers + 1}~`;
};

/** Controls of keys that are no letters: those of the ASCII column and the digits VT220s put them on. */
const CONTROLS: Readonly<Record<string, string>> = {
  '@': '\0',
  ' ': '\0',
  '2': '\0',
  '[': '\x1b',
  '3': '\x1b',
  '\\': '\x1c',
  '4': '\x1c',
  ']': '\x1d',
  '5': '\x1d',
  '^': '\x1e',
  '6': '\x1e',
  _: '\x1f',
  '7': '\x1f',
  '/': '\x1f',
  '?': '\x7f',
  '8': '\x7f',
};

const encodeCharacter = (character: string, modifiers: number, text: string): string | undefined => {
  const alt = (modifiers & Modifier.ALT) !== 0 ? '\x1b' : '';
  if ((modifiers & Modifier.CTRL) !== 0) {
    const control = /^[A-Za-z]$/.test(character)
      ? String.fromCharCode(character.toUpperCase().charCodeAt(0) - 0x40)
      : CONTROLS[character];
    return control === undefined ? undefined : `${alt}${control}`;
  }
  if ((modifiers & Modifier.SHIFT) !== 0) {
    const upper = character.toUpperCase();
    if (upper === character && character.toLowerCase() === character) {
      // Which character Shift makes of it depends on a keyboard's layout, which nobody has here.
      throw invalidKey(text);
    }
    return `${alt}${upper}`;
  }
  return `${alt}${character}`;
};
