import { test } from 'node:test';
import { daemonCrashing } from './daemonCrashing';
import { descriptorsExhausted, noDescriptorLimits } from './descriptors';

test('a daemon that crashes at each start is tried more and more slowly, doctor says why, and programs go on', {
  skip: process.platform === 'win32',
}, async (context) => {
  await daemonCrashing.run({ times: 1, seed: 1, say: (text) => context.diagnostic(text) });
});

test('a daemon and a PTY host without a free descriptor refuse with what fits, and go on when there are some', {
  skip: noDescriptorLimits(),
}, async (context) => {
  await descriptorsExhausted.run({ times: 2, seed: 1, say: (text) => context.diagnostic(text) });
});
