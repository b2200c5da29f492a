import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { LOG_FOLDER, RUNTIME_FOLDER } from '../../daemon/protocol/endpoint';
import { MIRROR_ABSENT_MS } from '../../daemon/protocol/host';
import { type Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { NUMBERING, readNumbered } from './numbered';
import { doctor, programs } from './state';

const PATIENCE_MS = 30_000;
/** The first pause of a PTY host between two tries; each is twice the one before. */
const FIRST_PAUSE_MS = 250;

/** Each daemon that is started throws before it serves, as one with a bug or with half a program does. */
export const daemonCrashing: Fault = {
  name: 'daemon-crashing',
  title: 'the daemon is killed, and each one after it crashes at its start',
  times: 3,
  run: (context) => inPlace((place) => run(place, context)),
};

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const numbers = await startProgram(connection, process.execPath, '-e', NUMBERING);
  const typed = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat');
  const before = await programs(connection);
  const reader = await readNumbered(place, connection, numbers);
  const keys = await place.attach(connection, typed);
  const runtime = join(place.dataDir, RUNTIME_FOLDER);
  const server = join(runtime, readdirSync(runtime)[0] ?? '', 'daemonServer.js');
  const sound = readFileSync(server);
  const recoveries: number[] = [];
  let starts = 0;
  try {
    for (let time = 0; time < times; time += 1) {
      const tried = failedStarts(place);
      writeFileSync(server, "throw new Error('no screwdriver');");
      const { pid } = await connection.call(DaemonStatus.type, {});
      const killed = performance.now();
      process.kill(pid, 'SIGKILL');
      const word = `[${time}]`;
      assert.ok(keys.attachment.write(word));
      await poll(() => keys.text.includes(word), { what: 'the echo', state: () => keys.text.slice(-100) });
      // A program that waits for the journal's cover goes on when none has come for so long.
      await sleep(MIRROR_ABSENT_MS);
      const lines = reader.lines;
      await poll(() => reader.lines > lines + 10_000, {
        what: 'the program to go on without a mirror',
        timeoutMs: PATIENCE_MS,
        state: () => ({ lines, now: reader.lines, problem: reader.problem }),
      });
      assert.equal(reader.problem, undefined);
      const here = failedStarts(place) - tried;
      const most = 3 + Math.log2((performance.now() - killed) / FIRST_PAUSE_MS);
      assert.ok(here >= 2 && here <= most, `${here} daemons were started`);
      starts += here;
      const said = await doctor(place);
      assert.ok(
        said.some(({ status, message }) => status === 'error' && message.includes('no screwdriver')),
        JSON.stringify(said),
      );
      const mended = performance.now();
      writeFileSync(server, sound);
      assert.deepEqual(await programs(connection), before, 'the same programs run in the same sessions');
      recoveries.push(performance.now() - mended);
    }
  } finally {
    // What ends everything here needs a daemon, too.
    writeFileSync(server, sound);
  }
  say(`${starts} daemons crashed at their start; ${reader.lines} lines came one after the other`);
  return {
    survived: times,
    recoveries,
    bytesChecked: reader.bytes,
    notes: [`${starts} starts that failed, more and more slowly; doctor said why`],
  };
};

const failedStarts = (place: Place): number => {
  const folder = join(place.dataDir, LOG_FOLDER);
  return readdirSync(folder)
    .filter((name) => name.startsWith('ptyhost-'))
    .map((name) => readFileSync(join(folder, name), 'utf8').split('ended before it registered').length - 1)
    .reduce((sum, count) => sum + count, 0);
};
