import assert from 'node:assert/strict';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { SessionList } from '../../daemon/protocol/sessions';
import { type Place, startProgram } from '../integration/clientFixture';
import { everyScreenShows } from '../support/everyScreen';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { programs, served } from './state';
import { noUsage, slopeOf, type Usage, usageOf } from './usage';

const SAMPLES = 10;
/** So many are started at once. */
const ABREAST = 4;
/** Times the daemon is killed under all of them. */
const KILLS = 5;

/** A thousand programs that run at once, and a daemon that dies under them: every screen goes on behind it. */
export const liveSessions: Fault = {
  name: 'live-sessions',
  title: 'many live sessions; the daemon is killed under them',
  times: 1000,
  missing: noUsage,
  run: (context) => inPlace((place) => run(place, context)),
};

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  await startProgram(connection, 'cat');
  const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
  const samples: (readonly [number, Usage])[] = [];
  const every = Math.max(1, Math.floor(times / SAMPLES));
  for (let count = 1; count < times; ) {
    const more = Math.min(ABREAST, times - count);
    await Promise.all(Array.from({ length: more }, () => startProgram(connection, 'cat')));
    count += more;
    if (count % every < ABREAST) {
      samples.push([count, usageOf(place, [pid, ptyHostPid ?? assert.fail()])]);
    }
  }
  const before = await programs(connection);
  assert.equal(before.length, times);
  const recoveries: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const [daemon = 0] = place.daemons();
    const from = performance.now();
    process.kill(daemon, 'SIGKILL');
    await served(place, daemon, times);
    recoveries.push(performance.now() - from);
    assert.deepEqual(await programs(connection), before);
  }
  const sessions = before.map((line) => line.split(' ')[0] ?? '');
  await everyScreenShows(connection, sessions, 'behind-the-last');
  const from = performance.now();
  await connection.call(SessionList.type, {});
  const listed = performance.now() - from;
  const a = (what: keyof Usage): string =>
    slopeOf(samples.map(([count, usage]) => [count, usage[what]])).toFixed(1);
  const said =
    `a session: ${a('processes')} processes, ${a('descriptors')} descriptors, ${a('memory')} kB of daemon and PTY host, ` +
    `${a('files')} files; all of them listed in ${Math.round(listed)} ms`;
  say(said);
  return { survived: KILLS, recoveries, bytesChecked: 0, notes: [`${times} sessions`, said] };
};
