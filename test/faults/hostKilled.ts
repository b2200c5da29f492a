import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { HOSTS_FOLDER } from '../../daemon/protocol/endpoint';
import { offset } from '../../daemon/protocol/ids';
import { SessionResurrect } from '../../daemon/protocol/sessions';
import { TerminalOutput } from '../../daemon/protocol/terminals';
import { Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { checkLost, PATIENCE_MS, Seen, untilSession } from './lostOutput';
import { NUMBERING } from './numbered';

/** How long the program writes before its PTY host is killed, at most. */
const LONGEST_PAUSE_MS = 1000;

export const hostKilled: Fault = {
  name: 'host-killed',
  title: 'the PTY host is killed, with all programs in it',
  times: 25,
  run: async (context) => {
    const place = new Place();
    try {
      return await run(place, context);
    } finally {
      await place.leave();
    }
  },
};

const run = async (place: Place, { times, seed, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const numbers = await startProgram(connection, process.execPath, '-e', NUMBERING);
  const target = { text: numbers };
  const recoveries: number[] = [];
  let bytesChecked = 0;
  let from = 0;
  for (const pause of fc.sample(fc.nat(LONGEST_PAUSE_MS), { seed, numRuns: times })) {
    const attachment = place.track(
      await connection.attach({ target, mode: 'read-only', from: offset(from), whenBehind: 'output' }),
    );
    const seen = new Seen(attachment);
    await poll(() => seen.length > 0, { timeoutMs: PATIENCE_MS, what: 'the first output' });
    await sleep(pause);
    const before = await untilSession(connection, numbers, 'it to run', ({ state }) => state === 'running');
    const { ptyHostPid } = await connection.call(DaemonStatus.type, {});
    const killed = performance.now();
    process.kill(ptyHostPid ?? assert.fail('there is no PTY host'), 'SIGKILL');
    await untilSession(connection, numbers, 'the loss', ({ state }) => state === 'lost');
    await poll(() => attachment.state === 'ended', {
      what: 'the viewer to hear of it',
      state: () => attachment.state,
    });
    const { head, bytes } = await checkLost(connection, numbers, from, seen);
    bytesChecked += bytes;

    const resurrecting = performance.now();
    const { session } = await connection.call(SessionResurrect.type, { target, run: true });
    recoveries.push(performance.now() - resurrecting);
    assert.deepEqual(
      [session.id, session.terminals.map(({ id }) => id)],
      [numbers, before.terminals.map(({ id }) => id)],
      'ids stay',
    );
    const first = await poll(
      async () => {
        const { from: begin, text } = await connection.call(TerminalOutput.type, {
          target,
          since: offset(head),
        });
        return text.includes('\n') ? { begin, text } : undefined;
      },
      { timeoutMs: PATIENCE_MS, what: 'output of the program that was started again' },
    );
    assert.equal(first.begin, head, 'offsets go on');
    assert.match(first.text, /^line 0 of/);
    from = head;
    say(`killed after ${Math.round(resurrecting - killed)} ms of looking: ${bytes} bytes are there`);
  }
  assert.equal(
    readdirSync(join(place.dataDir, HOSTS_FOLDER)).filter((name) => name.endsWith('.json')).length,
    1,
    'the records of dead PTY hosts are gone',
  );
  assert.ok(readdirSync(join(place.folder, 'run')).filter((name) => name.startsWith('h-')).length <= 1);
  return { survived: times, recoveries, bytesChecked, notes: ['recovered: from `resurrect` to its answer'] };
};
