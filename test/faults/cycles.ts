import assert from 'node:assert/strict';
import type { Connection } from '../../daemon/client/index';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { SessionKill } from '../../daemon/protocol/sessions';
import { endSession, type Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { noUsage, slopeOf, type Usage, usageOf } from './usage';

/** Logs, a database, what V8 compiled, a kept session's keyframe: made once, whatever the number of cycles. */
const STEADY = 12;
/**
 * V8 lets a heap grow before it collects for the first time: the daemon's is at what it stays at after some 700 cycles.
 * In a shorter run memory is told and not judged.
 */
const WARM_CYCLES = 1000;
const SAMPLES = 40;
/** So much of a process's memory comes and goes. */
const MEMORY_NOISE_KB = 40_000;
/** What is a leak in the long run: a kept session's row, screen and journal would be more. */
const MEMORY_A_CYCLE_KB = 2;

/** As somebody who starts something every ten seconds does in a day. */
export const cycles: Fault = {
  name: 'cycles',
  title: 'sessions are created, attached, typed in, killed and removed',
  times: 10_000,
  missing: noUsage,
  run: (context) => inPlace((place) => run(place, context)),
};

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const kept = await startProgram(connection, 'cat');
  await cycle(connection, 'warm');
  const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
  const pids = [pid, ptyHostPid ?? assert.fail()];
  const samples: (readonly [number, Usage])[] = [[0, usageOf(place, pids)]];
  const every = Math.max(1, Math.floor(times / SAMPLES));
  const durations: number[] = [];
  for (let time = 1; time <= times; time += 1) {
    const from = performance.now();
    await cycle(connection, `word ${time}`);
    durations.push(performance.now() - from);
    if (time % every === 0) {
      samples.push([time, usageOf(place, pids)]);
    }
  }
  const first = samples[0]?.[1] ?? assert.fail();
  let last = first;
  await poll(
    () => {
      last = usageOf(place, pids);
      return (['processes', 'descriptors', 'sockets', 'files'] as const).every(
        (what) => last[what] <= first[what] + STEADY,
      );
    },
    { what: 'everything of ended sessions to be gone', timeoutMs: 20_000, state: () => ({ first, last }) },
  );
  assert.equal((await connection.call(DaemonStatus.type, {})).pid, pid);
  const isLong = times >= 2 * WARM_CYCLES;
  const warm = samples.filter(([time]) => !isLong || time >= WARM_CYCLES);
  const slope = slopeOf(warm.map(([time, { memory }]) => [time, memory]));
  const grown = (warm.at(-1)?.[1].memory ?? 0) - (warm[0]?.[1].memory ?? 0);
  assert.ok(
    !isLong || slope < MEMORY_A_CYCLE_KB || grown < MEMORY_NOISE_KB,
    `memory grows by ${slope.toFixed(2)} kB a cycle: ${warm.map(([time, { memory }]) => `${time} ${memory}`).join(', ')}`,
  );
  await connection.call(SessionKill.type, { target: { text: kept } });
  const parts = (['processes', 'descriptors', 'sockets', 'files'] as const).map(
    (what) => `${what} ${first[what]} → ${last[what]}`,
  );
  const series = samples.filter((_, index) => index % (SAMPLES / 4) === 0);
  const megabytes = series.map(([, { memory }]) => Math.round(memory / 1000)).join(' → ');
  const said = `${parts.join(', ')}; memory ${slope.toFixed(2)} kB a cycle, ${megabytes} MB${isLong ? '' : ' (too short a run to judge it)'}`;
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
