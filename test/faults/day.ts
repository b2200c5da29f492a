import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Connection } from '../../daemon/client/index';
import { restartDaemon } from '../../daemon/client/stopping';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { HISTORIES_FOLDER, KEYFRAMES_FOLDER, LOG_FOLDER } from '../../daemon/protocol/endpoint';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import { Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import { Collecting } from './collecting';
import { AN_HOUR, goHome, type Hour, sitDown } from './dayActs';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { programs, served } from './state';
import { noUsage, privateMemory, slopeOf, type Usage, usageOf } from './usage';

/** Sessions that stay all day, and how many of them are worked in at a time; the others come to sleep. */
const LASTING = 16;
const DESKS = 4;
/** So many things are done at once. */
const ABREAST = 3;
/** An hour in some five seconds: what waits for a minute waits for this long. */
const MINUTE_MS = 200;
/** Behind these hours the daemon is ended: by another one, by a kill. Then one lives through the rest. */
const ENDINGS = new Map<number, 'replaced' | 'killed'>([
  [1, 'killed'],
  [3, 'replaced'],
  [5, 'killed'],
]);
/** Behind the last of them the daemon is one that tells what it keeps. */
const LAST_ENDING = Math.max(...ENDINGS.keys());
/** By then all that is kept for a while is there, and caches are full. */
const WARM_HOURS = 16;
/** Logs, a database, a keyframe that is being written: what comes and goes. */
const STEADY = 12;
/** What a day may add to what the daemon keeps once its garbage is collected: it is told to some 0.5 MB. */
const LIVE_A_DAY_KB = 5_000;
/** What it may add to the private memory of the PTY host, whose garbage comes and goes by 5 MB. */
const HOST_A_DAY_KB = 20_000;
/** Entries that fill a log up to its rotation (`daemon/server/log.ts`), as weeks of it would. */
const LOG_BYTES = 1024 * 1024 - 1;

/** Days of use, hour by hour: people, scripts and agents at sixteen sessions, and others that come and go. */
export const day: Fault = {
  name: 'day',
  title: 'two days of use in some minutes',
  times: 48,
  missing: noUsage,
  run: (context) =>
    inPlace(
      (place) => run(place, context),
      new Place({
        HOLDFAST_EPHEMERAL_GRACE_MS: String(MINUTE_MS),
        HOLDFAST_SLEEP_AFTER_MS: String(MINUTE_MS),
      }),
    ),
};

const COUNTS = ['processes', 'descriptors', 'sockets', 'files'] as const;
type Settled = Usage & { readonly programs: number };
/** Both in kB: what the daemon keeps, and the private memory of the PTY host. */
type Sample = Settled & { readonly live: number; readonly host: number };

const run = async (place: Place, { times, seed, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const lasting = await yesterdays(place, connection);
  const first = await settled(place, connection);
  const collecting = new Collecting(place);
  const shells = await programs(connection);
  const samples: (readonly [hour: number, Sample])[] = [];
  const recoveries: number[] = [];
  const logs = lastLogOf(place);
  const begun = performance.now();
  let acts = 0;
  for (let hour = 1; hour <= times; hour += 1) {
    acts += await liveAnHour(place, connection, lasting, { hour, seed });
    assert.deepEqual(await programs(connection), shells, `what lasts is there after hour ${hour}`);
    const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
    const live = hour > LAST_ENDING ? await collecting.live(pid) : 0;
    const host = privateMemory(ptyHostPid ?? assert.fail());
    samples.push([hour, { ...(await settled(place, connection, first)), live, host }]);
    const ending = ENDINGS.get(hour);
    if (ending !== undefined) {
      recoveries.push(await end(place, connection, ending));
    }
  }
  const took = performance.now() - begun;
  const isLong = times >= 2 * WARM_HOURS;
  const warm = samples.filter(([hour]) => !isLong || hour > WARM_HOURS);
  const a = (what: keyof Sample): number => slopeOf(warm.map(([hour, sample]) => [hour, sample[what]]));
  for (const [what, most] of [
    ['memory', Number.POSITIVE_INFINITY],
    ['live', LIVE_A_DAY_KB],
    ['host', HOST_A_DAY_KB],
  ] as const) {
    const series = `${what}, MB: ${samples.map(([, sample]) => (sample[what] / 1000).toFixed(1)).join(' ')}`;
    say(series);
    const grows = `${what} grows by ${a(what).toFixed(0)} kB an hour`;
    assert.ok(!isLong || a(what) * 24 < most, `${grows}; ${series}`);
  }
  const log = join(place.dataDir, LOG_FOLDER);
  assert.ok(times <= 1 || readdirSync(log).includes('daemon.log.1'), 'the log was rotated');
  const last = samples.at(-1)?.[1] ?? assert.fail();
  const said = [
    `${acts} things done in ${Math.round(took / 1000)} s, ${recoveries.length} daemons ended`,
    COUNTS.map((what) => `${what} ${first[what]} → ${last[what]} (${a(what).toFixed(2)} an hour)`).join(', '),
    isLong
      ? `behind hour ${WARM_HOURS} the daemon keeps ${a('live').toFixed(0)} kB more each hour, ${Math.round(last.live / 1000)} MB at the end; private memory of both ${a('memory').toFixed(0)} kB more, ${Math.round(last.memory / 1000)} MB`
      : 'memory: too short to judge it',
    `the store’s log ${logs} → ${lastLogOf(place)}`,
  ].join('; ');
  say(said);
  return { survived: times, recoveries, bytesChecked: 0, notes: [said, 'recovered: another daemon serves'] };
};

/** Sessions as they are after some use: each has a history, a keyframe and a revision that somebody was told. */
const yesterdays = async (place: Place, connection: Connection): Promise<readonly string[]> => {
  const lasting: string[] = [];
  for (let number = 0; number < LASTING; number += 1) {
    const session = await startProgram(connection, 'sh', '-c', 'seq 1 100; exec bash --norc -i');
    await connection.call(TerminalSnapshot.type, { target: { text: session } });
    lasting.push(session);
  }
  const count = (folder: string, ending: string): number =>
    readdirSync(join(place.dataDir, folder)).filter((name) => name.endsWith(ending)).length;
  const look = (): readonly number[] => [
    count(HISTORIES_FOLDER, '.txt'),
    count(KEYFRAMES_FOLDER, '.keyframe'),
    count(KEYFRAMES_FOLDER, '.revision'),
  ];
  await poll(() => look().every((files) => files === LASTING), {
    what: 'the files of each',
    timeoutMs: 30_000,
    state: look,
  });
  return lasting;
};

/** @returns how much was done */
const liveAnHour = async (
  place: Place,
  connection: Connection,
  lasting: readonly string[],
  { hour, seed }: { readonly hour: number; readonly seed: number },
): Promise<number> => {
  const all = AN_HOUR.flatMap(([act, times]) => Array.from({ length: times }, () => act));
  const [acts = []] = fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), {
    seed: seed + hour,
    numRuns: 1,
  });
  const sessions = Array.from(
    { length: DESKS },
    (_, index) => lasting[(hour * DESKS + index) % LASTING] ?? '',
  );
  const window = await place.connection();
  const desks = await sitDown(window, sessions);
  const here: Hour = { place, connection, desks, lasting };
  let next = 0;
  await Promise.all(
    Array.from({ length: ABREAST }, async () => {
      for (let index = next++; index < acts.length; index = next++) {
        await acts[index]?.(here, hour * acts.length + index);
      }
    }),
  );
  // The window is closed; what was begun in this hour and does not last ends.
  window.dispose();
  await goHome(connection, lasting);
  return acts.length;
};

