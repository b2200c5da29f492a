import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeTerminal } from './describeTerminal';
import { Emulator } from './emulator';
import { stateOf } from './mirrorViews';

const SIZE = { cols: 80, rows: 24 } as const;
const NOBODY = { onTrimmed: () => undefined, onLines: () => undefined, onCleared: () => undefined };
const LINES = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\r\n');
/** Far beyond any, far below what would hold the thread up: unbounded, the largest number takes minutes. */
const PATIENCE_MS = 2000;

const drawn = (...texts: readonly string[]): { state: Record<string, unknown>; ms: number } => {
  const emulator = new Emulator(SIZE, NOBODY);
  const began = performance.now();
  for (const text of texts) {
    emulator.feed(Buffer.from(text));
  }
  const ms = performance.now() - began;
  const state = describeTerminal(emulator.terminal);
  emulator.dispose();
  return { state, ms };
};

describe('a sequence that is to act two thousand million times', () => {
  const cases: Readonly<Record<string, readonly [final: string, enough: number]>> = {
    CHT: ['I', SIZE.cols],
    CBT: ['Z', SIZE.cols],
    IL: ['L', SIZE.rows],
    DL: ['M', SIZE.rows],
    SU: ['S', SIZE.rows],
    SD: ['T', SIZE.rows],
    REP: ['b', SIZE.cols * SIZE.rows],
  };
  for (const [name, [final, enough]] of Object.entries(cases)) {
    it(`does what can be seen of it, at once: ${name}`, () => {
      const before = `${LINES}\x1b[12;8Hx`;
      const { state, ms } = drawn(before, `\x1b[2147483647${final}`);
      assert.ok(ms < PATIENCE_MS, `it took ${Math.round(ms)} ms`);
      assert.deepEqual(state, drawn(before, `\x1b[${enough}${final}`).state);
    });
  }

  it('acts as often as it says when that can be seen', () => {
    assert.deepEqual(drawn(LINES, '\x1b[3S').state, drawn(LINES, '\x1b[S\x1b[S\x1b[S').state);
    assert.deepEqual(drawn('x\x1b[5b').state, drawn('xxxxx\x1b[Gx\x1b[5b').state);
  });
});

describe('a title of megabytes', () => {
  it('is kept as far as a title is read', () => {
    const emulator = new Emulator(SIZE, NOBODY);
    emulator.feed(Buffer.from(`\x1b]2;${'a'.repeat(4095)}${'😀'.repeat(1_000_000)}\x07`));
    assert.equal(stateOf(emulator).title, 'a'.repeat(4095));
    emulator.dispose();
  });
});
