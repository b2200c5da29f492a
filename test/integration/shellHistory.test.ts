import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { EventHappened, EventsSubscribe, type HoldfastEvent } from '../../daemon/protocol/events';
import { type CommandInfo, HistoryList } from '../../daemon/protocol/history';
import { SessionRestart, SessionShow } from '../../daemon/protocol/sessions';
import { TerminalType } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { absent, type ShellOptions, ShellRoom } from './shellFixture';

const BASH: ShellOptions = {
  command: ['bash'],
  files: { '.bashrc': "PS1='ready> '; HISTCONTROL=ignorespace\n" },
};
const SHELLS: Readonly<Record<string, ShellOptions>> = {
  bash: BASH,
  zsh: { command: ['zsh'], files: { '.zshrc': "PS1='ready> '; setopt histignorespace\n" } },
  fish: {
    command: ['fish'],
    files: { '.config/fish/config.fish': 'function fish_prompt; echo -n "ready> "; end\n' },
  },
};

const history = async (
  peer: RpcPeer,
  text: string,
  wanted: Omit<HistoryList.Params, 'target'> = {},
): Promise<readonly CommandInfo[]> =>
  (await peer.call(HistoryList.type, { target: { text }, ...wanted })).commands;

const brief = (commands: readonly CommandInfo[]): (string | number | null)[][] =>
  commands.map(({ command, exitCode }) => [command, exitCode]);

describe('the history of commands', () => {
  let room: ShellRoom;
  before(async () => {
    room = await ShellRoom.open();
  });
  after(() => room.dispose());

  for (const [name, options] of Object.entries(SHELLS)) {
    test(`has what was run in ${name}, with exit code, folder and times`, {
      skip: absent(name),
    }, async () => {
      const shell = await room.shell(name, options);
      const before = Date.now();
      await shell.run('echo "a;b"; false');
      await shell.run('mkdir sub; cd sub');
      await shell.run('sleep 0.3');
      await shell.run(' echo kept-out');
      await shell.run('');
      const commands = await history(room.peer, name);
      assert.deepEqual(brief(commands), [
        ['echo "a;b"; false', 1],
        ['mkdir sub; cd sub', 0],
        ['sleep 0.3', 0],
      ]);
      const [first, , slept] = commands;
      assert.equal(first?.cwd, shell.home);
      assert.equal(slept?.cwd, join(shell.home, 'sub'));
      assert.ok(first !== undefined && first.startedAt >= before - 1 && first.startedAt <= Date.now());
      assert.ok(slept?.durationMs !== null && (slept?.durationMs ?? 0) >= 290, String(slept?.durationMs));
      assert.deepEqual([slept?.session, slept?.terminal, slept?.running], [name, 'main', false]);
      assert.deepEqual(brief(await history(room.peer, name, { failed: true })), [['echo "a;b"; false', 1]]);
      assert.deepEqual(brief(await history(room.peer, `${name}:main`, { limit: 1 })), [['sleep 0.3', 0]]);
      const { session } = await room.peer.call(SessionShow.type, { target: { text: name } });
      assert.equal(session?.commandCount, 3);
      const { lastExitCode, currentCommand } = await shell.info();
      assert.deepEqual([lastExitCode, currentCommand], [0, null]);
    });
  }

  test('says what runs, and tells subscribers when it begins and ends', async () => {
    const shell = await room.shell('running', BASH);
    const peer = await room.daemon.connect();
    const events: HoldfastEvent[] = [];
    peer.onNotification(EventHappened.type, (event) => events.push(event));
    await peer.call(EventsSubscribe.type, { events: true });
    await shell.enter('read -r line; (exit $line)');
    const { currentCommand } = await poll(
      async () => {
        const info = await shell.info();
        return info.currentCommand === null ? undefined : info;
      },
      { what: 'the command' },
    );
    assert.equal(currentCommand?.command, 'read -r line; (exit $line)');
    const [running] = await history(peer, 'running');
    assert.deepEqual([running?.running, running?.exitCode, running?.durationMs], [true, null, null]);
    await shell.run('9');
    const finished = await poll(() => events.find(({ event }) => event === 'command-finished'), {
      what: 'the event',
    });
    const started = events.find(({ event }) => event === 'command-started');
    assert.equal(started?.details?.['command'], 'read -r line; (exit $line)');
    assert.equal(started?.name, 'running');
    assert.equal(finished.exitCode, 9);
    assert.equal(finished.details?.['startedAt'], started?.details?.['startedAt']);
    assert.equal((await shell.info()).lastExitCode, 9);
  });

  test('goes on when a program is started again in the terminal', async () => {
    const shell = await room.shell('again', BASH);
    await shell.run('echo one');
    await shell.enter('exit');
    await poll(async () => (await shell.info()).state === 'exited', { what: 'the end' });
    await room.peer.call(SessionRestart.type, { target: { text: 'again', explicit: true } });
    await poll(async () => (await shell.info()).integration === 'active', { what: 'integration' });
    await shell.run('echo two');
    assert.deepEqual(brief(await history(room.peer, 'again')), [
      ['echo one', 0],
      // Its end is the shell's.
      ['exit', null],
      ['echo two', 0],
    ]);
  });
});

