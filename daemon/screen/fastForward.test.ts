import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { newId } from '../platform/secrets';
import { offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import { describeTerminal } from './describeTerminal';
import { Mirror } from './mirror';
import { anyPiece, simplePiece } from './testing/generatedLines';
import { difference, feed, plainTerminal } from './testing/transparency';

const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);
const RUNS = Number(process.env['HOLDFAST_TEST_RUNS'] ?? 60);
const ENOUGH = 20_000;
/** Chunks of this size are parsed cell by cell. */
const SMALL = 1000;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-forward-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** What is fed, and the size from then on. */
interface Step {
  readonly bytes: Buffer;
  readonly size?: Size;
}

const size = fc.record({
  cols: fc.oneof(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 13, max: 200 })),
  rows: fc.integer({ min: 1, max: 12 }),
});
const streamOf = (piece: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.array(piece, { maxLength: 8 }), { minLength: 40, maxLength: 120 })
    .map((lines) => lines.map((pieces) => `${pieces.join('')}\r\n`).join(''));

/** Everything a mirror gave away while it was fed, and holds at the end. */
const run = (steps: readonly Step[], first: Size, chunk: number): Record<string, unknown> => {
  const terminal = newId() as TerminalId;
  const mirror = new Mirror(terminal, first, {
    historiesFolder: folder,
    keyframesFolder: folder,
    scrollbackLimit: ENOUGH,
    client: { kind: 'test', version: '0', pid: process.pid },
  });
  const answers: unknown[] = [];
  mirror.onAnswer(({ offset: at, bytes }) => answers.push([at, bytes.toString()]));
  for (const step of steps) {
    for (let at = 0; at < step.bytes.length; at += chunk) {
      mirror.output(mirror.offset, step.bytes.subarray(at, at + chunk));
    }
    if (step.size !== undefined) {
      mirror.resize(step.size);
    }
  }
  try {
    const { snapshot, continuation } = mirror.snapshot(ENOUGH);
    const restored = plainTerminal(mirror.emulator.size, ENOUGH);
    feed(restored, Buffer.concat([Buffer.from(snapshot), continuation]));
    const shown = describeTerminal(restored);
    restored.dispose();
    return {
      terminal: describeTerminal(mirror.emulator.terminal),
      saved: mirror.emulator.core._bufferService.buffers.normal.savedY,
      history: readdirSync(folder)
        .filter((name) => name.startsWith(`${terminal}.`) && name.endsWith('.txt'))
        .map((name) => readFileSync(join(folder, name), 'latin1').split('\n')),
      snapshot,
      continuation: continuation.toString('latin1'),
      shown,
      revision: mirror.screen(0).revision,
      lines: mirror.screen(50).lines,
      answers,
    };
  } finally {
    mirror.dispose();
  }
};

const assertEqual = (steps: readonly Step[], first: Size): void => {
  const context = JSON.stringify([first, steps.map((step) => [step.bytes.toString(), step.size])]);
  const found = difference(run(steps, first, Number.POSITIVE_INFINITY), run(steps, first, SMALL), context);
  assert.equal(found, undefined, found);
};

for (const [name, piece] of [
  ['simple lines', simplePiece],
  ['lines of every kind', anyPiece],
] as const) {
  test(`passing over ${name} leaves what parsing them leaves (seed ${SEED})`, () => {
    fc.assert(
      fc.property(size, streamOf(piece), fc.nat(), (first, stream, cut) => {
        const bytes = Buffer.from(stream);
        assertEqual([{ bytes: bytes.subarray(0, bytes.length - (cut % 60)) }], first);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  test(`passing over ${name} between resizes leaves what parsing them leaves (seed ${SEED})`, () => {
    const step = fc.record({ bytes: streamOf(piece).map((text) => Buffer.from(text)), size });
    fc.assert(
      fc.property(size, fc.array(step, { minLength: 1, maxLength: 3 }), (first, steps) =>
        assertEqual(steps, first),
      ),
      { seed: SEED, numRuns: Math.ceil(RUNS / 3) },
    );
  });
}

test('a snapshot after lines that were passed over equals a terminal that got everything', () => {
  fc.assert(
    fc.property(size, streamOf(simplePiece), (first, stream) => {
      const expected = plainTerminal(first, ENOUGH);
      feed(expected, Buffer.from(stream));
      const { shown } = run([{ bytes: Buffer.from(stream) }], first, Number.POSITIVE_INFINITY);
      const found = difference(shown, describeTerminal(expected), JSON.stringify([first, stream]));
      expected.dispose();
      assert.equal(found, undefined, found);
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

test('a flood is passed over, not parsed', () => {
  const mirror = new Mirror(
    newId() as TerminalId,
    { cols: 80, rows: 24 },
    {
      historiesFolder: folder,
      keyframesFolder: folder,
      scrollbackLimit: ENOUGH,
      client: { kind: 'test', version: '0', pid: process.pid },
    },
  );
  const { _inputHandler } = mirror.emulator.core;
  const { parse } = _inputHandler;
  let parsed = 0;
  Object.assign(_inputHandler, {
    parse: (bytes: Uint8Array) => {
      parsed += bytes.length;
      return parse.call(_inputHandler, bytes);
    },
  });
  const flood = Buffer.from('\x1b[32mgreen\x1b[m and “plain”\ttext\r\n'.repeat(10_000));
  mirror.output(offset(0), flood);
  mirror.dispose();
  assert.ok(parsed < 8 * 1024, `${parsed} bytes of ${flood.length} were parsed`);
});
