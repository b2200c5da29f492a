import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { restartDaemon } from '../../daemon/client/stopping';
import { offset } from '../../daemon/protocol/ids';
import { TerminalOutput, TerminalSnapshot } from '../../daemon/protocol/terminals';
import { type Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { NUMBERING, readNumbered } from './numbered';
import { programs, served } from './state';

/** Between two faults at most: in some of these moments the daemon before has just begun to serve. */
const LONGEST_PAUSE_MS = 400;
const SESSIONS = 3;
/** For everything that is waited for: a machine that does other things, too. */
const PATIENCE_MS = 20_000;

export const daemonKilled: Fault = {
  name: 'daemon-killed',
  title: 'the daemon is killed at random moments, under load',
  times: 50,
  run: (context) => inPlace((place) => replacing(place, context, (pid) => void process.kill(pid, 'SIGKILL'))),
};

/** As an update, a downgrade and `holdfast daemon restart` do it. */
export const daemonReplaced: Fault = {
  name: 'daemon-replaced',
  title: 'the daemon is replaced by another one at random moments, under load',
  times: 20,
  run: (context) => inPlace((place) => replacing(place, context, () => restartDaemon(place.options))),
};

/** Ends the daemon again and again by `end`, and checks that nobody who looks or types has to know. */
export const replacing = async (
  place: Place,
  { times, seed, say }: FaultContext,
  end: (pid: number) => unknown,
): Promise<FaultResult> => {
  const connection = await place.connection();
  const numbers = await startProgram(connection, process.execPath, '-e', NUMBERING);
  const typed = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat');
  const flood = await startProgram(connection, 'sh', '-c', 'exec yes a flood that nobody looks at');
  const before = await programs(connection);
  assert.equal(before.length, SESSIONS);

  const reader = await readNumbered(place, connection, numbers);
  const keys = await place.attach(connection, typed);
  const shown = keys.text.length;
  const pauses = fc.sample(fc.nat(LONGEST_PAUSE_MS), { seed, numRuns: times });
  const recoveries: number[] = [];
  const echoes: number[] = [];
  for (const [time, pause] of pauses.entries()) {
    await sleep(pause);
    const [pid = 0] = place.daemons();
    const killed = performance.now();
    const ending = end(pid);
    // Nobody who types has to know.
    const word = `[${time}]`;
    assert.ok(keys.attachment.write(word), 'a viewer can type while there is no daemon');
    const [recovery, echo] = await Promise.all([
      served(place, pid, SESSIONS).then(() => performance.now() - killed),
      poll(() => keys.text.includes(word), {
        timeoutMs: PATIENCE_MS,
        intervalMs: 1,
        what: `the echo of ${word}`,
        state: () => ({ text: keys.text.slice(-100), states: keys.states }),
      }).then(() => performance.now() - killed),
    ]);
    await ending;
    recoveries.push(recovery);
    echoes.push(echo);
    assert.equal(reader.problem, undefined, `behind fault ${time + 1}`);
  }
  say(`${times} daemons gone; ${reader.lines} lines came one after the other`);

  assert.deepEqual(await programs(connection), before, 'the same programs run in the same sessions');
  assert.equal(keys.text.slice(shown), pauses.map((_, time) => `[${time}]`).join(''));
  const target = { text: numbers };
  const { bytes, from } = reader.kept;
  const output = await connection.call(TerminalOutput.type, { target, since: offset(from), ansi: true });
  assert.equal(output.truncated, false);
  assert.ok(
    Buffer.from(output.text, 'base64').subarray(0, bytes.length).equals(bytes),
    'the journal has what the viewer was sent, to the byte',
  );
  const { lines } = await connection.call(TerminalSnapshot.type, { target });
  const seen = lines.filter((line) => line.startsWith('line ')).map((line) => Number(line.split(' ')[1]));
  assert.ok(seen.length > 20, JSON.stringify(lines));
  assert.deepEqual(
    seen,
    seen.map((_, index) => (seen[0] ?? 0) + index),
    'the mirror has no hole',
  );
  const { text } = await connection.call(TerminalOutput.type, { target: { text: flood }, tail: 100 });
  assert.match(text, /^(a flood that nobody looks at\n)+(a [a-z ]*)?$/);
  return {
    survived: times,
    recoveries,
    bytesChecked: reader.bytes,
    notes: [`echo of a key typed at the fault: ${Math.round(Math.max(...echoes))} ms at most`],
  };
};
