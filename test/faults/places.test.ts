import { test } from 'node:test';
import { cycles } from './cycles';
import { placesLost } from './placesLost';
import { noUsage } from './usage';
import { viewersGone } from './viewersGone';

test('one daemon is found, whatever became of what names it, and whoever comes', {
  skip: process.platform !== 'linux',
}, async (context) => {
  await placesLost.run({ times: 5, seed: 1, say: (text) => context.diagnostic(text) });
});

test('viewers that are killed, stopped or asleep leave no ghost and no size behind', {
  skip: process.platform !== 'linux',
}, async (context) => {
  await viewersGone.run({ times: 4, seed: 1, say: (text) => context.diagnostic(text) });
});

test('sessions that come and go leave nothing behind', { skip: noUsage() }, async (context) => {
  await cycles.run({ times: 20, seed: 1, say: (text) => context.diagnostic(text) });
});
