import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { HoldfastError } from '../../daemon/protocol/errors';
import { SessionList, SessionSet } from '../../daemon/protocol/sessions';
import { type Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { NUMBERING, readNumbered } from './numbered';
import { programs } from './state';

const PATIENCE_MS = 30_000;

/**
 * No file can be made, replaced or opened for writing in the data folder any more while all runs; what is open already
 * goes on. Needs root on Linux, who can mount.
 */
export const folderUnwritable: Fault = {
  name: 'folder-unwritable',
  title: 'the data folder becomes read-only under a daemon that runs, and writable again',
  times: 3,
  missing: () =>
    process.platform === 'linux' && process.getuid?.() === 0 ? false : 'only root can mount, on Linux',
  run: (context) => inPlace((place) => run(place, context)),
};

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const numbers = await startProgram(connection, process.execPath, '-e', NUMBERING);
  const typed = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat');
  const reader = await readNumbered(place, connection, numbers);
  const keys = await place.attach(connection, typed);
  const { pid } = await connection.call(DaemonStatus.type, {});
  const recoveries: number[] = [];
  const outcomes = new Map<string, number>();
  const attempt = async (call: () => Promise<unknown>): Promise<string> => {
    const outcome = await call().then(
      () => 'done',
      (error: unknown) => HoldfastError.from(error).code,
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    return outcome;
  };
  for (let time = 0; time < times; time += 1) {
    const type = async (word: string): Promise<void> => {
      assert.ok(keys.attachment.write(word));
      await poll(() => keys.text.includes(word), {
        what: `the echo of ${word}`,
        state: () => keys.text.slice(-100),
      });
    };
    const before = await programs(connection);
    const lines = reader.lines;
    mount('--bind', place.dataDir, place.dataDir);
    let noted: string;
    try {
      mount('-o', 'remount,ro,bind', place.dataDir);
      assert.throws(() => writeFileSync(join(place.dataDir, 'new'), ''), /EROFS/);
      await type(`[${time}]`);
      noted = await attempt(() =>
        connection.call(SessionSet.type, { target: { text: typed }, note: `note ${time}` }),
      );
      // What can't be stored is refused, and leaves nothing behind.
      const created = await attempt(() => startProgram(connection, 'cat'));
      assert.ok(created === 'done' || created === 'STORE_FAILED' || created === 'SPAWN_FAILED', created);
      assert.equal((await programs(connection)).length, before.length + (created === 'done' ? 1 : 0));
      await poll(() => reader.lines > lines + 1000, {
        what: 'the flood to go on',
        timeoutMs: PATIENCE_MS,
        state: () => reader.lines,
      });
      assert.equal((await connection.call(DaemonStatus.type, {})).pid, pid, 'the daemon lives');
    } finally {
      unmount(place.dataDir);
    }
    const writable = performance.now();
    await startProgram(connection, 'cat');
    await connection.call(SessionSet.type, { target: { text: numbers }, note: `again ${time}` });
    recoveries.push(performance.now() - writable);
    const all = await programs(connection);
    // What was confirmed is kept.
    const { sessions } = await connection.call(SessionList.type, {});
    const note = sessions.find(({ id }) => id === typed)?.note ?? null;
    assert.equal(note === `note ${time}`, noted === 'done');
    await type(`(${time})`);
    assert.equal(reader.problem, undefined);
    assert.ok(all.length > before.length);
  }
  const all = await programs(connection);
  process.kill(pid, 'SIGKILL');
  await poll(() => !place.daemons().includes(pid), {
    what: 'the daemon to end',
    state: () => place.daemons(),
  });
  const next = await place.connection();
  await poll(async () => (await programs(next)).join() === all.join(), {
    what: 'the same programs in the same sessions',
    timeoutMs: PATIENCE_MS,
    state: () => programs(next),
  });
  const said = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  say(`${times} times; calls meanwhile: ${said}`);
  return {
    survived: times,
    recoveries,
    bytesChecked: reader.bytes,
    notes: [`calls meanwhile: ${said}`],
  };
};

const mount = (...args: readonly string[]): void => {
  const { status, stderr } = spawnSync('mount', [...args], { encoding: 'utf8' });
  assert.equal(status, 0, `mount ${args.join(' ')}: ${stderr}`);
};

const unmount = (folder: string): void => {
  const { status, stderr } = spawnSync('umount', ['-l', folder], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
};
