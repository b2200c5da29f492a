import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { Connection } from '../../daemon/client/index';
import { ENDPOINT_FILE, HOSTS_FOLDER } from '../../daemon/protocol/endpoint';
import { offset } from '../../daemon/protocol/ids';
import {
  SessionOfferLost,
  SessionRemove,
  SessionResurrect,
  SessionSet,
} from '../../daemon/protocol/sessions';
import { TerminalOutput, TerminalType } from '../../daemon/protocol/terminals';
import { Place, startProgram, until } from '../integration/clientFixture';
import { processesWith } from '../support/leaks';
import { poll } from '../support/poll';
import type { Fault, FaultResult } from './fault';
import { checkLost, PATIENCE_MS, Seen, untilSession } from './lostOutput';
import { NUMBERING } from './numbered';

const LONGEST_PAUSE_MS = 500;

export const reboot: Fault = {
  name: 'reboot',
  title: 'the machine reboots (all killed, runtime folder gone, pids are others’)',
  times: 10,
  run: async (context) => {
    const recoveries: number[] = [];
    const notes: string[] = [];
    let bytesChecked = 0;
    for (const pause of fc.sample(fc.nat(LONGEST_PAUSE_MS), { seed: context.seed, numRuns: context.times })) {
      const place = new Place();
      try {
        const once = await rebootOnce(place, pause);
        recoveries.push(once.recovery);
        bytesChecked += once.bytes;
        context.say(`up again after ${Math.round(once.recovery)} ms, ${once.bytes} bytes are there`);
      } finally {
        await place.leave();
      }
    }
    notes.push('recovered: from the first call to all sessions known, the allowed ones running');
    return { survived: context.times, recoveries, bytesChecked, notes } satisfies FaultResult;
  },
};

const rebootOnce = async (place: Place, pause: number): Promise<{ recovery: number; bytes: number }> => {
  const before = await place.connection();
  const numbers = await startProgram(before, process.execPath, '-e', NUMBERING);
  const deep = `${realpathSync(place.folder)}/deep`;
  mkdirSync(deep);
  const shell = await startProgram(before);
  const allowed = await startProgram(before, 'sh', '-c', 'echo begun; exec cat');
  const quiet = await startProgram(before, 'cat');
  await before.call(SessionSet.type, { target: { text: allowed }, resurrect: 'program' });
  await before.call(SessionSet.type, { target: { text: quiet }, resurrect: 'never' });
  await before.call(TerminalType.type, { target: { text: shell }, text: `cd ${deep}; KEPT=1`, enter: true });
  await until('the folder is stored', () => storeHas(place, `"${deep}"`));
  const seen = new Seen(
    place.track(
      await before.attach({
        target: { text: numbers },
        mode: 'read-only',
        from: offset(0),
        whenBehind: 'output',
      }),
    ),
  );
  await sleep(pause);
  await poll(() => seen.length > 0, { timeoutMs: PATIENCE_MS, what: 'the first output' });

  const ids = await pidsOf(before, [numbers, shell, allowed, quiet]);
  before.dispose();
  const bystander = await powerOff(place, ids);
  try {
    const begun = performance.now();
    const connection = await place.connection();
    const lost = {
      numbers: await untilSession(connection, numbers, 'the loss', ({ state }) => state === 'lost'),
    };
    await untilSession(connection, allowed, 'what is allowed to run', ({ state }) => state === 'running');
    const recovery = performance.now() - begun;
    assert.equal(lost.numbers.loss, 'unanswered');
    const { sessions } = await connection.call(SessionOfferLost.type, {});
    assert.deepEqual(sessions.map(({ id }) => id).sort(), [numbers, shell].sort(), 'one question for both');
    const { head, bytes } = await checkLost(connection, numbers, 0, seen);
    assert.equal(bystander.exitCode ?? bystander.signalCode, null, 'who has the old pid now lives');

    const { session } = await connection.call(SessionResurrect.type, { target: { text: shell } });
    assert.equal(session.terminals[0]?.cwd, deep);
    await connection.call(TerminalType.type, {
      target: { text: shell },
      text: 'echo "<$KEPT>" $PWD',
      enter: true,
    });
    await outputHas(connection, shell, `<> ${deep}`);
    await connection.call(SessionResurrect.type, { target: { text: numbers } });
    await connection.call(TerminalType.type, {
      target: { text: numbers },
      text: 'echo back-$((1+1))',
      enter: true,
    });
    await outputHas(connection, numbers, 'back-2', head);
    const never = await untilSession(
      connection,
      quiet,
      'it to be left alone',
      ({ state }) => state === 'lost',
    );
    assert.equal(never.loss, 'left-alone');
    await connection.call(SessionRemove.type, { target: { text: quiet, explicit: true } });
    await outputHas(connection, allowed, 'begun\r\nbegun');
    assert.deepEqual(
      readdirSync(join(place.dataDir, HOSTS_FOLDER)).filter((name) => name.endsWith('.json')).length,
      1,
    );
    return { recovery, bytes };
  } finally {
    bystander.kill('SIGKILL');
  }
};

const pidsOf = async (connection: Connection, ids: readonly string[]): Promise<readonly number[]> =>
  Promise.all(
    ids.map(async (id) => {
      const { terminals } = await untilSession(
        connection,
        id,
        'it to run',
        ({ state }) => state === 'running',
      );
      return terminals[0]?.pid ?? assert.fail('it has no process');
    }),
  );

/** @returns a process of the next boot that has the pid which the last one's daemon and PTY host had */
const powerOff = async (place: Place, programs: readonly number[]): Promise<ChildProcess> => {
  // The PTY host first: it would write down how the programs end, which no machine without power does.
  const hosts = place.processes().filter((pid) => !place.daemons().includes(pid) && !programs.includes(pid));
  for (const pid of [...hosts, ...place.daemons(), ...programs]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended with its terminal.
    }
  }
  await until('nothing runs', () => processesWith(place.folder).length === 0);
  rmSync(join(place.folder, 'run'), { recursive: true, force: true });
  const bystander = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const files = [
    ENDPOINT_FILE,
    ...readdirSync(place.dataDir).filter((name) => name.startsWith('daemon.lock.')),
    ...readdirSync(join(place.dataDir, HOSTS_FOLDER)).map((name) => join(HOSTS_FOLDER, name)),
  ].map((name) => join(place.dataDir, name));
  for (const file of files) {
    const record = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; startTime: string };
    const startTime = record.startTime.replace(/^[^:]*/, 'another-boot');
    writeFileSync(file, JSON.stringify({ ...record, pid: bystander.pid, startTime }));
  }
  return bystander;
};

const storeHas = (place: Place, text: string): boolean =>
  readdirSync(place.dataDir)
    .filter((name) => name.startsWith('holdfast.log.'))
    .some((name) => readFileSync(join(place.dataDir, name), 'utf8').includes(text));

const outputHas = (connection: Connection, id: string, wanted: string, since = 0): Promise<unknown> => {
  let last = '';
  return poll(
    async () => {
      const { from, text } = await connection.call(TerminalOutput.type, {
        target: { text: id },
        since: offset(since),
        ansi: true,
      });
      last = Buffer.from(text, 'base64').toString();
      assert.equal(from, since, 'offsets go on');
      return last.includes(wanted);
    },
    {
      timeoutMs: PATIENCE_MS,
      what: `${JSON.stringify(wanted)} in its output`,
      state: () => last.slice(-300),
    },
  );
};
