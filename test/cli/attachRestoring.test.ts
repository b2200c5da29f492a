import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import { Holdfast } from './support/holdfast';
import type { TerminalWindow } from './support/terminalWindow';
import { until } from './support/until';
import { DETACH, GREETER, Windows } from './support/windows';

const holdfast = new Holdfast();
const windows = new Windows(holdfast);

afterEach(() => windows.close());
after(() => holdfast.dispose());

/** What Linux tells of a process. */
const statusOf = (pid: number): string => readFileSync(`/proc/${pid}/status`, 'utf8');

/** What a full-screen program switches on; it holds until a line comes. */
const FULL_SCREEN =
  'echo below; stty -echo; printf "\\033]0;inner title\\007"; ' +
  'printf "\\033[?1049h\\033[?1h\\033=\\033[?1002h\\033[?1006h\\033[?1004h\\033[?2004h\\033[?25l\\033[2;5r\\033[?7l\\033[4h\\033(0\\033[5 q";' +
  'printf "\\033[1;1Hx"; read line; exit 9';

describe('the terminal is left as it was found', () => {
  /** `stty -a` of the window around `line`. */
  const around = async (
    window: TerminalWindow,
    line: string,
    leave: () => Promise<void> | void,
  ): Promise<void> => {
    const file = (name: string): string => path.join(holdfast.folder, name);
    const modes = JSON.stringify(window.emulator.modes);
    window.type("printf '\\033]0;outer title\\007'\r");
    await until(
      'the title',
      () => window.title === 'outer title',
      () => window.title,
    );
    window.type(`stty -a > ${file('before')}; ${line}; echo status=$?; stty -a > ${file('after')}\r`);
    await leave();
    await window.shows(/^status=\d+$/);
    window.type(`cmp ${file('before')} ${file('after')} && echo same-$((1+1))\r`);
    await window.shows(/same-2$/);
    assert.equal(JSON.stringify(window.emulator.modes), modes);
    assert.equal(window.emulator.buffer.active.type, 'normal');
    assert.equal(window.title, 'outer title');
    assert.equal(
      window.raw.lastIndexOf('\x1b[?25h') > window.raw.lastIndexOf('\x1b[?25l'),
      true,
      'cursor shown',
    );
  };

  const attached = async (name: string, window: TerminalWindow): Promise<void> => {
    await until('the alternate screen', () => window.emulator.buffer.active.type === 'alternate');
    assert.equal(await holdfast.viewers(name), 1);
    await until(
      "the session's title",
      () => window.title === 'inner title',
      () => window.title,
    );
  };

  test('after detaching from a full-screen program', async () => {
    await holdfast.create('full-detach', '--', 'sh', '-c', FULL_SCREEN);
    const window = await windows.open();
    await around(window, 'hf attach full-detach', async () => {
      await attached('full-detach', window);
      window.type(DETACH);
    });
    await window.shows(/^below$/);
    await window.shows(/^status=0$/);
  });

  test('below what stands on its normal screen, where a program had gone full-screen before', async () => {
    const script = `seq 1 5; printf '\\033[?1049h\\033[2J\\033[Hfull'; read line`;
    await holdfast.create('full-before', '--', 'sh', '-c', script);
    await until('the alternate screen', async () => {
      const { buffer } = await holdfast.json<{ buffer: string }>(['snapshot', 'full-before']);
      return buffer === 'alternate';
    });
    const window = await windows.open();
    window.type('hf attach full-before\r');
    await window.shows(/^full$/);
    window.type(DETACH);
    await window.shows(/^detached from full-before$/);
    await window.shows(/^outer>/);
    const rows = window.screen();
    const said = rows.indexOf('detached from full-before');
    assert.deepEqual(rows.slice(0, 5), ['1', '2', '3', '4', '5']);
    assert.ok(said === 5 || said === 6, rows.join('\n'));
  });

  test('after a program that ended without tidying up', async () => {
    await holdfast.create('full-end', '--', 'sh', '-c', FULL_SCREEN);
    const window = await windows.open();
    await around(window, 'hf attach full-end', async () => {
      await attached('full-end', window);
      window.type('\r');
    });
    await window.shows(/^status=9$/);
  });

  for (const [signal, status] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const) {
    test(`after ${signal} to the client, while the program goes on`, async () => {
      const name = `full-${signal.toLowerCase()}`;
      await holdfast.create(name, '--', 'sh', '-c', FULL_SCREEN);
      const window = await windows.open();
      const pidFile = path.join(holdfast.folder, `${name}.pid`);
      await around(window, `sh -c 'echo $$ > ${pidFile}; exec hf attach ${name}'`, async () => {
        await attached(name, window);
        process.kill(Number(readFileSync(pidFile, 'utf8')), signal);
      });
      await window.shows(new RegExp(`^status=${status}$`));
      const [session] = await holdfast.sessions('--filter', name);
      assert.equal(session?.state, 'running');
    });
  }

  test('after the daemon died meanwhile', async () => {
    await holdfast.create('orphan', '--', 'sh', '-c', FULL_SCREEN);
    const window = await windows.open();
    await around(window, 'hf attach orphan', async () => {
      await attached('orphan', window);
      const { pid } = await holdfast.json<{ pid: number }>(['daemon', 'status']);
      process.kill(pid, 'SIGKILL');
      window.type(DETACH);
    });
    await window.shows(/^status=0$/);
  });

  test('and nothing is written over it at SIGUSR1', async () => {
    await holdfast.create('signalled', ...GREETER);
    const window = await windows.open();
    const pidFile = path.join(holdfast.folder, 'signalled.pid');
    window.type(`sh -c 'echo $$ > ${pidFile}; exec hf attach signalled'; echo status=$?\r`);
    await window.shows(/^greetings$/);
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGUSR1');
    window.type('still here\r');
    await until('the echo', () => window.screen().filter((row) => row === 'still here').length === 2);
    window.type(DETACH);
    await window.shows(/^status=0$/);
    assert.equal(/debugger/i.test(window.raw), false);
  });

  test('a client that was stopped draws the screen anew when it goes on', async () => {
    await holdfast.create('stopped', ...GREETER);
    const window = await windows.open();
    const pidFile = path.join(holdfast.folder, 'stopped.pid');
    window.type(`sh -c 'echo $$ > ${pidFile}; exec hf attach stopped'; echo status=$?\r`);
    await window.shows(/^greetings$/);
    // Behind the window's answers in the same input: the shell below does not find them when this has come.
    window.type('answered\r');
    await until(
      'the echo',
      () => window.screen().filter((row) => row === 'answered').length === 2,
      () => window.screen(),
    );
    const pid = Number(readFileSync(pidFile, 'utf8'));
    process.kill(pid, 'SIGSTOP');
    // The shell has the terminal again until its `fg`, which sends SIGCONT.
    await window.shows(/Stopped/);
    await holdfast.json(['type', 'stopped', 'meanwhile', '--enter']);
    // A plain sh leaves the terminal raw when a job stops: Return is no line feed there.
    window.type('fg\n');
    await until(
      'the echo',
      () => window.screen().filter((row) => row === 'meanwhile').length === 2,
      () => [window.screen(), window.raw],
    );
    // Nothing of the screen that was drawn over has gone into the scrollback.
    assert.equal(window.everything().filter((row) => row === 'greetings').length, 1);
    window.type(DETACH);
    await window.shows(/^detached from stopped$/);
  });

  test('a client that goes on loses nothing that is typed before it has the screen again', {
    skip: process.platform !== 'linux' && 'reads /proc',
  }, async () => {
    await holdfast.create('waiting', ...GREETER);
    const window = await windows.open();
    const pidFile = path.join(holdfast.folder, 'waiting.pid');
    // No shell is left that would take the terminal.
    window.type(`exec sh -c 'echo $$ > ${pidFile}; exec hf attach waiting'\r`);
    await window.shows(/^greetings$/);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    const typed: string[] = [];
    for (let round = 0; round < 3; round++) {
      process.kill(pid, 'SIGSTOP');
      await until(
        'it to be stopped',
        () => /^State:\s+T/m.test(statusOf(pid)),
        () => statusOf(pid),
      );
      process.kill(pid, 'SIGCONT');
      typed.push(`round-${round}`);
      window.type(`round-${round}\r`);
      await until(
        `all of ${typed.join()}, echoed and printed`,
        () => typed.every((line) => window.screen().filter((row) => row === line).length === 2),
        () => window.screen(),
      );
    }
  });

  test('a window that did not take a flood shows the end of it at once, not first all that it missed', async () => {
    const flood =
      'echo greetings; read go; yes "a line of a flood" | head -c 12000000; echo; echo the-end; exec cat';
    await holdfast.create('late', '--', 'sh', '-c', flood);
    const window = await windows.open();
    window.type('hf attach late; echo status=$?\r');
    await window.shows(/^greetings$/);
    window.hang();
    window.type('\r');
    await until('the flood to end', async () => {
      const { lines } = await holdfast.json<{ lines: readonly string[] }>(['snapshot', 'late']);
      return lines.includes('the-end');
    });
    window.raw = '';
    window.goOn();
    await window.shows(/^the-end$/);
    assert.ok(window.raw.length < 400_000, `${window.raw.length} bytes were written to the window`);
    window.type(DETACH);
    await window.shows(/^status=0$/);
  });
});
