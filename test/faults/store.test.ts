import { test } from 'node:test';
import { powerCut } from './powerCut';
import { storeDamaged } from './storeDamaged';

test('a power cut between any two system calls of a save loses nothing that was confirmed', async (context) => {
  await powerCut.run({ times: 3, seed: 7, say: (text) => context.diagnostic(text) });
});

test('a store that is broken or of a newer version takes no program with it', {
  skip: process.platform === 'win32',
}, async (context) => {
  await storeDamaged.run({ times: 3, seed: 1, say: (text) => context.diagnostic(text) });
});
