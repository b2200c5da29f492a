import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { HoldfastError } from '../../daemon/protocol/errors';
import { TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';

/** A PTY host is given 20 s for input: for half of them a program may just not read. */
const ANSWER_MS = 60_000;

const place = new Place();
after(() => place.leave());

const refusal = async (call: Promise<unknown>): Promise<HoldfastError> => {
  const error = await call.then(
    (result) => assert.fail(`answered ${JSON.stringify(result)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof HoldfastError, String(error));
  return error;
};

test('input on its way to a PTY host that hangs is refused as what may still arrive, and then does, once', {
  skip: process.platform === 'win32',
  timeout: 2 * ANSWER_MS,
}, async () => {
  const connection = await place.connection();
  const target = { text: await startProgram(connection) };
  const lines = async (): Promise<readonly string[]> =>
    (await connection.call(TerminalSnapshot.type, { target })).lines.filter((line) => line !== '');
  await poll(async () => (await lines()).length > 0, { what: 'a prompt', state: lines });
  const { ptyHostPid } = await connection.call(DaemonStatus.type, {});
  assert.ok(ptyHostPid);
  process.kill(ptyHostPid, 'SIGSTOP');
  try {
    // Nobody has noticed yet, and no key has to be encoded, for which the PTY host would be asked first.
    const text = 'echo arrived-$((1+1))\r';
    const sent = await refusal(
      connection.call(TerminalType.type, { target, text }, { timeoutMs: ANSWER_MS }),
    );
    assert.equal(sent.code, 'SESSION_UNREACHABLE', sent.message);
    assert.equal(sent.retryable, false);
    assert.deepEqual(sent.details, { mayHaveHappened: true });
    assert.match(sent.message, /may still arrive/);
    assert.match(sent.suggestion, /before you send it a second time/);

    const held = await refusal(connection.call(TerminalType.type, { target, text }));
    assert.equal(held.code, 'SESSION_UNREACHABLE', held.message);
    assert.equal(held.retryable, true, 'what was never sent can be sent again');
    assert.equal(held.details, undefined);
  } finally {
    process.kill(ptyHostPid, 'SIGCONT');
  }
  const arrived = async (): Promise<number> => (await lines()).filter((line) => line === 'arrived-2').length;
  await poll(async () => (await arrived().catch(() => 0)) > 0, {
    timeoutMs: 30_000,
    what: 'the input to arrive',
    state: () => lines().catch(String),
  });
  // Behind it in the same terminal: a second one would have come before.
  await connection.call(TerminalType.type, { target, text: 'echo behind-$((1+1))', enter: true });
  await poll(async () => (await lines()).includes('behind-2'), { what: 'what is typed next', state: lines });
  assert.equal(await arrived(), 1);
});
