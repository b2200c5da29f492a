import { test } from 'node:test';
import { daemonKilled } from './daemonKilled';
import { hostKilled } from './hostKilled';
import { reboot } from './reboot';

test('five daemons killed one after the other take no byte and no key with them', {
  skip: process.platform === 'win32',
}, async (context) => {
  await daemonKilled.run({ times: 5, seed: 20_251_121, say: (text) => context.diagnostic(text) });
});

test('what a killed PTY host took can be read to the byte, and goes on at its offset', {
  skip: process.platform === 'win32',
}, async (context) => {
  await hostKilled.run({ times: 2, seed: 20_251_121, say: (text) => context.diagnostic(text) });
});

test('after a reboot everything is lost that ran, nothing is started unasked, and all of it comes back', {
  skip: process.platform !== 'linux',
}, async (context) => {
  await reboot.run({ times: 1, seed: 20_251_121, say: (text) => context.diagnostic(text) });
});
