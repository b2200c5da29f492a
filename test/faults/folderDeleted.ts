import assert from 'node:assert/strict';
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Connection } from '../../daemon/client/index';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { SessionList, SessionSet } from '../../daemon/protocol/sessions';
import { type Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { NUMBERING, readNumbered } from './numbered';
import { programs } from './state';

const PATIENCE_MS = 30_000;
/** So many come while the folder is still gone. */
const CLIENTS = 4;

/**
 * Everything in the data folder is deleted, or it is moved away with the one it is in, while all runs: nothing ends, and what is
 * confirmed from then on is kept.
 */
export const folderDeleted: Fault = {
  name: 'folder-deleted',
  title: 'the data folder is deleted, or moved away, under a daemon that runs; then the daemon is killed',
  times: 4,
  run: async (context) => {
    const results: FaultResult[] = [];
    for (let time = 0; time < context.times; time++) {
      const lose = time % 2 === 0 ? deleteAll : moveAway;
      results.push(await inPlace((place) => run(place, lose, context)));
    }
    return {
      survived: results.length,
      recoveries: results.flatMap(({ recoveries }) => recoveries),
      bytesChecked: results.reduce((sum, { bytesChecked }) => sum + bytesChecked, 0),
      notes: [`recovered: ${CLIENTS} clients that come at once have found the daemon`],
    };
  },
};

const deleteAll = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    rmSync(join(folder, name), { recursive: true, force: true });
  }
};

const moveAway = (folder: string): void => {
  const root = dirname(folder);
  renameSync(root, `${root}.away`);
};

const run = async (
  place: Place,
  lose: (folder: string) => void,
  { say }: FaultContext,
): Promise<FaultResult> => {
  const connection = await place.connection();
  const numbers = await startProgram(connection, process.execPath, '-e', NUMBERING);
  const typed = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat');
  const { pid } = await connection.call(DaemonStatus.type, {});
  const reader = await readNumbered(place, connection, numbers);
  const keys = await place.attach(connection, typed);
  const folder = place.dataDir;
  const before = await programs(connection);

  const lost = performance.now();
  lose(folder);
  // Nothing tells them that a daemon runs: they may start one.
  const found = await Promise.all(Array.from({ length: CLIENTS }, () => Connection.open(place.options)));
  const recovery = performance.now() - lost;
  for (const other of found) {
    assert.equal((await other.call(DaemonStatus.type, {})).pid, pid, 'all have the same daemon');
    other.dispose();
  }
  await poll(() => place.daemons().length === 1, {
    what: 'one daemon',
    timeoutMs: PATIENCE_MS,
    state: () => place.daemons(),
  });
  assert.ok(keys.attachment.write('[1]'));
  await keys.shows('[1]');
  assert.deepEqual(await programs(connection), before, 'the same programs run in the same sessions');
  // What is confirmed now is kept, and with it what was before.
  await connection.call(SessionSet.type, { target: { text: typed }, note: 'kept' });
  const later = await startProgram(connection, 'cat');
  const all = await programs(connection);
  assert.equal(all.length, before.length + 1);
  process.kill(pid, 'SIGKILL');
  await poll(() => !place.daemons().includes(pid), {
    what: 'the daemon to end',
    state: () => place.daemons(),
  });
  const next = await place.connection();
  await poll(async () => (await programs(next)).join() === all.join(), {
    what: 'the next daemon to serve all of them',
    timeoutMs: PATIENCE_MS,
    state: () => programs(next),
  });
  const { sessions } = await next.call(SessionList.type, {});
  assert.equal(sessions.find(({ id }) => id === typed)?.note, 'kept');
  assert.ok(sessions.some(({ id }) => id === later));
  assert.ok(keys.attachment.write('[2]'));
  await keys.shows('[2]');
  assert.equal(reader.problem, undefined);
  say(`found again after ${Math.round(recovery)} ms; ${reader.lines} lines came one after the other`);
  return { survived: 1, recoveries: [recovery], bytesChecked: reader.bytes, notes: [] };
};
