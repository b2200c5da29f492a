import { test } from 'node:test';
import { journalCut } from './journalCut';
import { keyframeCut } from './keyframeCut';
import { powerCut } from './powerCut';
import { storeDamaged } from './storeDamaged';

test('a power cut between any two system calls of a save loses nothing that was confirmed', async (context) => {
  await powerCut.run({ times: 3, seed: 7, say: (text) => context.diagnostic(text) });
});

test('a power cut while a journal is written leaves all that was flushed, and nothing that is torn', async (context) => {
  await journalCut.run({ times: 2, seed: 4, say: (text) => context.diagnostic(text) });
});

test('a power cut while keyframes and histories are written leaves a screen that was shown, and no torn line', async (context) => {
  await keyframeCut.run({ times: 1, seed: 18, say: (text) => context.diagnostic(text) });
});

test('a store that is broken or of a newer version takes no program with it', {
  skip: process.platform === 'win32',
}, async (context) => {
  await storeDamaged.run({ times: 3, seed: 1, say: (text) => context.diagnostic(text) });
});
