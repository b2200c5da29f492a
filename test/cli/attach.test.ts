import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, describe, test } from 'node:test';
import type { SessionInfo } from '../../daemon/protocol/model';
import { CLI, Holdfast } from './support/holdfast';
import { outerWindow } from './support/outerWindow';
import type { TerminalWindow } from './support/terminalWindow';
import { until } from './support/until';

const DETACH = '\x1c\x1c';

const holdfast = new Holdfast();
const windows: TerminalWindow[] = [];

/** A window with a shell, in which `hf` is the command line under test. */
const openWindow = async (
  size: { readonly cols?: number; readonly rows?: number } = {},
): Promise<TerminalWindow> => {
  const window = outerWindow(holdfast, size);
  windows.push(window);
  await window.shows(/^outer> $|^outer>$/);
  return window;
};

const viewers = async (name: string): Promise<number> => {
  const { session } = await holdfast.json<{ session: SessionInfo }>(['show', name]);
  return session.viewers;
};

afterEach(async () => {
  for (const window of windows.splice(0)) {
    await window.dispose();
  }
});
after(() => holdfast.dispose());

/** A program that greets, then echoes its lines. */
/** What Linux tells of a process. */
const statusOf = (pid: number): string => readFileSync(`/proc/${pid}/status`, 'utf8');
const GREETER = ['--', 'sh', '-c', 'echo greetings; exec cat'];