describe('a shell that is started again and again', () => {
  const TIMES = 25;

  test('has its integration and its commands each time, however soon it tells of them', async () => {
    const room = await ShellRoom.open();
    try {
      const shell = await room.shell('again', BASH);
      for (let index = 0; index < TIMES; index++) {
        await shell.enter('exit');
        await poll(async () => (await shell.info()).state === 'exited', { what: 'the end' });
        await room.peer.call(SessionRestart.type, { target: { text: 'again', explicit: true } });
        await poll(async () => (await shell.info()).integration === 'active', {
          what: `integration, the ${index + 1}. time`,
        });
        await shell.run(`echo ${index}`);
      }
      assert.deepEqual(
        brief(await history(room.peer, 'again')),
        Array.from({ length: TIMES }, (_, index) => [
          ['exit', null] as const,
          [`echo ${index}`, 0] as const,
        ]).flat(),
      );
    } finally {
      await room.dispose();
    }
  });
});

describe('the history of commands that run while no daemon is there', () => {
  test('has all of them, with the times at which they ran', async () => {
    const room = await ShellRoom.open();
    try {
      const shell = await room.shell('s', BASH);
      await shell.run('echo before');
      const endpoint = await room.daemon.endpoint();
      const text = 'sleep 0.5\recho two\r(exit 4)\r touch hidden\rtouch done\rsleep 1000\r';
      await room.peer.call(TerminalType.type, { target: { text: 's' }, text });
      await poll(async () => (await shell.info()).currentCommand !== null, { what: 'the first command' });
      // It hangs, and reads nothing more.
      process.kill(endpoint.pid, 'SIGSTOP');
      await poll(() => existsSync(join(shell.home, 'done')), { what: 'the last command' });
      const ranUntil = Date.now();
      process.kill(endpoint.pid, 'SIGKILL');
      await room.daemon.endpoint(endpoint);
      const peer = await room.daemon.connect();
      const commands = await poll(
        async () => {
          const found = await history(peer, 's');
          return found.at(-1)?.command === 'sleep 1000' ? found : undefined;
        },
        { what: 'what ran meanwhile', state: () => history(peer, 's') },
      );
      assert.deepEqual(brief(commands), [
        ['echo before', 0],
        ['sleep 0.5', 0],
        ['echo two', 0],
        ['(exit 4)', 4],
        ['touch done', 0],
        ['sleep 1000', null],
      ]);
      assert.deepEqual(
        commands.map(({ running }) => running),
        [false, false, false, false, false, true],
      );
      assert.ok(commands.slice(0, 5).every(({ startedAt }) => startedAt <= ranUntil));
      assert.ok((commands[1]?.durationMs ?? 0) >= 490);
      const { session } = await peer.call(SessionShow.type, { target: { text: 's' } });
      assert.equal(session?.commandCount, 6);
      const [terminal] = session?.terminals ?? [];
      assert.equal(terminal?.integration, 'active');
      assert.equal(terminal?.currentCommand?.command, 'sleep 1000');
      const stored = readdirSync(room.daemon.dataDir).filter((file) => file.startsWith('holdfast.'));
      assert.ok(stored.every((file) => !readFileSync(join(room.daemon.dataDir, file)).includes('hidden')));
    } finally {
      await room.dispose();
    }
  });

  test('has those of a shell that ended meanwhile', async () => {
    const room = await ShellRoom.open();
    try {
      const shell = await room.shell('s', BASH);
      const endpoint = await room.daemon.endpoint();
      const first = 'until [ -e go ]; do sleep 0.05; done';
      const text = `${first}\r(exit 4)\rtouch done; exit 3\r`;
      await room.peer.call(TerminalType.type, { target: { text: 's' }, text });
      await poll(async () => (await shell.info()).currentCommand !== null, { what: 'the first command' });
      process.kill(endpoint.pid, 'SIGSTOP');
      writeFileSync(join(shell.home, 'go'), '');
      await poll(() => existsSync(join(shell.home, 'done')), { what: 'the last command' });
      process.kill(endpoint.pid, 'SIGKILL');
      await room.daemon.endpoint(endpoint);
      const peer = await room.daemon.connect();
      await poll(
        async () => {
          const { session } = await peer.call(SessionShow.type, { target: { text: 's' } });
          return session?.state === 'exited';
        },
        { what: 'the end to be known' },
      );
      assert.deepEqual(brief(await history(peer, 's')), [
        [first, 0],
        ['(exit 4)', 4],
        ['touch done; exit 3', null],
      ]);
    } finally {
      await room.dispose();
    }
  });
});