/** What is held once nothing is under way: no more than in the beginning, as far as it can be counted. */
const settled = async (place: Place, connection: Connection, first?: Settled): Promise<Settled> => {
  const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
  const host = ptyHostPid ?? assert.fail();
  // A daemon that it has started again is none of its programs.
  const others = (): readonly number[] =>
    childrenOf(host).filter((child) => !place.daemons().includes(child));
  const look = (): Settled => ({ ...usageOf(place, [pid, host]), programs: others().length });
  let sample = look();
  await poll(
    () => {
      sample = look();
      return (
        sample.programs === LASTING &&
        COUNTS.every((what) => sample[what] <= (first?.[what] ?? Number.POSITIVE_INFINITY) + STEADY)
      );
    },
    {
      what: 'everything of ended sessions to be gone',
      timeoutMs: 30_000,
      state: () => ({ first, sample, others: others() }),
    },
  );
  return sample;
};

/** Processes that one has started and not waited for; on Linux. */
const childrenOf = (pid: number): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean).map(Number);

/** @returns milliseconds until another daemon served */
const end = async (place: Place, connection: Connection, how: 'replaced' | 'killed'): Promise<number> => {
  const { pid } = await connection.call(DaemonStatus.type, {});
  writeFileSync(join(place.dataDir, LOG_FOLDER, 'daemon.log'), '.'.repeat(LOG_BYTES));
  const from = performance.now();
  if (how === 'killed') {
    process.kill(pid, 'SIGKILL');
  } else {
    await restartDaemon(place.options);
  }
  await served(place, pid, LASTING);
  return performance.now() - from;
};

/** Each export of the store begins another log. */
const lastLogOf = (place: Place): number =>
  Math.max(
    0,
    ...readdirSync(place.dataDir)
      .map((name) => /^holdfast\.log\.(\d+)$/.exec(name)?.[1])
      .map(Number)
      .filter(Number.isInteger),
  );
