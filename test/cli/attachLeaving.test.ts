import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { spawn } from 'node-pty';
import { Connection } from '../../daemon/client/connection';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import type { SessionInfo } from '../../daemon/protocol/model';
import { poll } from '../support/poll';
import { CLI, Holdfast } from './support/holdfast';
import type { TerminalWindow } from './support/terminalWindow';
import { until } from './support/until';
import { DETACH, GREETER, Windows } from './support/windows';

/** DA1, the last of the questions and of the answers. */
const LAST_QUESTION = '\x1b[c';
const COLOUR_ANSWERS =
  '\x1b]10;rgb:cccc/cccc/cccc\x1b\\\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\\x1b]4;1;rgb:cdcd/3131/3131\x1b\\';
const LAST_ANSWER = '\x1b[?1;2c';
/** Slower than what a local terminal needs. */
const LATE_MS = 200;

const holdfast = new Holdfast();
const windows = new Windows(holdfast);
/** A window that answers when the test says so. */
const openWindow = (): Promise<TerminalWindow> => windows.open({ answers: false });

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, LATE_MS));

/** Attached, and the questions have come to the window, which has not answered. */
const attached = async (window: TerminalWindow, line: string): Promise<void> => {
  window.raw = '';
  window.type(`${line}\r`);
  await window.shows(/^greetings$/);
  assert.ok(window.raw.includes(LAST_QUESTION), JSON.stringify(window.raw));
};

afterEach(() => windows.close());
after(() => holdfast.dispose());

describe('leaving before the terminal has told its colours', { skip: process.platform === 'win32' }, () => {
  const leavings: readonly (readonly [string, number, (window: TerminalWindow, pid: number) => void])[] = [
    ['by key', 0, (window) => window.type(DETACH)],
    ['by SIGTERM', 143, (_, pid) => void process.kill(pid, 'SIGTERM')],
  ];
  for (const [how, status, leave] of leavings) {
    test(`${how} keeps late answers from the shell, and what is typed behind them for it`, async () => {
      const name = `late-${status}`;
      await holdfast.create(name, ...GREETER);
      const window = await openWindow();
      const pidFile = path.join(holdfast.folder, `${name}.pid`);
      await attached(window, `sh -c 'echo $$ > ${pidFile}; exec hf attach ${name}'; echo status=$?`);
      window.raw = '';
      leave(window, Number(readFileSync(pidFile, 'utf8')));
      // What it says last comes before the answers.
      await until(
        'the modes to be undone',
        () => window.raw.includes('\x1b[0m'),
        () => window.raw,
      );
      await later();
      window.type(COLOUR_ANSWERS);
      await later();
      window.type(LAST_ANSWER);
      await window.shows(new RegExp(`^status=${status}$`));
      window.type('echo typed-$((1+1))\r');
      await window.shows(/^typed-2$/);
      assert.equal(/rgb:|1;2c/.test(window.raw), false, JSON.stringify(window.raw));
    });
  }
});

describe('the colours of the terminal', () => {
  test('are left alone by a session that has changed none', async () => {
    await holdfast.create('colourless', ...GREETER);
    const window = await openWindow();
    await attached(window, 'hf attach colourless; echo status=$?');
    window.type(COLOUR_ANSWERS + LAST_ANSWER);
    window.type(DETACH);
    await window.shows(/^status=0$/);
    assert.equal(/\x1b\]1[01]\d/.test(window.raw), false, JSON.stringify(window.raw));
  });

  test('are as the terminal told them, where a session has changed them', async () => {
    const set = 'printf "\\033]11;#ff0000\\007\\033]4;1;#00ff00;200;#0000ff\\007"';
    await holdfast.create('colourful', '--', 'sh', '-c', `echo greetings; ${set}; exec cat`);
    const window = await openWindow();
    await attached(window, 'hf attach colourful; echo status=$?');
    window.type(COLOUR_ANSWERS + LAST_ANSWER);
    // Behind the answers in the same input: they have been read when its echo comes.
    window.type('told\r');
    await until(
      'the echo',
      () => window.screen().filter((row) => row === 'told').length === 2,
      () => window.screen(),
    );
    window.type(DETACH);
    await window.shows(/^status=0$/);
    for (const restored of ['11;rgb:1e/1e/1e', '4;1;rgb:cd/31/31', '104;200']) {
      assert.ok(
        window.raw.includes(`\x1b]${restored}\x1b\\`),
        `${restored} in ${JSON.stringify(window.raw)}`,
      );
    }
    assert.equal(window.raw.includes('\x1b]104\x1b'), false);
  });
});

describe('a PTY host that hangs', { skip: process.platform === 'win32' }, () => {
  test('is named by who leaves then, in a line of its own', async () => {
    const { id } = await holdfast.create('held', ...GREETER);
    const window = await openWindow();
    await attached(window, 'hf attach held; echo status=$?');
    window.type(LAST_ANSWER);
    const { ptyHostPid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    assert.ok(ptyHostPid);
    // One more subscriber, told behind those that were there before: behind attach.
    const other = await Connection.open({ environment: holdfast.env, kind: 'test' });
    let state: SessionInfo['state'] | undefined;
    other.onSessionsChanged(({ changed }) => {
      state = changed.find((session) => session.id === id)?.state ?? state;
    });
    await other.subscribe({ sessions: true });
    process.kill(ptyHostPid, 'SIGSTOP');
    try {
      await poll(() => state === 'unreachable', {
        timeoutMs: 30_000,
        what: 'the daemon to tell that the PTY host hangs',
        state: () => ({ state }),
      });
      window.type(DETACH);
      await window.shows(
        /^the process that holds the session does not answer; 'holdfast doctor' tells more$/,
      );
      await window.shows(/^status=0$/);
    } finally {
      process.kill(ptyHostPid, 'SIGCONT');
      other.dispose();
    }
    await holdfast.untilState('held', 'running');
  });
});

describe('a terminal that is closed', { skip: process.platform === 'win32' }, () => {
  for (const signal of [undefined, 'SIGTERM', 'SIGINT', 'SIGQUIT'] as const) {
    test(`ends attach in order${signal === undefined ? '' : `, also when ${signal} comes with it`}`, async () => {
      const name = `closed-${signal ?? 'only'}`.toLowerCase();
      await holdfast.create(name, ...GREETER);
      const pty = spawn(process.execPath, [CLI, 'attach', name], {
        cwd: holdfast.work,
        env: { ...holdfast.env, TERM: 'xterm-256color' },
      });
      let shown = '';
      pty.onData((data) => {
        shown += data;
      });
      const ended = new Promise<number | undefined>((resolve) => pty.onExit((exit) => resolve(exit.signal)));
      await until(
        'the greeting',
        () => shown.includes('greetings'),
        () => shown,
      );
      // The master's end, as when a window is closed.
      (pty as unknown as { destroy(): void }).destroy();
      if (signal !== undefined) {
        process.kill(pty.pid, signal);
      }
      const by = await ended;
      const expected = signal === undefined ? [1] : [1, { SIGTERM: 15, SIGINT: 2, SIGQUIT: 3 }[signal]];
      assert.ok(expected.includes(by ?? 0), `ended by signal ${by}`);
      await until('no viewer', async () => (await holdfast.viewers(name)) === 0);
      assert.equal((await holdfast.sessions('--filter', name))[0]?.state, 'running');
    });
  }
});
