import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { waitFor } from '../../daemon/client/waiting';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import type { HoldfastError } from '../../daemon/protocol/errors';
import { SessionCreate, SessionKill } from '../../daemon/protocol/sessions';
import { TerminalKey, TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { TerminalWait, type WaitCondition } from '../../daemon/protocol/waits';
import { served } from '../faults/state';
import { Place, startProgram } from './clientFixture';
import { absent, type ShellOptions, ShellRoom } from './shellFixture';

const BASH: ShellOptions = { command: ['bash'], files: { '.bashrc': "PS1='ready> '\n" } };
/** Nobody waits so long: what is waited for comes, or the test has failed. */
const LONG_MS = 60_000;

describe('waiting for what a shell shows and does', { skip: absent('bash') }, () => {
  let room: ShellRoom;
  before(async () => {
    room = await ShellRoom.open();
  });
  after(() => room.dispose());

  const wait = (
    text: string,
    conditions: readonly WaitCondition[],
    more: Omit<TerminalWait.Params, 'target' | 'conditions'> = {},
  ): Promise<TerminalWait.Result> =>
    room.peer.call(TerminalWait.type, { target: { text }, conditions, timeoutMs: LONG_MS, ...more });
  const type = (text: string, line: string): Promise<unknown> =>
    room.peer.call(TerminalType.type, { target: { text }, text: line, enter: true });
  const revision = async (text: string): Promise<string> =>
    (await room.peer.call(TerminalSnapshot.type, { target: { text } })).revision;

  test('text that is there counts, and where it stands is told', async () => {
    await room.shell('there', BASH);
    await type('there', 'echo 日本 DO"NE"');
    const { outcome, index, condition, matched, screen } = await wait('there', [
      { kind: 'text', text: 'never' },
      { kind: 'text', text: 'DONE' },
    ]);
    assert.deepEqual([outcome, index, condition], ['matched', 1, 'text']);
    assert.deepEqual(matched, { text: 'DONE', row: 1, col: 5 });
    assert.equal(screen.lines[1], '日本 DONE');
  });

  test('since a revision neither what was there nor the echo of what was typed counts', async () => {
    await room.shell('since', BASH);
    await type('since', 'echo DONE');
    await wait('since', [{ kind: 'regex', regex: '^DONE' }]);
    const since = await revision('since');
    const old = await wait('since', [{ kind: 'text', text: 'DONE' }], { since, timeoutMs: 300 });
    assert.equal(old.outcome, 'timeout', JSON.stringify(old.matched));
    await type('since', 'sleep 0.5; echo DONE');
    const { matched } = await wait('since', [{ kind: 'text', text: 'DONE' }], { since });
    assert.deepEqual(matched, { text: 'DONE', row: 3, col: 0 });
  });

  test('since a revision the echo of what was typed ahead does not count either', async () => {
    await room.shell('ahead', BASH);
    const since = await revision('ahead');
    await type('ahead', 'sleep 1');
    await type('ahead', 'echo AHEAD');
    const { matched, screen } = await wait('ahead', [{ kind: 'text', text: 'AHEAD' }], { since });
    assert.equal(screen.lines[matched?.row ?? -1], 'AHEAD', JSON.stringify(screen.lines));
  });

  test('a prompt that comes again is new since a revision', async () => {
    await room.shell('prompts', { command: ['sh'], environment: { PS1: 'again> ' } }, 'again>');
    const since = await revision('prompts');
    await type('prompts', 'sleep 0.3');
    const { matched } = await wait('prompts', [{ kind: 'regex', regex: '^again>$' }], { since });
    assert.equal(matched?.row, 1);
  });

  test('text that has scrolled past while waiting counts', async () => {
    await room.shell('flood', BASH);
    const since = await revision('flood');
    const waited = wait('flood', [{ kind: 'text', text: 'line 17 of' }], { since });
    await type('flood', 'for i in $(seq 1 5000); do echo "line $i of many"; done');
    const { outcome, matched } = await waited;
    assert.deepEqual([outcome, matched?.text], ['matched', 'line 17 of']);
    // Also for who comes later.
    await wait('flood', [{ kind: 'prompt' }]);
    assert.equal(
      (await wait('flood', [{ kind: 'text', text: 'line 4000 of' }], { since })).outcome,
      'matched',
    );
  });

  test('a command that was typed is waited for, however fast it is, and told once', async () => {
    await room.shell('commands', BASH);
    for (const [line, exitCode] of [
      ['true', 0],
      ['(exit 7)', 7],
      ['sleep 0.3; false', 1],
    ] as const) {
      await type('commands', line);
      const { matched } = await wait('commands', [{ kind: 'command' }]);
      assert.deepEqual([matched?.text, matched?.exitCode], [line, exitCode]);
    }
    const again = await wait('commands', [{ kind: 'command' }], { timeoutMs: 200 });
    assert.equal(again.outcome, 'timeout');
  });

  test('the prompt behind what was typed, not the one it was typed at', async () => {
    await room.shell('prompt', BASH);
    assert.equal((await wait('prompt', [{ kind: 'prompt' }])).outcome, 'matched');
    await type('prompt', "sleep 0.5; printf '\\e]633;B\\a'; sleep 0.5; echo last");
    const { screen } = await wait('prompt', [{ kind: 'prompt' }]);
    assert.ok(screen.lines.includes('last'), screen.lines.join('\n'));
    await type('prompt', '');
    assert.equal((await wait('prompt', [{ kind: 'prompt' }])).outcome, 'matched', 'an empty line');
  });

  test('a bell that rang behind what was typed, once', async () => {
    await room.shell('bell', BASH);
    await type('bell', "printf '\\a'");
    assert.equal((await wait('bell', [{ kind: 'bell' }])).outcome, 'matched');
    assert.equal((await wait('bell', [{ kind: 'bell' }], { timeoutMs: 200 })).outcome, 'timeout');
    const waited = wait('bell', [{ kind: 'bell' }]);
    await type('bell', "sleep 0.3; printf '\\a'");
    assert.equal((await waited).outcome, 'matched');
  });

  test('a program that waits for a line, and for a password', {
    skip: process.platform !== 'linux',
  }, async () => {
    await room.shell('asks', BASH);
    await type('asks', 'read -r line; read -rs secret; echo "$line"');
    assert.equal((await wait('asks', [{ kind: 'input' }])).matched?.text, 'input');
    await type('asks', 'answered');
    assert.equal((await wait('asks', [{ kind: 'input' }])).matched?.text, 'password');
    await type('asks', 'secret');
    assert.equal((await wait('asks', [{ kind: 'prompt' }])).outcome, 'matched');
  });

  test('a screen that changes, that is quiet, and that settles', async () => {
    await room.shell('quiet', BASH);
    const before = await revision('quiet');
    const changed = wait('quiet', [{ kind: 'change', revision: before }]);
    await type('quiet', 'for i in 1 2 3 4 5; do printf "$i "; sleep 0.1; done');
    const { revision: later } = await changed;
    assert.notEqual(later, before);
    const settled = await wait('quiet', [{ kind: 'settle', ms: 300 }]);
    assert.equal(await revision('quiet'), settled.revision);
    assert.ok(settled.screen.lines.includes('1 2 3 4 5 ready>'), settled.screen.lines.join('\n'));
    const idle = await wait('quiet', [{ kind: 'idle', ms: 100 }]);
    assert.ok(idle.elapsedMs >= 100, `${idle.elapsedMs} ms`);
    assert.equal((await wait('quiet', [{ kind: 'gone', text: 'not there' }])).outcome, 'matched');
    assert.equal(
      (await wait('quiet', [{ kind: 'gone', text: 'ready>' }], { timeoutMs: 100 })).outcome,
      'timeout',
    );
  });

  test('a screen that is drawn in one step is not looked at before', async () => {
    await room.shell('step', BASH);
    const since = await revision('step');
    await type('step', "printf '\\e[?2026hHALF'; sleep 0.5; printf ' WHOLE\\e[?2026l'");
    const { matched } = await wait('step', [{ kind: 'regex', regex: '^HALF.*' }], { since });
    assert.match(matched?.text ?? '', /^HALF WHOLE/);
  });

  test('the end of the program ends a wait, with its last screen; what it wrote last counts', async () => {
    await room.shell('ends', BASH);
    const waits = Promise.all([
      wait('ends', [{ kind: 'text', text: 'never' }]),
      wait('ends', [{ kind: 'regex', regex: '^last words' }]),
      wait('ends', [{ kind: 'text', text: 'never' }, { kind: 'exit' }]),
    ]);
    await type('ends', 'echo "last words"; exit 3');
    const [never, last, exit] = await waits;
    assert.deepEqual([never.outcome, never.exit?.exitCode], ['exited', 3]);
    assert.ok(never.screen.lines.includes('last words'), never.screen.lines.join('\n'));
    assert.deepEqual([last.outcome, last.matched?.text], ['matched', 'last words']);
    assert.deepEqual([exit.outcome, exit.index, exit.condition], ['matched', 1, 'exit']);
    // And once it has ended.
    assert.equal((await wait('ends', [{ kind: 'text', text: 'last words' }])).outcome, 'matched');
    const over = await wait('ends', [{ kind: 'text', text: 'never' }]);
    assert.deepEqual([over.outcome, over.exit?.exitCode], ['exited', 3]);
    assert.equal((await wait('ends', [{ kind: 'prompt' }])).outcome, 'exited');
  });

  test('keys count as typed', async () => {
    await room.peer.call(SessionCreate.type, {
      name: 'keys',
      cwd: room.daemon.work,
      command: ['cat'],
      environment: {},
    });
    const since = await revision('keys');
    await room.peer.call(TerminalKey.type, { target: { text: 'keys' }, keys: [...'hello', 'Enter'] });
    const { matched } = await wait('keys', [{ kind: 'text', text: 'hello' }], { since });
    assert.equal(matched?.row, 1);
  });

  test('what can’t be waited for is refused', async () => {
    const refused = async (conditions: readonly WaitCondition[], more = {}): Promise<HoldfastError> =>
      wait('keys', conditions, more).then(
        () => assert.fail('it was not refused'),
        (error: HoldfastError) => error,
      );
    assert.equal((await refused([{ kind: 'prompt' }])).code, 'INTEGRATION_UNAVAILABLE');
    assert.equal((await refused([])).code, 'INVALID_INPUT');
    assert.equal((await refused([{ kind: 'regex', regex: '(' }])).code, 'INVALID_INPUT');
    assert.equal((await refused([{ kind: 'text', text: '' }])).code, 'INVALID_INPUT');
    assert.equal((await refused([{ kind: 'exit' }], { since: 'r1' })).code, 'INVALID_INPUT');
    const unknown = await refused([{ kind: 'text', text: 'x' }], { since: '00000000000.aaaaaaaaaaaa' });
    assert.equal(unknown.code, 'INVALID_INPUT');
    assert.match(unknown.suggestion, /snapshot/);
  });

  test('who leaves is waited for no longer', async () => {
    await room.shell('left', BASH);
    const peer = await room.daemon.connect();
    const waits = Array.from({ length: 200 }, () =>
      peer
        .call(TerminalWait.type, {
          target: { text: 'left' },
          conditions: [{ kind: 'text', text: 'never' }],
          timeoutMs: LONG_MS,
        })
        .catch(() => undefined),
    );
    // They are under way when another call of the same connection has been answered.
    await peer.call(TerminalSnapshot.type, { target: { text: 'left' } });
    peer.dispose();
    await Promise.all(waits);
    await type('left', 'exit');
    assert.equal((await wait('left', [{ kind: 'exit' }])).outcome, 'matched');
  });
});

describe('a wait across daemons', { skip: process.platform === 'win32' }, () => {
  test('goes on, and a revision from before is good for it', async () => {
    const place = new Place();
    try {
      const connection = await place.connection();
      const session = await startProgram(connection, 'cat');
      const target = { text: session };
      await connection.call(TerminalType.type, { target, text: 'old', enter: true });
      await waitFor(connection, {
        target,
        conditions: [{ kind: 'regex', regex: 'old\\nold' }],
        timeoutMs: LONG_MS,
      });
      const { revision: since } = await connection.call(TerminalSnapshot.type, { target });
      const { pid } = await connection.call(DaemonStatus.type, {});
      const waited = waitFor(connection, {
        target,
        since,
        conditions: [
          { kind: 'text', text: 'old' },
          { kind: 'text', text: 'new' },
        ],
        timeoutMs: LONG_MS,
      });
      process.kill(pid, 'SIGKILL');
      await served(place, pid, 1);
      await connection.call(TerminalType.type, { target, text: 'new', enter: true });
      const { outcome, index } = await waited;
      assert.deepEqual([outcome, index], ['matched', 1]);
      await connection.call(SessionKill.type, { target, signal: 'SIGKILL' });
    } finally {
      await place.leave();
    }
  });
});
