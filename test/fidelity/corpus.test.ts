import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interestingCuts, spread } from './cuts';
import { EMULATORS } from './emulators';
import { checkModel } from './model';
import { readRecording, recordingNames } from './recording';
import { holdfast, holdfastWoken } from './restorers';
import { missText } from './tally';

/** Each with both emulators; `npm run fidelity` cuts everywhere. */
const CUTS = 6;
/** A recording so long takes as much time as all the others together. */
const LONG_BYTES = 60_000;

for (const name of recordingNames()) {
  test(`a terminal rebuilt in the middle of ${name} is the same as one that was never left`, () => {
    const recording = readRecording(name);
    const cuts = spread(interestingCuts(recording), recording.bytes.length > LONG_BYTES ? 3 : CUTS);
    for (const emulator of EMULATORS) {
      // A viewer of VS Code's version is shown a mirror that slept at every cut.
      const restorer = emulator === '6.1' ? holdfastWoken : holdfast;
      const results = checkModel(recording, cuts, emulator, restorer).filter(
        ({ isEmulators }) => !isEmulators,
      );
      assert.ok(results.length > 0);
      const misses = results.flatMap((result) => result.misses);
      assert.equal(misses.length, 0, `xterm.js ${emulator}: ${missText(misses)}`);
    }
  });
}
