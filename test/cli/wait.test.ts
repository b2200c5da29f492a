import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { TerminalWait } from '../../daemon/protocol/waits';
import { Holdfast } from './support/holdfast';

const holdfast = new Holdfast();
after(() => holdfast.dispose());

interface Ended {
  readonly status: number;
  readonly result: TerminalWait.Result;
}

/** What a wait prints whatever its outcome, and its exit status. */
const wait = async (...args: readonly string[]): Promise<Ended> => {
  const { status, stdout } = await holdfast.run(['--json', 'wait', ...args]);
  return { status: status ?? -1, result: JSON.parse(stdout) as TerminalWait.Result };
};

describe('wait', () => {
  test('tells which condition was met, in the order of the call, and exits with 0', async () => {
    await holdfast.create('shell', '--', 'bash', '--norc');
    await holdfast.run(['type', 'shell', 'echo "one two"; echo three', '--enter']);
    const { status, result } = await wait(
      'shell',
      '--exit',
      '--text',
      'never',
      '--regex',
      '^one \\w+$',
      '--text',
      'three',
    );
    assert.equal(status, 0);
    assert.deepEqual([result.outcome, result.index, result.condition], ['matched', 2, 'regex']);
    assert.deepEqual(result.matched, { text: 'one two', row: 1, col: 0 });
    assert.deepEqual([result.session, result.terminal], ['shell', 'main']);
    assert.equal(result.screen.revision, result.revision);
  });

  test('exits with 3 at its deadline, and with 4 when the program ends, with the result', async () => {
    await holdfast.create('ends', '--', 'bash', '--norc');
    const late = await wait('ends', '--text', 'never', '--timeout', '200');
    assert.deepEqual([late.status, late.result.outcome, late.result.index], [3, 'timeout', null]);
    const waited = wait('ends', '--text', 'never', '--timeout', '60000');
    await holdfast.run(['type', 'ends', 'echo last; exit 9', '--enter']);
    const { status, result } = await waited;
    assert.deepEqual([status, result.outcome, result.exit?.exitCode], [4, 'exited', 9]);
    assert.ok(result.screen.lines.includes('last'));
    assert.equal((await wait('ends', '--exit')).status, 0);
  });

  test('says for people how it ended, and shows the last screen where nothing was met', async () => {
    assert.match(
      await holdfast.text(['wait', 'shell', '--text', 'three']),
      /^matched --text after \d+\.\d s: "three", row \d+, column \d+\n$/,
    );
    const { stdout } = await holdfast.run(['wait-for', 'ends', '--text', 'never']);
    assert.match(stdout, /^the program has ended \(status 9\) after .* s\n[\s\S]*\nlast\n/);
  });

  test('goes by what is new since the revision of a snapshot', async () => {
    const { revision } = await holdfast.json<{ revision: string }>(['snapshot', 'shell']);
    assert.equal((await wait('shell', '--text', 'three', '--since', revision, '--timeout', '200')).status, 3);
    await holdfast.run(['type', 'shell', 'sleep 0.2; echo three', '--enter']);
    const { status, result } = await wait('shell', '--text', 'three', '--since', revision);
    assert.equal(status, 0);
    assert.equal(result.screen.lines[result.matched?.row ?? -1], 'three');
    assert.equal((await wait('shell', '--change', revision)).status, 0);
  });

  test('refuses what it can’t wait for', async () => {
    await holdfast.refused(2, 'INVALID_INPUT', ['wait', 'shell']);
    await holdfast.refused(2, 'INVALID_INPUT', ['wait', 'shell', '--regex', '(']);
    await holdfast.refused(2, 'INVALID_INPUT', ['wait', 'shell', '--text', '']);
    await holdfast.refused(2, 'INVALID_INPUT', ['wait', 'shell', '--settle', '0']);
    await holdfast.refused(2, 'INVALID_INPUT', ['wait', 'shell', '--exit', '--since', 'r1']);
    await holdfast.refused(5, 'SESSION_NOT_FOUND', ['wait', 'nowhere', '--exit']);
  });
});

describe('a snapshot that is waited for', () => {
  test('is of a screen that has changed, and that has settled', async () => {
    const before = await holdfast.json<{ revision: string; outcome: string }>(['snapshot', 'shell']);
    assert.equal(before.outcome, 'immediate');
    const late = await holdfast.run([
      '--json',
      'snapshot',
      'shell',
      '--since',
      before.revision,
      '--timeout',
      '200',
    ]);
    assert.equal(late.status, 3);
    assert.equal((JSON.parse(late.stdout) as { outcome: string }).outcome, 'timeout');
    await holdfast.run([
      'type',
      'shell',
      'for i in 1 2 3; do sleep 0.1; printf "$i "; done; echo over',
      '--enter',
    ]);
    const settled = await holdfast.json<{ outcome: string; lines: string[] }>([
      ...['snapshot', 'shell', '--since', before.revision, '--settle', '400'],
    ]);
    assert.equal(settled.outcome, 'settled');
    assert.ok(settled.lines.includes('1 2 3 over'), settled.lines.join('\n'));
    const exited = await holdfast.json<{ outcome: string; revision: string }>([
      'snapshot',
      'ends',
      '--settle',
      '50',
    ]);
    assert.ok(['exited', 'settled'].includes(exited.outcome), exited.outcome);
  });
});
