import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from '../../daemon/client/index';
import type { LaunchOptions } from '../../daemon/client/launcher';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { ENDPOINT_FILE, LOCK_PREFIX } from '../../daemon/protocol/endpoint';
import { type Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { programs } from './state';

const PATIENCE_MS = 30_000;
/** So many come at once. */
const CLIENTS = 6;

interface Daemon {
  readonly pid: number;
  readonly host: number;
}

interface Mishap {
  readonly name: string;
  /** @returns whether the daemon is to be the same afterwards */
  readonly befall: (place: Place, daemon: Daemon) => Promise<'same' | 'another'>;
  /** Those who come afterwards. */
  readonly clients: (place: Place) => readonly LaunchOptions[];
}

const some = (options: LaunchOptions): readonly LaunchOptions[] =>
  Array.from({ length: CLIENTS }, () => options);

const MISHAPS: readonly Mishap[] = [
  {
    name: 'its pid and the lock’s belong to another process',
    befall: async (place, daemon) => {
      await killQuietly(place, daemon, () => {
        const lock = readdirSync(place.dataDir).find((name) => name.startsWith(LOCK_PREFIX)) ?? assert.fail();
        for (const path of [join(place.dataDir, ENDPOINT_FILE), join(place.dataDir, lock)]) {
          const record = JSON.parse(readFileSync(path, 'utf8')) as object;
          writeFileSync(path, JSON.stringify({ ...record, pid: process.pid }));
        }
      });
      return 'another';
    },
    clients: (place) => some(place.options),
  },
  {
    name: 'the runtime folder is deleted',
    befall: async (place) => {
      rmSync(join(place.folder, 'run'), { recursive: true });
      return 'same';
    },
    clients: (place) => [{ ...place.options, timeoutMs: PATIENCE_MS }],
  },
  {
    name: 'it is killed, and many come at once beside the PTY host',
    befall: async (_place, { pid }) => {
      process.kill(pid, 'SIGKILL');
      return 'another';
    },
    clients: (place) => some({ ...place.options, patienceMs: 0 }),
  },
  {
    name: 'clients have another runtime folder (ssh, cron)',
    befall: async () => 'same',
    clients: (place) =>
      some({
        ...place.options,
        environment: { ...place.environment, HOLDFAST_SOCKET_DIR: join(place.folder, 'run2') },
      }),
  },
  {
    name: 'an editor of an older version comes again and again',
    befall: async () => 'same',
    clients: (place) => some({ ...place.options, version: '0.0.1' }),
  },
];

/** What names the daemon is stale, gone, or said twice: there is one daemon afterwards, and it is found. */
export const placesLost: Fault = {
  name: 'places-lost',
  title: 'stale sockets and locks, a deleted runtime folder, races, other folders and versions',
  times: 4 * MISHAPS.length,
  run: (context) => inPlace((place) => run(place, context)),
};

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const typed = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat');
  const keys = await place.attach(connection, typed);
  const before = await programs(connection);
  const recoveries: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const mishap = MISHAPS[time % MISHAPS.length] ?? assert.fail();
    const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
    const begun = performance.now();
    const expected = await mishap.befall(place, { pid, host: ptyHostPid ?? assert.fail() });
    const pids = await Promise.all(mishap.clients(place).map((options) => pidOf(options)));
    recoveries.push(performance.now() - begun);
    assert.equal(new Set(pids).size, 1, `${mishap.name}: ${pids}`);
    assert.equal(pids[0] === pid ? 'same' : 'another', expected, mishap.name);
    await poll(() => place.daemons().length === 1, {
      what: `one daemon (${mishap.name})`,
      timeoutMs: PATIENCE_MS,
      state: () => place.daemons(),
    });
    const word = `[${time}]`;
    assert.ok(keys.attachment.write(word));
    await poll(() => keys.text.includes(word), { what: 'the echo', state: () => keys.text.slice(-100) });
    assert.deepEqual(await programs(connection), before, mishap.name);
    assert.equal((await connection.call(DaemonStatus.type, {})).pid, pids[0], 'all have the same one');
  }
  const kinds = `${Math.min(times, MISHAPS.length)} kinds of mishap`;
  say(kinds);
  return { survived: times, recoveries, bytesChecked: 0, notes: [kinds] };
};

const pidOf = async (options: LaunchOptions): Promise<number> => {
  const connection = await Connection.open(options);
  try {
    return (await connection.call(DaemonStatus.type, {})).pid;
  } finally {
    connection.dispose();
  }
};

/** Kills it, and does something before its PTY host can start the next one. */
const killQuietly = async (place: Place, { pid, host }: Daemon, then: () => void): Promise<void> => {
  process.kill(host, 'SIGSTOP');
  try {
    process.kill(pid, 'SIGKILL');
    await poll(() => !place.daemons().includes(pid), {
      what: 'the daemon to end',
      state: () => place.daemons(),
    });
    then();
  } finally {
    process.kill(host, 'SIGCONT');
  }
};
