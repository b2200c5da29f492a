import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { workOf } from '../../platform/processIdentity';
import { HostAttended, HostStatus, HostWaitingChanged, HostWrite } from '../../protocol/host';
import type { TerminalId } from '../../protocol/ids';
import { until } from '../testing/poll';
import { TestHost } from '../testing/testHost';
import { findReader } from './linuxReader';

/** A question with the echo off, asked of the terminal itself as sudo and ssh do, whatever stdin is. */
const ASK_PASSWORD = "exec python3 -c 'import getpass; getpass.getpass()' < /dev/null";

const NOBODY = 65534;
const environment = { PATH: process.env['PATH'] ?? '', TERM: 'xterm-256color', PS1: '# ' };

describe('what a program waits for', { skip: process.platform !== 'linux' }, () => {
  let host: TestHost;
  const told = new Map<TerminalId, (string | null | undefined)[]>();
  const attended: TerminalId[] = [];
  before(async () => {
    host = await TestHost.start();
    host.peer.onNotification(HostWaitingChanged.type, ({ terminal, waiting }) => {
      told.set(terminal, [...(told.get(terminal) ?? []), waiting]);
    });
    host.peer.onNotification(HostAttended.type, ({ terminal }) => void attended.push(terminal));
  });
  after(() => host.dispose());

  const waitingOf = async (terminal: TerminalId) => {
    const { terminals } = await host.peer.call(HostStatus.type, {});
    return terminals.find(({ id }) => id === terminal)?.waiting;
  };
  const write = (terminal: TerminalId, text: string) =>
    host.peer.call(HostWrite.type, { terminal, data: Buffer.from(text).toString('base64') });
  const shows = async (terminal: TerminalId, text: string) => {
    const viewer = await host.view(terminal, { mode: 'read-only' });
    await viewer.shows(text);
    viewer.close();
  };

  const QUESTIONS: readonly (readonly [what: string, command: [string, ...string[]], waits: string])[] = [
    ['a script of a shell', ['bash', '-c', 'read -p "Name: " name'], 'input'],
    ['a script of a shell, for a secret', ['bash', '-c', 'read -sp "Secret: " name'], 'password'],
    ['a plain shell, in a script', ['dash', '-c', 'printf "Name: "; read name'], 'input'],
    ['a program that asks for a password on the terminal', ['sh', '-c', ASK_PASSWORD], 'password'],
    ['a program behind another one of its job', ['bash', '-c', 'true; cat | sort; true'], 'input'],
    ['a program that comes to its question later', ['sh', '-c', 'sleep 1; read name'], 'input'],
  ];
  for (const [what, command, waits] of QUESTIONS) {
    test(`is told of ${what}`, async () => {
      const { terminal } = await host.spawn(command);
      await until('it is told', () => told.get(terminal)?.length);
      assert.deepEqual(told.get(terminal), [waits]);
      assert.equal(await waitingOf(terminal), waits);
    });
  }

  test('is told of a shell that asks in the place of its prompt, and no more once that is answered', async () => {
    const { terminal } = await host.spawn(['bash', '--norc', '--noprofile', '-i'], { environment });
    await shows(terminal, '# ');
    await write(terminal, 'read -s secret; read answer; echo "<$answer>"\r');
    await until('it waits for the secret', () => told.get(terminal)?.at(-1) === 'password');
    await write(terminal, 'hidden\r');
    await until('it waits for the answer', () => told.get(terminal)?.at(-1) === 'input');
    await write(terminal, 'yes\r');
    await shows(terminal, '<yes>');
    await until('it waits no more', () => told.get(terminal)?.at(-1) === null);
    assert.deepEqual(told.get(terminal), ['password', null, 'input', null]);
  });

  test('is told anew of a second question that follows the first at once', async () => {
    const { terminal } = await host.spawn(['bash', '-c', 'read a; read b; sleep 1000']);
    await until('the first', () => told.get(terminal)?.at(-1) === 'input');
    await write(terminal, 'one\r');
    await until('the second', () => told.get(terminal)?.length === 3);
    assert.deepEqual(told.get(terminal), ['input', null, 'input']);
  });

  const SILENT: readonly (readonly [what: string, command: [string, ...string[]], shown: string])[] = [
    ['a shell at its prompt', ['bash', '--norc', '--noprofile', '-i'], '# '],
    ['a shell at its prompt that does not edit its line', ['dash', '-i'], '# '],
    ['a program that sleeps', ['sh', '-c', 'echo begun; exec sleep 1000'], 'begun'],
    [
      'a program that sleeps with the echo off',
      ['sh', '-c', 'stty -echo; echo begun; exec sleep 1000'],
      'begun',
    ],
    ['a program that reads a pipe', ['sh', '-c', 'echo begun; sleep 1000 | cat'], 'begun'],
    ['an editor', ['vim', '-u', 'NONE', '-N'], '~'],
    ['a program that reads single keys', ['bash', '-c', 'echo begun; read -n 1 key'], 'begun'],
  ];
  test('is nothing that has to be answered, of programs that work, sleep, or take keys', async () => {
    const spawned = await Promise.all(
      SILENT.map(async ([what, command, shown]) => {
        const { terminal } = await host.spawn(command, { environment });
        await shows(terminal, shown);
        return { what, terminal };
      }),
    );
    // One that waits, started last: it is looked at after all of them.
    const { terminal } = await host.spawn(['bash', '-c', 'read name']);
    await until('it waits', () => told.get(terminal)?.at(-1) === 'input');
    await sleep(1000);
    for (const each of spawned) {
      assert.equal(told.get(each.terminal), undefined, each.what);
      assert.equal(await waitingOf(each.terminal), null, each.what);
    }
  });

  test('can be a secret where the program is another user’s: it is seen to sleep, and not what for', {
    skip: process.getuid?.() === 0 ? false : 'needs another user',
  }, async () => {
    const { terminal, pid, ptsName } = await host.spawn(['bash', '-c', 'read -s secret']);
    await until('it waits', () => told.get(terminal)?.at(-1) === 'password');
    const kind = (of: { readonly pid: number; readonly ptsName: string | null }): string =>
      findReader(of.pid, of.ptsName ?? '').kind;
    assert.equal(kind({ pid, ptsName }), 'reads');
    const sleeper = await host.spawn(['sleep', '1000']);
    await until('it sleeps', () => asNobody(() => kind(sleeper)) === 'hidden');
    assert.equal(kind(sleeper), 'nobody');
    assert.equal(
      asNobody(() => kind({ pid, ptsName })),
      'hidden',
    );
  });

  test('takes no time of a host whose terminals are at rest', async () => {
    const rests = await Promise.all(
      Array.from({ length: 20 }, () => host.spawn(['bash', '-c', 'read name'])),
    );
    await until('all wait', () => rests.every(({ terminal }) => told.get(terminal)?.at(-1) === 'input'));
    // The looks at 1 and 2 s are behind us then, and the next are rare.
    await sleep(2500);
    const before = cpuMs(host.process.pid ?? 0);
    await sleep(3000);
    const used = cpuMs(host.process.pid ?? 0) - before;
    assert.ok(used <= 60, `${used} ms of processor time for 20 terminals in 3 s`);
  });

  test('tells, at once and then at a calm rate, where somebody types or has the focus', async () => {
    const { terminal } = await host.spawn(['sh', '-c', 'stty -echo; cat > /dev/null']);
    const count = (): number => attended.filter((id) => id === terminal).length;
    const viewer = await host.view(terminal, { size: { cols: 80, rows: 24 } });
    assert.equal(count(), 0);
    for (let key = 0; key < 50; key++) {
      viewer.type('x');
      await sleep(10);
    }
    assert.equal(count(), 1);
    await until('what came since is told', () => count() === 2);
    await sleep(1500);
    assert.equal(count(), 2);
    viewer.send({ kind: 'focus' });
    await until('the focus is told', () => count() === 3);
  });
});

/** In this process: nothing else runs meanwhile. */
const asNobody = <T>(act: () => T): T => {
  process.seteuid?.(NOBODY);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
  }
};

/** In units of 10 ms, USER_HZ. */
const cpuMs = (pid: number): number => (workOf(pid) ?? assert.fail()) * 10;
