import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../protocol/errors';
import { encodeKeys, type KeyModes } from './keys';
import { encodePaste } from './paste';

const PLAIN: KeyModes = { applicationCursor: false, kittyKeyboard: 0 };
const APPLICATION: KeyModes = { applicationCursor: true, kittyKeyboard: 0 };
const KITTY: KeyModes = { applicationCursor: false, kittyKeyboard: 1 };
const KITTY_ALL: KeyModes = { applicationCursor: false, kittyKeyboard: 8 | 16 };

const encode = (key: string, modes: KeyModes): string => Buffer.concat(encodeKeys([key], modes)).toString();
const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return HoldfastError.from(error).code;
  }
};

/** As xterm sends them: src/common/input/Keyboard.ts of xterm.js, terminfo's xterm-256color for F13 to F24. */
const TABLE: readonly (readonly [KeyModes, Readonly<Record<string, string>>])[] = [
  [
    PLAIN,
    {
      a: 'a',
      A: 'A',
      'Shift+a': 'A',
      é: 'é',
      漢: '漢',
      '+': '+',
      Plus: '+',
      'Alt++': '\x1b+',
      '😀': '😀',
      Enter: '\r',
      Return: '\r',
      'Alt+Enter': '\x1b\r',
      Tab: '\t',
      'Shift+Tab': '\x1b[Z',
      'Alt+Shift+Tab': '\x1b\x1b[Z',
      Escape: '\x1b',
      esc: '\x1b',
      'Alt+Escape': '\x1b\x1b',
      Backspace: '\x7f',
      'Ctrl+Backspace': '\b',
      'Alt+Backspace': '\x1b\x7f',
      Space: ' ',
      'Ctrl+Space': '\0',
      'Alt+Space': '\x1b ',
      'Ctrl+c': '\x03',
      'Ctrl+C': '\x03',
      'control+z': '\x1a',
      'Ctrl+Alt+x': '\x1b\x18',
      'Ctrl+[': '\x1b',
      'Ctrl+\\': '\x1c',
      'Ctrl+]': '\x1d',
      'Ctrl+^': '\x1e',
      'Ctrl+_': '\x1f',
      'Ctrl+@': '\0',
      'Ctrl+?': '\x7f',
      'Alt+x': '\x1bx',
      'Alt+X': '\x1bX',
      'Alt+Shift+x': '\x1bX',
      Up: '\x1b[A',
      Down: '\x1b[B',
      Right: '\x1b[C',
      Left: '\x1b[D',
      Home: '\x1b[H',
      End: '\x1b[F',
      'Ctrl+Left': '\x1b[1;5D',
      'Shift+Up': '\x1b[1;2A',
      'Alt+Down': '\x1b[1;3B',
      'Ctrl+Shift+End': '\x1b[1;6F',
      'Ctrl+Alt+Shift+Right': '\x1b[1;8C',
      Insert: '\x1b[2~',
      Delete: '\x1b[3~',
      PageUp: '\x1b[5~',
      PageDown: '\x1b[6~',
      'Ctrl+Delete': '\x1b[3;5~',
      'Shift+PageUp': '\x1b[5;2~',
      F1: '\x1bOP',
      F2: '\x1bOQ',
      F3: '\x1bOR',
      F4: '\x1bOS',
      F5: '\x1b[15~',
      F6: '\x1b[17~',
      F7: '\x1b[18~',
      F8: '\x1b[19~',
      F9: '\x1b[20~',
      F10: '\x1b[21~',
      F11: '\x1b[23~',
      F12: '\x1b[24~',
      'Shift+F3': '\x1b[1;2R',
      'Shift+F5': '\x1b[15;2~',
      'Ctrl+F1': '\x1b[1;5P',
      F13: '\x1b[1;2P',
      F16: '\x1b[1;2S',
      F17: '\x1b[15;2~',
      F24: '\x1b[24;2~',
      'Ctrl+F13': '\x1b[1;6P',
    },
  ],
  [
    APPLICATION,
    {
      Up: '\x1bOA',
      Left: '\x1bOD',
      Home: '\x1bOH',
      End: '\x1bOF',
      'Ctrl+Left': '\x1b[1;5D',
      F1: '\x1bOP',
      Delete: '\x1b[3~',
    },
  ],
  [
    KITTY,
    {
      a: 'a',
      A: 'A',
      Enter: '\r',
      Tab: '\t',
      Backspace: '\x7f',
      Escape: '\x1b[27u',
      'Ctrl+c': '\x1b[99;5u',
      'Shift+Enter': '\x1b[13;2u',
      'Ctrl+Shift+a': '\x1b[97;6u',
      'Alt+x': '\x1b[120;3u',
      Up: '\x1b[A',
      'Ctrl+Left': '\x1b[1;5D',
      F3: '\x1b[13~',
      F13: '\x1b[57376u',
      'Ctrl+1': '\x1b[49;5u',
      'Shift+Tab': '\x1b[9;2u',
    },
  ],
  [
    KITTY_ALL,
    {
      a: '\x1b[97;;97u',
      A: '\x1b[97;2;65u',
      Enter: '\x1b[13u',
      'Ctrl+c': '\x1b[99;5u',
      Space: '\x1b[32;;32u',
    },
  ],
];

for (const [modes, table] of TABLE) {
  test(`keys are sent as a terminal sends them: ${JSON.stringify(modes)}`, () => {
    const encoded = Object.fromEntries(Object.keys(table).map((key) => [key, encode(key, modes)]));
    assert.deepEqual(encoded, table);
  });
}

test('what is no key, or cannot be sent in this mode, is refused before anything is encoded', () => {
  assert.equal(
    codeOf(() => encodeKeys(['a', 'Foo'], PLAIN)),
    'INVALID_KEY',
  );
  assert.equal(
    codeOf(() => encodeKeys([''], PLAIN)),
    'INVALID_KEY',
  );
  assert.equal(
    codeOf(() => encodeKeys(['ab'], PLAIN)),
    'INVALID_KEY',
  );
  assert.equal(
    codeOf(() => encodeKeys(['\x03'], PLAIN)),
    'INVALID_KEY',
  );
  assert.equal(
    codeOf(() => encodeKeys(['F25'], PLAIN)),
    'INVALID_KEY',
  );
  assert.equal(
    codeOf(() => encodeKeys(['Shift+1'], PLAIN)),
    'INVALID_KEY',
  );
  assert.equal(
    codeOf(() => encodeKeys(['Ctrl+1'], PLAIN)),
    'KEY_UNSUPPORTED',
  );
  assert.equal(
    codeOf(() => encodeKeys(['Shift+F13'], PLAIN)),
    'KEY_UNSUPPORTED',
  );
});

test('a paste is bracketed where asked for, and cannot end its own bracket', () => {
  assert.equal(encodePaste('a\nb\r\nc', false).toString(), 'a\rb\rc');
  assert.equal(encodePaste('a\nb', true).toString(), '\x1b[200~a\rb\x1b[201~');
  assert.equal(encodePaste('x\x1b[20\x1b[201~1~rm -rf\n', true).toString(), '\x1b[200~xrm -rf\r\x1b[201~');
});
