import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ThemeColors } from '../protocol/terminals';
import { ThemeProbe } from './themeProbe';

const start = (): { probe: ThemeProbe; input: () => string; told: ThemeColors[] } => {
  const passed: Buffer[] = [];
  const told: ThemeColors[] = [];
  const probe = new ThemeProbe({ send: (data) => passed.push(data), told: (colors) => told.push(colors) });
  return { probe, input: () => Buffer.concat(passed).toString(), told };
};

const REPLIES =
  '\x1b]10;rgb:cccc/cccc/cccc\x1b\\\x1b]11;rgb:1e/1e/1e\x07\x1b]12;rgba:ffff/0000/8080/ffff\x1b\\\x1b]4;1;rgb:cdcd/3131/3131\x1b\\\x1b[?62;22c';

test('replies are told and never reach the program, keys between them do', () => {
  const { probe, input, told } = start();
  probe.push(Buffer.from(`a\x1b[A${REPLIES.replace('\x1b]11', 'b\x1b]11')}c\x1b[1;2R`));
  assert.equal(input(), 'a\x1b[Abc\x1b[1;2R');
  assert.deepEqual(told, [
    {
      foreground: '#cccccc',
      background: '#1e1e1e',
      cursor: '#ff0080',
      ansi: Array.from({ length: 16 }, (_, index) => (index === 1 ? '#cd3131' : null)),
    },
  ]);
});

test('replies that come in pieces are taken out wherever they are cut', () => {
  for (let cut = 1; cut < REPLIES.length; cut++) {
    const { probe, input, told } = start();
    probe.push(Buffer.from(`x${REPLIES.slice(0, cut)}`));
    probe.push(Buffer.from(`${REPLIES.slice(cut)}y`));
    assert.equal(input(), 'xy', `cut at ${cut}`);
    assert.equal(told.length, 1);
    assert.equal(probe.isWaiting, false);
  }
});

test('colours are told once, not again with each key', () => {
  const { probe, input, told } = start();
  probe.push(Buffer.from(REPLIES));
  probe.push(Buffer.from('a'));
  probe.push(Buffer.from('b'));
  assert.equal(input(), 'ab');
  assert.equal(told.length, 1);
});

test('an Escape key waits for a moment only', async () => {
  const received = await new Promise<string>((resolve) => {
    const probe = new ThemeProbe({ send: (data) => resolve(data.toString()), told: () => undefined });
    probe.push(Buffer.from('\x1b'));
  });
  assert.equal(received, '\x1b');
});

test('a terminal that answers nothing but DA1 tells no colours, and answers of programs pass behind it', () => {
  const { probe, input, told } = start();
  probe.push(Buffer.from('\x1b[?6c'));
  probe.push(Buffer.from(REPLIES));
  assert.equal(input(), REPLIES);
  assert.deepEqual(told, []);
});
