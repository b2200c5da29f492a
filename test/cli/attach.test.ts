import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { Holdfast } from './support/holdfast';
import type { TerminalWindow } from './support/terminalWindow';
import { until } from './support/until';
import { DETACH, GREETER, Windows } from './support/windows';

const holdfast = new Holdfast();
const windows = new Windows(holdfast);

afterEach(() => windows.close());
after(() => holdfast.dispose());

describe('attach', () => {
  test('shows the session, types into it and detaches by Ctrl-\\ twice with status 0', async () => {
    await holdfast.create('echo', ...GREETER);
    const window = await windows.open();
    window.type('hf attach echo; echo status=$?\r');
    await window.shows(/^greetings$/);
    assert.equal(window.screen()[0], 'greetings');
    window.type('hello\r');
    await until('the echo', () => window.screen().filter((row) => row === 'hello').length === 2);
    window.type(DETACH);
    await window.shows(/^status=0$/);
    assert.equal(await holdfast.viewers('echo'), 0);
  });

  test('leaves what stood on the outer screen in the outer scrollback, and writes no banner', async () => {
    await holdfast.create('plain', ...GREETER);
    const window = await windows.open();
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
    const window = await windows.open();
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
    const window = await windows.open();
    await holdfast.create('seven', '--', 'sh', '-c', 'read line; exit 7');
    window.type('hf attach seven; echo status=$?\r');
    await until('the viewer', async () => (await holdfast.viewers('seven')) === 1);
    window.type('\r');
    await window.shows(/^status=7$/);
    await holdfast.create('shot', '--', 'sh', '-c', 'read line; kill -9 $$');
    window.type('hf attach shot; echo status=$?\r');
    await until('the viewer', async () => (await holdfast.viewers('shot')) === 1);
    window.type('\r');
    await window.shows(/^status=137$/);
    window.type('hf attach seven; echo again=$?\r');
    await window.shows(/^again=7$/);
  });

  test('leaves the last screen of a program that had ended full-screen in the window, as text', async () => {
    const drawing = "printf 'under it\\r\\n\\033[?1049h\\033[2;3Hthe last \\033[31mwords\\033[m'; exec cat";
    await holdfast.create('full', '--', 'sh', '-c', drawing);
    await until('it to have drawn', async () =>
      (await holdfast.text(['snapshot', 'full'])).includes('the last words'),
    );
    await holdfast.json(['kill', 'full']);
    const window = await windows.open();
    window.type('hf attach full; echo status=$?\r');
    await window.shows(/^status=\d+$/);
    const shown = window.screen();
    const at = shown.indexOf('  the last words');
    assert.match(shown[at + 1] ?? '', /^this is the last screen of full;/, shown.join('\n'));
  });

  test('works from the start with new -a, in the size of the window', async () => {
    const window = await windows.open({ cols: 100, rows: 30 });
    window.type('hf new sized -a -- sh -c "stty size; read line"; echo status=$?\r');
    await window.shows(/^30 100$/);
    window.type('\r');
    await window.shows(/^status=0$/);
  });

  test('follows the window when its size changes', async () => {
    await holdfast.create('wide', '--', 'cat');
    const window = await windows.open();
    window.type('hf attach wide\r');
    await until('the viewer', async () => (await holdfast.viewers('wide')) === 1);
    window.resize(90, 28);
    await until('the new size', async () => {
      const snapshot = await holdfast.json<{ size: unknown }>(['snapshot', 'wide']);
      return JSON.stringify(snapshot.size) === '{"cols":90,"rows":28}';
    });
    window.type(DETACH);
    await window.shows(/^outer>/);
  });

  test('shows the screen of the session after the window was resized, and keeps what stands above it', async () => {
    await holdfast.create('resized', '--env', 'PS1=inner> ', '--', 'bash', '--norc', '--noprofile');
    const window = await windows.open({ cols: 80, rows: 12 });
    window.type('seq 1 40\r');
    await window.shows(/^40$/);
    window.type('hf attach resized\r');
    await window.shows(/^inner>/);
    window.type(`seq 1001 1014; echo ${'long'.repeat(15)}\r`);
    await window.shows(/^1014$/);
    const follows = async (cols: number, rows: number): Promise<void> => {
      window.resize(cols, rows);
      let told: { readonly lines: readonly string[]; readonly cursor: { row: number; col: number } };
      const shown = (): unknown => {
        const { cursorX, cursorY } = window.emulator.buffer.active;
        return [window.screen().map((row) => row.trimEnd()), cursorY, cursorX];
      };
      await until(
        `the session's screen in ${cols}x${rows}`,
        async () => {
          told = await holdfast.json(['snapshot', 'resized']);
          return (
            told.lines.length === rows &&
            JSON.stringify([told.lines, told.cursor.row, told.cursor.col]) === JSON.stringify(shown())
          );
        },
        () => [told, shown()],
      );
    };
    await follows(80, 30);
    await follows(40, 24);
    await follows(20, 6);
    await follows(100, 12);
    window.type('seq 2001 2060\r');
    await window.shows(/^2060$/);
    await follows(100, 40);
    const all = window.everything();
    const times = (text: string): number => all.filter((row) => row === text).length;
    for (let line = 1; line <= 40; line++) {
      assert.ok(times(String(line)) > 0, `what the shell had printed outside: ${line}`);
    }
    for (let line = 2001; line <= 2060; line++) {
      assert.equal(times(String(line)), 1, `what the session has printed, once: ${line}`);
    }
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
    const large = await windows.open({ cols: 100, rows: 30 });
    large.type('hf attach fitting --smallest\r');
    await isSized(100, 30);
    const small = await windows.open({ cols: 80, rows: 20 });
    small.type('hf attach fitting\r');
    await until('the second viewer', async () => (await holdfast.viewers('fitting')) === 2);
    large.type('typed in the large one\r');
    await small.shows(/^typed in the large one$/);
    await isSized(80, 20);
    large.type(DETACH);
    await large.shows(/^the session has another viewer's size, 80x20; this terminal has 100x30$/);
    small.type(DETACH);
    await small.shows(/^outer>/);
    assert.equal(small.screen().join('\n').includes('another viewer'), false);
  });

  test('shows what a fresh viewer does once the session has its size again', async () => {
    await holdfast.create('returning', ...GREETER);
    const first = await windows.open({ cols: 100, rows: 30 });
    first.type('hf attach returning\r');
    await first.shows(/^greetings$/);
    first.type(`${'abcdefghij'.repeat(17)}\r`);
    const small = await windows.open({ cols: 60, rows: 20 });
    small.type('hf attach returning\r');
    await small.shows(/^greetings$/);
    // On its last row: there the other one, which is larger, has not come to its own.
    small.type(`1\r2\r3\r\x1b[20;1Hbottom\r${'0123456789'.repeat(9)}\rseen\r`);
    await until(
      'the first one to see it too',
      () => first.screen().filter((row) => row === 'seen').length === 2,
      () => first.screen(),
    );
    small.type(DETACH);
    await small.shows(/^detached from returning$/);
    const fresh = await windows.open({ cols: 100, rows: 30 });
    fresh.type('hf attach returning --read-only\r');
    await fresh.shows(/^seen$/);
    const shown = (window: TerminalWindow): unknown => {
      const { cursorX, cursorY } = window.emulator.buffer.active;
      return [window.screen(), cursorX, cursorY];
    };
    await until(
      'both to show the same',
      () => JSON.stringify(shown(first)) === JSON.stringify(shown(fresh)),
      () => [shown(first), shown(fresh)],
    );
    assert.equal(first.everything().filter((row) => row === 'greetings').length, 1, 'no row doubled');
    first.type(DETACH);
    fresh.type(DETACH);
    await first.shows(/^outer>/);
  });

  test('tells the name that the session has by then', async () => {
    await holdfast.create('formerly', ...GREETER);
    const window = await windows.open();
    window.type('hf attach formerly\r');
    await window.shows(/^greetings$/);
    await holdfast.json(['rename', 'formerly', 'lately']);
    window.type(DETACH);
    await window.shows(/^detached from lately$/);
  });

  test('read-only lets no key through, and still detaches', async () => {
    await holdfast.create('watched', ...GREETER);
    const window = await windows.open();
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
    const first = await windows.open();
    first.type('hf attach shared; echo status=$?\r');
    await first.shows(/^greetings$/);
    const second = await windows.open();
    second.type('hf attach shared --take-over; echo status=$?\r');
    await first.shows(/^status=0$/);
    await first.shows(/^detached from shared: taken over$/);
    await second.shows(/^greetings$/);
    assert.deepEqual(await holdfast.json(['detach', 'shared']), { detached: 1 });
    await second.shows(/^status=0$/);
    await second.shows(/^detached from shared: asked for elsewhere$/);
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
      const window = await windows.open();
      window.type(`stty ${given}; hf attach ${name}\r`);
      await until(
        'the viewer',
        async () => (await holdfast.viewers(name)) === 1,
        () => window.raw,
      );
      const { size } = await holdfast.json<{ size: unknown }>(['snapshot', name]);
      assert.deepEqual(size, used);
    });
  }
});
