import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { SessionKill, SessionShow } from '../../daemon/protocol/sessions';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import { Witness } from '../fuzz/witness';
import { Place, startProgram } from './clientFixture';

/** On a slow machine that does something else beside; what is not bounded takes minutes. */
const PATIENCE_MS = 15_000;
const LOOKS = 2;
const MIB = 1024 * 1024;

/** What is written again and again, as much as fits into a mebibyte. */
const FLOODS: Readonly<Record<string, string>> = {
  'titles and bells by the million': '\x1b]2;title\x07\x07',
  'repetitions without end': 'x\x1b[2147483647b\x1b[2147483647S\x1b[2147483647L\x1b[2147483647I',
  'resets of the terminal': '\x1bc',
  'questions without end': '\x1b[c\x1b[6n\x1b]10;?\x07',
};

describe('a program that writes to do harm', { skip: process.platform === 'win32' }, () => {
  const place = new Place();
  after(() => place.leave());

  for (const [what, piece] of Object.entries(FLOODS)) {
    test(`keeps nobody else waiting: ${what}`, async (t) => {
      const witness = await Witness.start(place, PATIENCE_MS);
      const connection = await place.connection();
      const bystander = await startProgram(connection, 'cat');
      const file = join(place.folder, 'flood');
      writeFileSync(file, piece.repeat(Math.ceil(MIB / piece.length)));
      const hostile = await startProgram(connection, 'sh', '-c', `while :; do cat ${file}; done`);
      const viewer = await place.attach(connection, hostile);
      let slowest = 0;
      for (let look = 0; look < LOOKS; look++) {
        await witness.look();
        const began = performance.now();
        await connection.call(TerminalSnapshot.type, { target: { text: bystander } });
        await connection.call(SessionShow.type, { target: { text: hostile } });
        slowest = Math.max(slowest, performance.now() - began);
      }
      t.diagnostic(
        `a call waited ${Math.round(witness.longestCallMs)} ms, an echo ${Math.round(witness.longestEchoMs)} ms, ` +
          `another screen ${Math.round(slowest)} ms`,
      );
      viewer.attachment.detach();
      assert.ok(slowest < PATIENCE_MS, `another terminal's screen took ${Math.round(slowest)} ms`);
      await connection.call(SessionKill.type, { target: { text: hostile }, signal: 'SIGKILL' });
      await witness.leave();
      await connection.call(SessionKill.type, { target: { text: bystander }, signal: 'SIGKILL' });
    });
  }
});
