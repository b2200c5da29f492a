import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { Connection } from '../../daemon/client/index';
import { DaemonDiagnose, DaemonStatus } from '../../daemon/protocol/daemon';
import { HoldfastError } from '../../daemon/protocol/errors';
import { SessionKill, SessionList, SessionShow } from '../../daemon/protocol/sessions';
import { type Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { programs, served } from './state';

const PATIENCE_MS = 30_000;
/** Of a Linux process that nobody has limited. */
const PLENTY = 4096;
/** Calls while there are none left. */
const TRIES = 8;

/** `prlimit` lowers the limit of a process that runs, to what it has open. */
export const descriptorsExhausted: Fault = {
  name: 'descriptors',
  title: 'the daemon, then the PTY host, has no descriptor left',
  times: 10,
  missing: () => noDescriptorLimits(),
  run: (context) => inPlace((place) => run(place, context)),
};

/** Why this machine can't be used for it; false when it can. */
export const noDescriptorLimits = (): string | false =>
  spawnSync('prlimit', ['--version']).status === 0 ? false : 'there is no prlimit';

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const typed = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat');
  const keys = await place.attach(connection, typed);
  const recoveries: number[] = [];
  const codes = new Map<string, number>();
  for (let time = 0; time < times; time += 1) {
    const before = await programs(connection);
    const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
    const victim = time % 2 === 0 ? pid : (ptyHostPid ?? assert.fail());
    limit(victim, firstFree(victim));
    const outcomes: string[] = [];
    for (let call = 0; call < TRIES; call += 1) {
      outcomes.push(await outcomeOf(startProgram(connection, 'cat')));
      outcomes.push(await outcomeOf(connection.call(DaemonStatus.type, {})));
      outcomes.push(await outcomeOf(connection.call(SessionShow.type, { target: { text: typed } })));
      outcomes.push(await outcomeOf(connection.call(DaemonDiagnose.type, {})));
      outcomes.push(
        await outcomeOf(place.attach(connection, typed).then(({ attachment }) => attachment.dispose())),
      );
    }
    outcomes.push(await outcomeOf(newClient(place)));
    // Whatever can't be done is refused with what fits, and nothing hangs or is called lost.
    const expected =
      victim === pid
        ? ['answered', 'DAEMON_UNAVAILABLE']
        : ['answered', 'SESSION_LIMIT', 'SESSION_UNREACHABLE'];
    assert.deepEqual(
      outcomes.filter((outcome) => !expected.includes(outcome)),
      [],
    );
    for (const outcome of outcomes) {
      codes.set(outcome, (codes.get(outcome) ?? 0) + 1);
    }
    const word = `[${time}]`;
    assert.ok(keys.attachment.write(word));
    await poll(() => keys.text.includes(word), { what: 'the echo', state: () => keys.text.slice(-100) });
    const isHost = victim !== pid;
    if (isHost) {
      // It is to start another one, and can't.
      process.kill(pid, 'SIGKILL');
      await poll(() => place.daemons().length === 0, {
        what: 'the daemon to end',
        state: () => place.daemons(),
      });
    }
    const room = performance.now();
    limit(victim, PLENTY);
    if (isHost) {
      await served(place, pid, before.length);
    }
    let last: unknown;
    const made = await poll(
      () =>
        startProgram(connection, 'cat').catch((error: unknown) => {
          last = String(error);
          return false as const;
        }),
      { what: 'a session, now that there is room', timeoutMs: PATIENCE_MS, state: () => last },
    );
    recoveries.push(performance.now() - room);
    const status = await connection.call(DaemonStatus.type, {});
    assert.equal(status.ptyHostPid, ptyHostPid);
    assert.ok(isHost || status.pid === pid, 'the daemon has not died of it');
    const now = await programs(connection);
    assert.deepEqual(
      before.filter((line) => !now.includes(line)),
      [],
      'the programs that ran still do',
    );
    assert.ok(keys.end === undefined, keys.end);
    await connection.call(SessionKill.type, { target: { text: made } });
  }
  const { sessions } = await connection.call(SessionList.type, {});
  assert.ok(sessions.every(({ state }) => state === 'running' || state === 'exited'));
  const said = [...codes].map(([code, count]) => `${count} ${code}`).join(', ');
  say(said);
  return { survived: times, recoveries, bytesChecked: 0, notes: [`calls meanwhile: ${said}`] };
};

/** Somebody who comes meanwhile and may start nothing. */
const newClient = async (place: Place): Promise<void> => {
  const connection = await Connection.open({ ...place.options, start: 'never', timeoutMs: 500 });
  try {
    await connection.call(SessionList.type, {});
  } finally {
    connection.dispose();
  }
};

const limit = (pid: number, descriptors: number): void => {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--nofile=${descriptors}:`], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
};

/** Nothing below it can be had, and what is open above it stays so. */
const firstFree = (pid: number): number => {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let free = 0;
  while (open.has(free)) {
    free += 1;
  }
  return free;
};

const outcomeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    (error: unknown) => HoldfastError.from(error).code,
  );