describe('attach', () => {
  test('shows the session, types into it and detaches by Ctrl-\\ twice with status 0', async () => {
    await holdfast.create('echo', ...GREETER);
    const window = await openWindow();
    window.type('hf attach echo; echo status=$?\r');
    await window.shows(/^greetings$/);
    assert.equal(window.screen()[0], 'greetings');
    window.type('hello\r');
    await until('the echo', () => window.screen().filter((row) => row === 'hello').length === 2);
    window.type(DETACH);
    await window.shows(/^status=0$/);
    assert.equal(await viewers('echo'), 0);
  });

  test('leaves what stood on the outer screen in the outer scrollback, and writes no banner', async () => {
    await holdfast.create('plain', ...GREETER);
    const window = await openWindow();
    window.type('echo before-attach\r');
    await window.shows(/^before-attach$/);
    window.raw = '';
    window.type('hf attach plain\r');
    await window.shows(/^greetings$/);
    assert.deepEqual(
      window.screen().filter((row) => row !== ''),
      ['greetings'],
    );
    assert.ok(window.everything().includes('before-attach'));
    assert.equal(window.emulator.buffer.active.type, 'normal');
    for (const forbidden of ['\x1bc', '\x1b[3J', '\x1b[?1049h', '\x1b]0;', '\x1b]2;']) {
      assert.equal(window.raw.includes(forbidden), false, JSON.stringify(forbidden));
    }
    window.type(DETACH);
    await window.shows(/^outer>/);
  });

  test('brings the scrollback along', async () => {
    await holdfast.create('long', '--', 'sh', '-c', 'seq 1 100; exec cat');
    await until('the lines', async () => (await holdfast.text(['snapshot', 'long'])).includes('100\n'));
    const window = await openWindow();
    window.type('hf attach long\r');
    await window.shows(/^100$/);
    const rows = window.everything();
    const first = rows.lastIndexOf('1');
    assert.deepEqual(
      rows.slice(first, first + 100),
      Array.from({ length: 100 }, (_, index) => String(index + 1)),
    );
    window.type(DETACH);
    await window.shows(/^outer>/);
  });

  test("ends with the program's own status, or 128 and its signal", async () => {
    const window = await openWindow();
    await holdfast.create('seven', '--', 'sh', '-c', 'read line; exit 7');
    window.type('hf attach seven; echo status=$?\r');
    await until('the viewer', async () => (await viewers('seven')) === 1);
    window.type('\r');
    await window.shows(/^status=7$/);
    await holdfast.create('shot', '--', 'sh', '-c', 'read line; kill -9 $$');
    window.type('hf attach shot; echo status=$?\r');
    await until('the viewer', async () => (await viewers('shot')) === 1);
    window.type('\r');
    await window.shows(/^status=137$/);
    window.type('hf attach seven; echo again=$?\r');
    await window.shows(/^again=7$/);
  });

  test('works from the start with new -a, in the size of the window', async () => {
    const window = await openWindow({ cols: 100, rows: 30 });
    window.type('hf new sized -a -- sh -c "stty size; read line"; echo status=$?\r');
    await window.shows(/^30 100$/);
    window.type('\r');
    await window.shows(/^status=0$/);
  });

  test('follows the window when its size changes', async () => {
    await holdfast.create('wide', '--', 'cat');
    const window = await openWindow();
    window.type('hf attach wide\r');
    await until('the viewer', async () => (await viewers('wide')) === 1);
    window.resize(90, 28);
    await until('the new size', async () => {
      const snapshot = await holdfast.json<{ size: unknown }>(['snapshot', 'wide']);
      return JSON.stringify(snapshot.size) === '{"cols":90,"rows":28}';
    });
    window.type(DETACH);
    await window.shows(/^outer>/);
  });

  test('with --smallest fits into every window, and tells who leaves that it was shown in another size', async () => {
    await holdfast.create('fitting', '--', 'cat');
    const isSized = (cols: number, rows: number): Promise<unknown> =>
      until(`${cols}x${rows}`, async () => {
        const { size } = await holdfast.json<{ size: unknown }>(['snapshot', 'fitting']);
        return JSON.stringify(size) === JSON.stringify({ cols, rows });
      });
    const large = await openWindow({ cols: 100, rows: 30 });
    large.type('hf attach fitting --smallest\r');
    await isSized(100, 30);
    const small = await openWindow({ cols: 80, rows: 20 });
    small.type('hf attach fitting\r');
    await until('the second viewer', async () => (await viewers('fitting')) === 2);
    large.type('typed in the large one\r');
    await small.shows(/^typed in the large one$/);
    await isSized(80, 20);
    large.type(DETACH);
    await large.shows(/^the session has another viewer's size, 80x20; this terminal has 100x30$/);
    small.type(DETACH);
    await small.shows(/^outer>/);
    assert.equal(small.screen().join('\n').includes('another viewer'), false);
  });

  test('tells the name that the session has by then', async () => {
    await holdfast.create('formerly', ...GREETER);
    const window = await openWindow();
    window.type('hf attach formerly\r');
    await window.shows(/^greetings$/);
    await holdfast.json(['rename', 'formerly', 'lately']);
    window.type(DETACH);
    await window.shows(/^detached from lately$/);
  });

  test('read-only lets no key through, and still detaches', async () => {
    await holdfast.create('watched', ...GREETER);
    const window = await openWindow();
    window.type('hf attach watched --read-only; echo status=$?\r');
    await window.shows(/^greetings$/);
    window.type('typed\r');
    await holdfast.json(['type', 'watched', 'from outside', '--enter']);
    await until('the echo', () => window.screen().filter((row) => row === 'from outside').length === 2);
    assert.equal(window.screen().includes('typed'), false);
    window.type(DETACH);
    await window.shows(/^status=0$/);
  });

  test('is ended by detach from elsewhere, and by whoever takes over', async () => {
    await holdfast.create('shared', ...GREETER);
    const first = await openWindow();
    first.type('hf attach shared; echo status=$?\r');
    await first.shows(/^greetings$/);
    const second = await openWindow();
    second.type('hf attach shared --take-over; echo status=$?\r');
    await first.shows(/^status=0$/);
    await second.shows(/^greetings$/);
    assert.deepEqual(await holdfast.json(['detach', 'shared']), { detached: 1 });
    await second.shows(/^status=0$/);
  });

  test('is refused inside the session itself, and without a terminal', async () => {
    const session = await holdfast.create('nested', ...GREETER);
    const env = { HOLDFAST_SESSION: session.id, HOLDFAST_TERMINAL: session.terminals[0]?.id };
    await holdfast.refused(2, 'NESTED_SESSION', ['attach', 'nested'], { env });
    await holdfast.refused(2, 'NESTED_SESSION', ['attach', 'nested:main'], { env });
    await holdfast.refused(2, 'NESTED_SESSION', ['attach'], { env });
    const error = await holdfast.refused(2, 'INVALID_INPUT', ['attach', 'nested']);
    assert.match(error.suggestion, /snapshot/);
    await holdfast.refused(2, 'INVALID_INPUT', ['new', 'unseen', '-a', ...GREETER]);
    await holdfast.refused(5, 'SESSION_NOT_FOUND', ['show', 'unseen']);
    await holdfast.refused(2, 'INVALID_INPUT', ['attach', 'nested', '--detach-key', 'x']);
  });
});

describe('the size of the terminal', { skip: process.platform === 'win32' }, () => {
  for (const [given, used] of [
    ['cols 0 rows 0', { cols: 80, rows: 24 }],
    ['cols 1 rows 1', { cols: 2, rows: 1 }],
    ['cols 3000 rows 1500', { cols: 2000, rows: 1000 }],
  ] as const) {
    test(`attach takes ${used.cols}x${used.rows} where stty says ${given}`, async () => {
      const name = `sized-${used.cols}`;
      await holdfast.create(name, '--', 'cat');
      const window = await openWindow();
      window.type(`stty ${given}; hf attach ${name}\r`);
      await until(
        'the viewer',
        async () => (await viewers(name)) === 1,
        () => window.raw,
      );
      const { size } = await holdfast.json<{ size: unknown }>(['snapshot', name]);
      assert.deepEqual(size, used);
    });
  }
});

describe('the detach key', () => {
  test('pressed once reaches the program after a moment', async () => {
    await holdfast.create(
      'once',
      '--',
      'sh',
      '-c',
      'trap "echo got-quit" QUIT; echo ready; while :; do read x; done',
    );
    const window = await openWindow();
    window.type('hf attach once\r');
    await window.shows(/^ready$/);
    window.type('\x1c');
    await window.shows(/got-quit/);
    assert.equal(await viewers('once'), 1);
    window.type(DETACH);
    await window.shows(/^outer>/);
  });

  test('twice in a paste is text', async () => {
    await holdfast.create(
      'pasted',
      '--',
      'sh',
      '-c',
      'stty raw -echo; printf "\\033[?2004hready"; exec cat -v',
    );
    const window = await openWindow();
    window.type('hf attach pasted\r');
    await window.shows(/^ready/);
    window.type(`\x1b[200~a${DETACH}b\x1b[201~`);
    await window.shows(/a\^\\\^\\b/);
    assert.equal(await viewers('pasted'), 1);
    window.type(DETACH);
    await window.shows(/^outer>/);
    assert.equal(window.emulator.modes.bracketedPasteMode, false);
  });

  test('is recognised as the program has asked for it', async () => {
    await holdfast.create('kitty', '--', 'sh', '-c', 'printf "\\033[>1uready"; exec cat');
    const window = await openWindow();
    window.type('hf attach kitty; echo status=$?\r');
    await window.shows(/^ready/);
    window.type('\x1b[92;5u\x1b[92;5u');
    await window.shows(/^status=0$/);
    assert.ok(window.raw.includes('\x1b[<1u'), 'the flags are popped');
  });

  test('can be another one, or none', async () => {
    await holdfast.create('other-key', ...GREETER);
    const window = await openWindow();
    window.type('hf attach other-key --detach-key Ctrl-A; echo status=$?\r');
    await window.shows(/^greetings$/);
    window.type('\x01\x01');
    await window.shows(/^status=0$/);
  });
});

describe('a session is not shown inside itself', { skip: process.platform === 'win32' }, () => {
  /** A session with a shell whose variables no longer tell where it runs. */
  const shellIn = async (name: string): Promise<void> => {
    await holdfast.create(
      name,
      '--env',
      'PS1=inner> ',
      '--',
      'env',
      '-u',
      'HOLDFAST_SESSION',
      '-u',
      'HOLDFAST_TERMINAL',
      'sh',
    );
  };
  const attachFrom = async (name: string, line: string): Promise<void> => {
    const words = `'${process.execPath}' '${CLI}' attach ${line}; echo status=$?`;
    await holdfast.json(['type', name, words, '--enter']);
  };
  const isRefusedIn = (name: string): Promise<void> =>
    until(
      `the refusal in ${name}`,
      async () => /^status=2$/m.test(await holdfast.text(['snapshot', name, '--scrollback', '50'])),
      () => holdfast.text(['snapshot', name]),
    );

  for (const option of ['', ' --read-only']) {
    test(`attach${option} in its own terminal`, async () => {
      const name = `ring-1${option.trim()}`;
      await shellIn(name);
      await attachFrom(name, name + option);
      await isRefusedIn(name);
      assert.match(await holdfast.text(['snapshot', name]), /inside the session it would show/);
      assert.equal(await viewers(name), 0);
    });

    test(`attach${option} to one that shows it, even after another daemon has come`, async () => {
      const [outer, inner] = [`outer${option.trim()}`, `inner${option.trim()}`];
      await shellIn(outer);
      await shellIn(inner);
      await attachFrom(outer, inner + option);
      await until('the viewer', async () => (await viewers(inner)) === 1);
      await attachFrom(inner, outer + option);
      await isRefusedIn(inner);
      await holdfast.json(['daemon', 'restart']);
      await attachFrom(inner, `${outer}${option}; echo again`);
      await until('the second refusal', async () =>
        /^again$/m.test(await holdfast.text(['snapshot', inner, '--scrollback', '50'])),
      );
      assert.equal(await viewers(outer), 0);
      assert.equal(await viewers(inner), 1);
    });
  }

  test('attach goes on to work in a chain', async () => {
    await shellIn('chain-1');
    await shellIn('chain-2');
    await attachFrom('chain-1', 'chain-2');
    await until('the viewer', async () => (await viewers('chain-2')) === 1);
    await attachFrom('chain-2', 'echo');
    await until('the second viewer', async () => (await viewers('echo')) === 1);
  });
});

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
    assert.equal(await viewers(name), 1);
    await until(
      "the session's title",
      () => window.title === 'inner title',
      () => window.title,
    );
  };

  test('after detaching from a full-screen program', async () => {
    await holdfast.create('full-detach', '--', 'sh', '-c', FULL_SCREEN);
    const window = await openWindow();
    await around(window, 'hf attach full-detach', async () => {
      await attached('full-detach', window);
      window.type(DETACH);
    });
    await window.shows(/^below$/);
    await window.shows(/^status=0$/);
  });

  test('after a program that ended without tidying up', async () => {
    await holdfast.create('full-end', '--', 'sh', '-c', FULL_SCREEN);
    const window = await openWindow();
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
      const window = await openWindow();
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
    const window = await openWindow();
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
    const window = await openWindow();
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
    const window = await openWindow();
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
    const window = await openWindow();
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
    const window = await openWindow();
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
