import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Emulator } from './emulator';
import type { ShellMark } from './shellMarks';

const emulators: Emulator[] = [];
afterEach(() => {
  for (const emulator of emulators.splice(0)) {
    emulator.dispose();
  }
});

/** What is told when a shell of this nonce, or none, writes `text`. */
const told = (text: string, nonce: string | null = 'N'): ShellMark[] => {
  const size = { cols: 40, rows: 6 };
  const emulator = new Emulator(size, { onTrim: () => undefined } as never, nonce ?? undefined);
  emulators.push(emulator);
  const marks: ShellMark[] = [];
  emulator.shell.onMark((mark) => marks.push(mark));
  emulator.feed(Buffer.from(text.replaceAll('{', '\x1b]633;').replaceAll('}', '\x07')));
  return marks;
};

test('a command is told with its line, its folder, its times and its status', () => {
  assert.deepEqual(told('{P;Holdfast=N}{P;Cwd=/a b}{E;echo a\\x3b \\\\x;N}{C;N;4;1000}out{D;7;N;4;3000;}'), [
    { kind: 'integrated' },
    { kind: 'started', number: 4, line: 'echo a; \\x', cwd: '/a b', at: 1000 },
    { kind: 'finished', number: 4, exitCode: 7, at: 3000, durationMs: null },
  ]);
});

test('what does not say the nonce is not believed, nor anything where there is none', () => {
  assert.deepEqual(told('{P;Holdfast=M}{E;x;M}{C;M;4;1000}{C}{D;0}{D;0;M;4}{E;x}'), []);
  assert.deepEqual(told('{P;Holdfast=N}{C;N;4;1000}', null), []);
  assert.deepEqual(told('{P;Holdfast=undefined}{C;undefined;4;1000}{P;Holdfast=}{C;;4;}', null), []);
  const [started] = told('{E;spoofed;M}{C;N;4;1000}');
  assert.equal(started?.kind === 'started' && started.line, null);
});

test('times that a shell does not know, and such that can not be, are the time of reading', () => {
  const before = Date.now();
  for (const time of ['', 'x', '-5', String(before + 3_600_000)]) {
    const [started] = told(`{C;N;4;${time}}`);
    assert.ok(started?.kind === 'started' && started.at >= before && started.at <= Date.now(), time);
  }
  assert.deepEqual(told('{D;;N;4;1000;250}'), [
    { kind: 'finished', number: 4, exitCode: null, at: 1000, durationMs: 250 },
  ]);
});

test('a line that may have been entered again was, when it stands behind the prompt', () => {
  const line = (typed: string): unknown => {
    const [started] = told(`{A}$ {B}${typed}\r\n{P;Repeated;make all;N}{C;N;4;1000}`);
    return started?.kind === 'started' && started.line;
  };
  assert.equal(line('make all'), 'make all');
  assert.equal(line(' make all'), null);
  assert.equal(line('other'), null);
  assert.equal(line(''), null);
});
