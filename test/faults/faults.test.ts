import { test } from 'node:test';
import { daemonKilled } from './daemonKilled';

test('five daemons killed one after the other take no byte and no key with them', {
  skip: process.platform === 'win32',
}, async (context) => {
  await daemonKilled.run({ times: 5, seed: 20_251_121, say: (text) => context.diagnostic(text) });
});
