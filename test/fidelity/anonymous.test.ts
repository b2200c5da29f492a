import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readRecording, recordingNames } from './recording';

/** Recordings are made in namespaces of their own, by these names: `record/record.ts`. */
const ADDRESSES = new Set(['user@box', 'root@box', 'user@example.org']);
const HOMES = new Set(['user']);
const HOSTS = new Set(['', 'box']);

const SEQUENCES =
  /\x1b(?:\[[\x20-\x3f]*[\x40-\x7e]|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|[\x20-\x2f]*[\x30-\x7e])/g;

for (const name of recordingNames()) {
  test(`${name} tells nothing of the machine it was recorded on`, () => {
    const { bytes, program } = readRecording(name);
    const raw = `${program}\n${bytes.toString('latin1')}`;
    // Names may be in titles and links, or in text that is coloured in pieces.
    for (const text of [raw, raw.replace(SEQUENCES, '')]) {
      for (const folder of [homedir(), resolve(__dirname, '..', '..')]) {
        // `/root` is anybody's.
        assert.equal(
          /^\/.+\/./.test(folder) && folder !== '/home/user' && text.includes(folder),
          false,
          folder,
        );
      }
      const homes = [...text.matchAll(/\/(?:home|Users)\/([\w.-]+)/g)].map(([, user = '']) => user);
      const hosts = [...text.matchAll(/file:\/\/([\w.-]*)\//g)].map(([, host = '']) => host);
      assert.deepEqual(
        [homes.filter((user) => !HOMES.has(user)), hosts.filter((host) => !HOSTS.has(host))],
        [[], []],
      );
    }
    const addresses = [...raw.replace(SEQUENCES, ' ').matchAll(/\b[a-z_][a-z0-9_-]+@[a-z][a-z0-9.-]+/g)];
    assert.deepEqual(
      addresses.map(([address]) => address).filter((address) => !ADDRESSES.has(address)),
      [],
    );
  });
}
