import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { outputStream } from './testing/generatedStreams';
import { differenceAt } from './testing/transparency';

const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);
const RUNS = Number(process.env['HOLDFAST_TEST_RUNS'] ?? 150);

test(`a snapshot of generated output is exact wherever it is cut (seed ${SEED})`, () => {
  fc.assert(
    fc.property(outputStream(40), fc.array(fc.nat(), { minLength: 4, maxLength: 8 }), (stream, cuts) => {
      const bytes = Buffer.from(stream);
      for (const cut of cuts) {
        const difference = differenceAt(bytes, cut % (bytes.length + 1), { cols: 20, rows: 6 });
        assert.equal(difference, undefined, difference);
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
