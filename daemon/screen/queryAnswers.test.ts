import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { newId } from '../platform/secrets';
import type { TerminalId } from '../protocol/ids';
import { Mirror } from './mirror';

let folder: string;
const mirrors: Mirror[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-answers-'));
});

afterEach(() => {
  for (const mirror of mirrors.splice(0)) {
    mirror.dispose();
  }
  rmSync(folder, { recursive: true });
});

const open = (terminal = newId() as TerminalId): Mirror => {
  const mirror = new Mirror(
    terminal,
    { cols: 80, rows: 24 },
    {
      historiesFolder: folder,
      keyframesFolder: folder,
      scrollbackLimit: 100,
      client: { kind: 'test', version: '0', pid: process.pid },
    },
  );
  mirrors.push(mirror);
  return mirror;
};

const ask = (mirror: Mirror, question: string): string => {
  let answers = '';
  const subscription = mirror.onAnswer(({ bytes }) => {
    answers += bytes.toString();
  });
  mirror.output(mirror.offset, Buffer.from(question));
  subscription.dispose();
  return answers;
};

test('colours are the last theme told, also of a mirror that is rebuilt', () => {
  const terminal = newId() as TerminalId;
  const first = open(terminal);
  assert.equal(ask(first, '\x1b]11;?\x07'), '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\');
  first.emulator.theme = { background: '#fdf6e3', ansi: [null, '#dc322f'] };
  const light = '\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\\x1b]4;1;rgb:dcdc/3232/2f2f\x1b\\\x1b[?997;2n';
  assert.equal(ask(first, '\x1b]11;?\x07\x1b]4;1;?\x07\x1b[?996n'), light);
  first.writeKeyframe();
  first.dispose();
  assert.equal(ask(open(terminal), '\x1b]11;?\x07\x1b]4;1;?\x07\x1b[?996n'), light);
});

test('a colour that the program has set comes before the theme', () => {
  const mirror = open();
  mirror.emulator.theme = { foreground: '#000000' };
  assert.equal(ask(mirror, '\x1b]10;#112233\x07\x1b]10;?\x07'), '\x1b]10;rgb:1111/2222/3333\x1b\\');
  assert.equal(ask(mirror, '\x1b]110\x07\x1b]10;?\x07'), '\x1b]10;rgb:0000/0000/0000\x1b\\');
});
