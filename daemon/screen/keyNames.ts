import { HoldfastError } from '../protocol/errors';

/** Modifier bits as in `CSI 1 ; 1 + bits D`. */
export const Modifier = { SHIFT: 1, ALT: 2, CTRL: 4 } as const;

export const NAMED_KEYS = [
  'Enter',
  'Tab',
  'Escape',
  'Backspace',
  'Delete',
  'Insert',
  'Space',
  'Up',
  'Down',
  'Left',
  'Right',
  'Home',
  'End',
  'PageUp',
  'PageDown',
  'F1',
  'F2',
  'F3',
  'F4',
  'F5',
  'F6',
  'F7',
  'F8',
  'F9',
  'F10',
  'F11',
  'F12',
  'F13',
  'F14',
  'F15',
  'F16',
  'F17',
  'F18',
  'F19',
  'F20',
  'F21',
  'F22',
  'F23',
  'F24',
] as const;
export type NamedKey = (typeof NAMED_KEYS)[number];

export type Key =
  | { readonly kind: 'named'; readonly name: NamedKey; readonly modifiers: number }
  | { readonly kind: 'character'; readonly character: string; readonly modifiers: number };

const MODIFIERS: Readonly<Record<string, number>> = {
  shift: Modifier.SHIFT,
  alt: Modifier.ALT,
  meta: Modifier.ALT,
  option: Modifier.ALT,
  ctrl: Modifier.CTRL,
  control: Modifier.CTRL,
};

/** Other names people know these keys by; all names are matched without regard to case. */
const ALIASES: Readonly<Record<string, NamedKey>> = {
  return: 'Enter',
  esc: 'Escape',
  del: 'Delete',
  ins: 'Insert',
  arrowup: 'Up',
  arrowdown: 'Down',
  arrowleft: 'Left',
  arrowright: 'Right',
  pgup: 'PageUp',
  pgdn: 'PageDown',
  pgdown: 'PageDown',
};

const BY_NAME: ReadonlyMap<string, NamedKey> = new Map<string, NamedKey>([
  ...NAMED_KEYS.map((name) => [name.toLowerCase(), name] as const),
  ...Object.entries(ALIASES),
]);

/** Reads a key such as `Enter`, `Ctrl+Shift+Left`, `a`, `+`. @throws HoldfastError INVALID_KEY */
export const parseKey = (text: string): Key => {
  let rest = text;
  let modifiers = 0;
  for (;;) {
    const match = /^([A-Za-z]+)\+(.+)$/su.exec(rest);
    const modifier = match?.[1] === undefined ? undefined : MODIFIERS[match[1].toLowerCase()];
    if (modifier === undefined || match?.[2] === undefined) {
      break;
    }
    modifiers |= modifier;
    rest = match[2];
  }
  if (rest.toLowerCase() === 'plus') {
    rest = '+';
  }
  const name = BY_NAME.get(rest.toLowerCase());
  if (name !== undefined) {
    return { kind: 'named', name, modifiers };
  }
  if ([...rest].length !== 1 || /[\x00-\x1f\x7f-\x9f]/.test(rest)) {
    throw invalidKey(text);
  }
  return { kind: 'character', character: rest, modifiers };
};

export const invalidKey = (text: string): HoldfastError =>
  new HoldfastError(
    'INVALID_KEY',
    `${JSON.stringify(text)} is no key`,
    `Use ${NAMED_KEYS.slice(0, 15).join(', ')}, F1 to F24, a single character, with Ctrl+, Alt+, Shift+ in front; text goes through 'holdfast type'.`,
  );
