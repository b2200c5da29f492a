import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import type { WireError } from '../../daemon/protocol/errors';
import { Holdfast, type Outcome } from './support/holdfast';
import { until } from './support/until';

/** Far more than a PTY takes for a program that reads nothing, so that the call is not answered. */
const TEXT = 'x'.repeat(60_000);

describe('a call that the death of the daemon cuts off', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  const typed = async (session: string): Promise<number> =>
    (await holdfast.json<{ readonly text: string }>(['output', session])).text.split('x').length - 1;

  /** Types more than the program takes, and kills the daemon once some of it is typed. */
  const cutOff = async (session: string, ...options: readonly string[]): Promise<Outcome> => {
    await holdfast.create(session, '--', 'sh', '-c', 'stty raw echo; exec sleep 1000');
    const outcome = holdfast.run([...options, 'type', session, TEXT]);
    await until(
      'some of it to be echoed',
      async () => (await typed(session)) > 0,
      () => typed(session),
    );
    const { pid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    process.kill(pid, 'SIGKILL');
    return outcome;
  };

  test('may have been done: it says so, and that it is not to be made again blindly', async () => {
    const { status, stdout, stderr } = await cutOff('json', '--json');
    const error = JSON.parse(stderr) as WireError;
    assert.deepEqual([status, stdout, error.code], [7, '', 'DAEMON_UNAVAILABLE'], stderr);
    assert.equal(error.retryable, false);
    assert.deepEqual(error.details, { mayHaveHappened: true });
    assert.match(error.message, /may have been done/);
    assert.ok((await typed('json')) > 0, 'the next daemon shows what was typed');
  });

  test('says it to people, too', async () => {
    const { status, stdout, stderr } = await cutOff('plain');
    assert.deepEqual([status, stdout], [7, '']);
    assert.match(stderr, /^error: .+ may have been done\nhint: Look whether it was done before .+\n$/);
  });
});
