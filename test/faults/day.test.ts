import { test } from 'node:test';
import { day } from './day';
import { noUsage } from './usage';

test('two hours of everything that is done in a day leave nothing behind', {
  skip: noUsage(),
}, async (context) => {
  await day.run({ times: 2, seed: 1, say: (text) => context.diagnostic(text) });
});
