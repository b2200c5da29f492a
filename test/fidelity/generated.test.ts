import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMULATORS } from './emulators';
import { checkGenerated } from './generated';
import { holdfast, holdfastWoken } from './restorers';
import { missText, tallyOf } from './tally';

const SEED = Number(process.env['HOLDFAST_TEST_SEED'] ?? 20_251_121);
const RUNS = Number(process.env['HOLDFAST_TEST_RUNS'] ?? 60);

// A viewer of VS Code's version is shown a mirror that slept at every cut.
const RESTORERS = { '6.0': holdfast, '6.1': holdfastWoken } as const;

for (const emulator of EMULATORS) {
  test(`what can be noticed of generated streams survives any cut, in xterm.js ${emulator} (seed ${SEED})`, () => {
    const { results } = checkGenerated(emulator, SEED, RUNS, RESTORERS[emulator]);
    const { cuts, whole } = tallyOf(results);
    assert.ok(cuts > RUNS);
    const misses = results.filter(({ isWhole, isEmulators }) => !isWhole && !isEmulators);
    assert.equal(whole, cuts, missText(misses.flatMap((result) => result.misses)));
  });
}
