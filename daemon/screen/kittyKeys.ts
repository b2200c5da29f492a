import { type Key, Modifier, type NamedKey } from './keyNames';

/** Flags of the kitty keyboard protocol (https://sw.kovidgoyal.net/kitty/keyboard-protocol/). */
export const KITTY_DISAMBIGUATE = 1;
const KITTY_ALL_AS_ESCAPES = 8;
const KITTY_TEXT = 16;

const LETTERS: Partial<Record<NamedKey, string>> = {
  Up: 'A',
  Down: 'B',
  Right: 'C',
  Left: 'D',
  Home: 'H',
  End: 'F',
  F1: 'P',
  F2: 'Q',
  F4: 'S',
};
const NUMBERS: Partial<Record<NamedKey, number>> = {
  Insert: 2,
  Delete: 3,
  PageUp: 5,
  PageDown: 6,
  F3: 13,
  F5: 15,
  F6: 17,
  F7: 18,
  F8: 19,
  F9: 20,
  F10: 21,
  F11: 23,
  F12: 24,
};
const CODES: Partial<Record<NamedKey, number>> = { Escape: 27, Enter: 13, Tab: 9, Backspace: 127, Space: 32 };
const LEGACY: Partial<Record<NamedKey, string>> = { Enter: '\r', Tab: '\t', Backspace: '\x7f', Space: ' ' };
/** F13 is the first of the functional keys with code points of their own. */
const F13 = 57376;

/** A key press as the kitty keyboard protocol sends it with these flags. */
export const encodeKitty = (key: Key, flags: number): string => {
  const { modifiers } = key;
  const all = (flags & KITTY_ALL_AS_ESCAPES) !== 0;
  if (key.kind === 'named') {
    return encodeNamed(key.name, modifiers, all, flags);
  }
  const { character } = key;
  const lower = character.toLowerCase();
  const shifted = lower !== character || (modifiers & Modifier.SHIFT) !== 0;
  const text = (modifiers & Modifier.SHIFT) !== 0 ? character.toUpperCase() : character;
  if ((modifiers & (Modifier.ALT | Modifier.CTRL)) === 0 && !all) {
    return text;
  }
  // An upper-case letter with Ctrl or Alt means the key, as it does in the legacy encoding.
  const effective = all && shifted ? modifiers | Modifier.SHIFT : modifiers;
  const isText = (modifiers & (Modifier.ALT | Modifier.CTRL)) === 0;
  return csiU(lower.codePointAt(0) ?? 0, effective, isText && (flags & KITTY_TEXT) !== 0 ? text : '');
};

const encodeNamed = (name: NamedKey, modifiers: number, all: boolean, flags: number): string => {
  const legacy = LEGACY[name];
  if (
    legacy !== undefined &&
    !all &&
    (modifiers === 0 || (name === 'Space' && modifiers === Modifier.SHIFT))
  ) {
    return legacy;
  }
  const code = CODES[name];
  if (code !== undefined) {
    return csiU(code, modifiers, name === 'Space' && all && (flags & KITTY_TEXT) !== 0 ? ' ' : '');
  }
  const letter = LETTERS[name];
  if (letter !== undefined) {
    return modifiers === 0 ? `\x1b[${letter}` : `\x1b[1;${modifiers + 1}${letter}`;
  }
  const number = NUMBERS[name];
  if (number !== undefined) {
    return modifiers === 0 ? `\x1b[${number}~` : `\x1b[${number};${modifiers + 1}~`;
  }
  return csiU(F13 + Number(name.slice(1)) - 13, modifiers, '');
};

const csiU = (code: number, modifiers: number, text: string): string => {
  const fields = [String(code)];
  if (modifiers !== 0 || text !== '') {
    fields.push(modifiers === 0 ? '' : String(modifiers + 1));
  }
  if (text !== '') {
    fields.push([...text].map((character) => character.codePointAt(0)).join(':'));
  }
  return `\x1b[${fields.join(';')}u`;
};
