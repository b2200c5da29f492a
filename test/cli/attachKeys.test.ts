import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { Holdfast } from './support/holdfast';
import { DETACH, GREETER, Windows } from './support/windows';

const holdfast = new Holdfast();
const windows = new Windows(holdfast);

afterEach(() => windows.close());
after(() => holdfast.dispose());

describe('the detach key', () => {
  test('pressed once reaches the program after a moment', async () => {
    await holdfast.create(
      'once',
      '--',
      'sh',
      '-c',
      'trap "echo got-quit" QUIT; echo ready; while :; do read x; done',
    );
    const window = await windows.open();
    window.type('hf attach once\r');
    await window.shows(/^ready$/);
    window.type('\x1c');
    await window.shows(/got-quit/);
    assert.equal(await holdfast.viewers('once'), 1);
    window.type(DETACH);
    await window.shows(/^outer>/);
  });

  test('twice in a paste is text', async () => {
    await holdfast.create(
      'pasted',
      '--',
      'sh',
      '-c',
      'stty raw -echo; printf "\\033[?2004hready"; exec cat -v',
    );
    const window = await windows.open();
    window.type('hf attach pasted\r');
    await window.shows(/^ready/);
    window.type(`\x1b[200~a${DETACH}b\x1b[201~`);
    await window.shows(/a\^\\\^\\b/);
    assert.equal(await holdfast.viewers('pasted'), 1);
    window.type(DETACH);
    await window.shows(/^outer>/);
    assert.equal(window.emulator.modes.bracketedPasteMode, false);
  });

  test('is recognised as the program has asked for it', async () => {
    await holdfast.create('kitty', '--', 'sh', '-c', 'printf "\\033[>1uready"; exec cat');
    const window = await windows.open();
    window.type('hf attach kitty; echo status=$?\r');
    await window.shows(/^ready/);
    window.type('\x1b[92;5u\x1b[92;5u');
    await window.shows(/^status=0$/);
    assert.ok(window.raw.includes('\x1b[<1u'), 'the flags are popped');
  });

  test('can be another one, or none', async () => {
    await holdfast.create('other-key', ...GREETER);
    const window = await windows.open();
    window.type('hf attach other-key --detach-key Ctrl-A; echo status=$?\r');
    await window.shows(/^greetings$/);
    window.type('\x01\x01');
    await window.shows(/^status=0$/);
  });
});
