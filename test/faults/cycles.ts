import assert from 'node:assert/strict';
import type { Connection } from '../../daemon/client/index';
import { restartDaemon } from '../../daemon/client/stopping';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { SessionKill } from '../../daemon/protocol/sessions';
import { endSession, type Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import { Collecting } from './collecting';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { noUsage, slopeOf, type Usage, usageOf } from './usage';

/** Logs, a database, what V8 compiled, a kept session's keyframe: made once, whatever the number of cycles. */
const STEADY = 12;
/** By then all that is kept for a while is there. In a shorter run memory is told and not judged. */
const WARM_CYCLES = 1000;
const SAMPLES = 40;
/**
 * What a cycle may add to what the daemon and its PTY host keep once their garbage is collected. Private memory comes and
 * goes by 50 MB, and is told.
 */
const LIVE_A_CYCLE_KB = { daemon: 0.5, host: 0.1 };

/** As somebody who starts something every ten seconds does in a day. */
export const cycles: Fault = {
  name: 'cycles',
  title: 'sessions are created, attached, typed in, killed and removed',
  times: 10_000,
  missing: noUsage,
  run: (context) => inPlace((place) => run(place, context)),
};

const COUNTS = ['processes', 'descriptors', 'sockets', 'files'] as const;
/** What the two keep, in kB. */
type Sample = Usage & { readonly daemon: number; readonly host: number };

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const collecting = new Collecting(place);
  await restartDaemon(place.options);
  const lasting = await startProgram(connection, 'cat');
  await cycle(connection, 'warm');
  const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
  const host = ptyHostPid ?? assert.fail();
  const look = (): Usage => usageOf(place, [pid, host]);
  const sampled = async (): Promise<Sample> => ({
    daemon: await collecting.live(pid),
    host: await collecting.live(host),
    ...look(),
  });
  const samples: (readonly [number, Sample])[] = [[0, await sampled()]];
  const every = Math.max(1, Math.floor(times / SAMPLES));
  const durations: number[] = [];
  for (let time = 1; time <= times; time += 1) {
    const from = performance.now();
    await cycle(connection, `word ${time}`);
    durations.push(performance.now() - from);
    if (time % every === 0) {
      samples.push([time, await sampled()]);
    }
  }
  const first = samples[0]?.[1] ?? assert.fail();
  let last: Usage = first;
  await poll(
    () => {
      last = look();
      return COUNTS.every((what) => last[what] <= first[what] + STEADY);
    },
    { what: 'everything of ended sessions to be gone', timeoutMs: 20_000, state: () => ({ first, last }) },
  );
  assert.equal((await connection.call(DaemonStatus.type, {})).pid, pid);
  const isLong = times >= 2 * WARM_CYCLES;
  const warm = samples.filter(([time]) => !isLong || time >= WARM_CYCLES);
  const a = (what: keyof Sample): number => slopeOf(warm.map(([time, sample]) => [time, sample[what]]));
  for (const what of ['daemon', 'host'] as const) {
    const series = `${what} keeps, MB: ${samples.map(([, sample]) => (sample[what] / 1000).toFixed(1)).join(' ')}`;
    say(series);
    assert.ok(
      !isLong || a(what) < LIVE_A_CYCLE_KB[what],
      `the ${what} keeps ${a(what).toFixed(2)} kB more with each cycle; ${series}`,
    );
  }
  await connection.call(SessionKill.type, { target: { text: lasting } });
  const kept = (what: 'daemon' | 'host'): string =>
    `${((samples.at(-1)?.[1][what] ?? 0) / 1000).toFixed(1)} MB`;
  const memory = samples
    .filter((_, index) => index % (SAMPLES / 4) === 0)
    .map(([, sample]) => Math.round(sample.memory / 1000));
  const said = [
    COUNTS.map((what) => `${what} ${first[what]} → ${last[what]}`).join(', '),
    isLong
      ? `behind cycle ${WARM_CYCLES} the daemon keeps ${a('daemon').toFixed(2)} kB more with each, ${kept('daemon')} at the end, and the PTY host ${a('host').toFixed(3)} kB, ${kept('host')}`
      : 'memory: too short a run to judge it',
    `private memory of both ${memory.join(' → ')} MB`,
  ].join('; ');
  say(said);
  return { survived: times, recoveries: durations, bytesChecked: 0, notes: [said, 'recovered: one cycle'] };
};

const cycle = async (connection: Connection, word: string): Promise<void> => {
  const session = await startProgram(connection, 'cat');
  const target = { text: session };
  const attachment = await connection.attach({ target, mode: 'interactive', size: { cols: 80, rows: 24 } });
  let text = '';
  attachment.onData((data) => {
    text += Buffer.from(data).toString();
  });
  attachment.start();
  attachment.write(word);
  await poll(() => text.includes(word), { what: 'the echo', intervalMs: 1, state: () => text });
  attachment.dispose();
  await endSession(connection, session);
};
