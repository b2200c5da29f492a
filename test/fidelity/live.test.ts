import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interestingCuts, spread } from './cuts';
import { checkLive } from './live/live';
import { HOLDFAST } from './live/peers';
import { readRecording } from './recording';
import { missText } from './tally';

/** The end of a recording is one of them: often a shell's prompt, after a full-screen program has left. */
const CUTS = 3;
const skip = process.platform === 'win32' ? 'the replaying program needs stty' : false;

for (const name of ['vim-splits-mouse', 'links-and-colours']) {
  test(`attached in the middle of ${name}, a window shows and sends what it would have all the time`, {
    skip,
  }, async () => {
    const recording = readRecording(name);
    const cuts = spread(interestingCuts(recording), CUTS);
    const results = await checkLive(recording, cuts, HOLDFAST, []);
    assert.equal(results.length, cuts.length);
    assert.equal(missText(results.flatMap(({ misses }) => misses)), '');
  });
}
