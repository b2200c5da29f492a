import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../daemon/client/index';
import { stopDaemon } from '../../daemon/client/stopping';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { KEYFRAMES_FOLDER, RUNTIME_FOLDER } from '../../daemon/protocol/endpoint';
import { SessionList } from '../../daemon/protocol/sessions';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import { Place, startProgram, startSession } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { NUMBERING, readNumbered } from './numbered';

const HOUR_MS = 60 * 60_000;
/** A laptop that slept, one whose clock was wrong, a day, and back again. */
const JUMPS = [HOUR_MS, -2 * HOUR_MS, 24 * HOUR_MS, -23 * HOUR_MS];
const GRACE_MS = 3000;
const TTL_MS = 3000;
/** What is to happen some seconds later must not take a jump longer. */
const PATIENCE_MS = 15_000;

/** What stands in front of each program: its clock is as far off as the file says, and its other clocks go on. */
const clockFrom = (file: string): string => `"use strict";{
  const { readFileSync } = require('node:fs');
  const Real = Date, real = Date.now;
  let off = 0, looked = -Infinity;
  const now = () => {
    if (performance.now() - looked > 5) {
      looked = performance.now();
      try { off = Number(readFileSync(${JSON.stringify(file)}, 'utf8')); } catch {}
    }
    return real() + off;
  };
  globalThis.Date = class extends Real {
    constructor(...args) { if (args.length === 0) super(now()); else super(...args); }
    static now() { return now(); }
  };
}
`;

/** The time of day is set while everything runs: it labels things, and nothing waits or ends by it. */
export const clockJumps: Fault = {
  name: 'clock-jumps',
  title: 'the clock is set forward and back while everything runs',
  times: 8,
  run: (context) =>
    inPlace(
      (place) => run(place, context),
      new Place({ HOLDFAST_EPHEMERAL_GRACE_MS: String(GRACE_MS), HOLDFAST_SLEEP_AFTER_MS: '500' }),
    ),
};

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const clock = await withOwnClock(place);
  const connection = await place.connection();
  const numbers = await startProgram(connection, process.execPath, '-e', NUMBERING);
  const typed = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat');
  const { pid } = await connection.call(DaemonStatus.type, {});
  const reader = await readNumbered(place, connection, numbers);
  const keys = await place.attach(connection, typed);
  const terminal = (await stateOf(connection, typed))?.terminals[0]?.id ?? assert.fail();
  const recoveries: number[] = [];
  let hours = 0;
  for (let time = 0; time < times; time += 1) {
    const guest = await guestThatIsLeft(place, connection);
    const mortal = await startSession(connection, { command: ['cat'], ephemeral: true, ttlMs: TTL_MS });
    await sleep(GRACE_MS / 3);
    const type = async (word: string): Promise<void> => {
      assert.ok(keys.attachment.write(word));
      await poll(() => keys.text.includes(word), { what: `the echo of ${word}`, state: () => keys.text });
    };
    const word = `[${time}]`;
    await type(word);
    hours += (JUMPS[time % JUMPS.length] ?? 0) / HOUR_MS;
    writeFileSync(clock, String(hours * HOUR_MS));
    const jumped = performance.now();
    // Whatever is changed now has each deadline looked at again.
    const other = await startProgram(connection, 'cat');
    for (const session of [guest, mortal]) {
      assert.equal((await stateOf(connection, session))?.state, 'running', `${hours} h: not ended early`);
    }
    await untilSaved(place, terminal, word);
    const { lines } = await connection.call(TerminalSnapshot.type, { target: { text: typed } });
    assert.ok(lines.join('').includes(word), JSON.stringify(lines));
    for (const session of [guest, mortal]) {
      await poll(async () => (await stateOf(connection, session))?.state === 'exited', {
        what: `a session to end in time, ${hours} h off`,
        timeoutMs: PATIENCE_MS,
        state: () => stateOf(connection, session),
      });
    }
    recoveries.push(performance.now() - jumped);
    await type(`(${time})`);
    assert.equal((await stateOf(connection, other))?.state, 'running');
    const idle = (await stateOf(connection, other))?.terminals[0]?.idleMs ?? -1;
    assert.ok(idle >= 0 && idle < PATIENCE_MS * 2, `idle for ${idle} ms`);
    assert.equal(reader.problem, undefined);
    assert.equal((await connection.call(DaemonStatus.type, {})).pid, pid, 'the same daemon');
  }
  say(`${times} jumps; ${reader.lines} lines came one after the other`);
  return {
    survived: times,
    recoveries,
    bytesChecked: reader.bytes,
    notes: [`recovered: sessions with ${TTL_MS / 1000} s to live, or to be alone, have ended, none early`],
  };
};

/** Has daemon, PTY host and workers of this place look at another clock. @returns the file that says how far it is off, in ms */
const withOwnClock = async (place: Place): Promise<string> => {
  (await place.connection()).dispose();
  await stopDaemon(place.options, 'force');
  const clock = join(place.folder, 'clock');
  writeFileSync(clock, '0');
  const runtime = join(place.dataDir, RUNTIME_FOLDER);
  const copy = join(runtime, readdirSync(runtime)[0] ?? '');
  for (const file of ['daemonServer.js', 'ptyhost.js', 'screenWorker.js']) {
    const path = join(copy, file);
    writeFileSync(path, clockFrom(clock) + readFileSync(path, 'utf8'));
  }
  return clock;
};

/** An ephemeral session whose only viewer has just left. */
const guestThatIsLeft = async (place: Place, connection: Connection): Promise<string> => {
  const guest = await startSession(connection, { command: ['cat'], ephemeral: true });
  const viewer = await place.attach(connection, guest);
  await poll(async () => (await stateOf(connection, guest))?.viewers === 1, { what: 'its viewer' });
  viewer.attachment.detach();
  await poll(async () => (await stateOf(connection, guest))?.viewers === 0, { what: 'it to leave' });
  return guest;
};

const stateOf = async (connection: Connection, session: string) =>
  (await connection.call(SessionList.type, { all: true })).sessions.find(({ id }) => id === session);

/** A keyframe has what was typed: no later than some seconds after, whatever the clock says. */
const untilSaved = async (place: Place, terminal: string, word: string): Promise<void> => {
  const path = join(place.dataDir, KEYFRAMES_FOLDER, `${terminal}.keyframe`);
  await poll(() => readFileSync(path, 'latin1').includes(word), {
    what: `a keyframe with ${word}`,
    timeoutMs: PATIENCE_MS,
    state: () => statSync(path),
  });
};
