import assert from 'node:assert/strict';
import { after, afterEach, describe, test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { Holdfast } from './support/holdfast';
import type { TerminalWindow } from './support/terminalWindow';
import { until } from './support/until';
import { DETACH, Windows } from './support/windows';

const holdfast = new Holdfast();
const windows = new Windows(holdfast);

afterEach(() => windows.close());
after(() => holdfast.dispose());

/** Far more than a viewer may be behind: an emulator in this busy process is. */
const FLOOD_LINES = 3_000_000;

/** So many that they are still coming when the screen is drawn anew, and no more than a viewer may be behind. */
const RESIZED_LINES = 100_000;

/** The numbers in a window's scrollback and screen, each a row of its own. */
const numbers = (window: TerminalWindow): number[] =>
  window
    .everything()
    .filter((row) => /^\d+$/.test(row))
    .map(Number);

const gaps = (found: readonly number[]): number[] =>
  found.filter((number, index) => index > 0 && number !== (found[index - 1] ?? 0) + 1);

/** A shell in a session, shown in a window. */
const shown = async (name: string): Promise<TerminalWindow> => {
  await holdfast.create(name, '--', 'sh', '-c', 'PS1="inner> " exec sh');
  const window = await windows.open();
  window.type(`hf attach ${name}\r`);
  await window.shows(/^inner> ?$/);
  return window;
};

describe('above the screen of a session', () => {
  test('there is no hole once a flood has ended that the window did not keep up with', async () => {
    const window = await shown('flooded');
    window.type(`seq 1 ${FLOOD_LINES}; echo the-"end"\r`);
    // Cheap to look for: reading all rows again and again would make this window a slow one.
    await window.showsAtLast(/^the-end$/);
    await until(
      'the end of the flood without a hole above it',
      () => numbers(window).at(-1) === FLOOD_LINES && gaps(numbers(window)).length === 0,
      () => ({ screen: window.screen().slice(-3), behind: gaps(numbers(window)) }),
    );
    assert.ok(window.raw.length < FLOOD_LINES * 7, 'it did keep up: nothing is shown by this');
    assert.ok(numbers(window).length > 4900, 'the scrollback is full');
    window.type(DETACH);
    await window.shows(/^outer> ?$/);
  });

  test('is nothing that the program has cleared meanwhile', async () => {
    const window = await shown('cleared');
    window.type(`seq 1 ${FLOOD_LINES}; printf '\\033c'; echo the-"end"\r`);
    await window.showsAtLast(/^the-end$/);
    await until(
      'an empty scrollback',
      () => numbers(window).length === 0,
      () => numbers(window).length,
    );
    window.type(DETACH);
    await window.shows(/^outer> ?$/);
  });

  for (const [what, cols, rows] of [
    ['wider', 100, 24],
    ['narrower', 60, 24],
    ['higher', 80, 31],
    ['lower', 80, 17],
  ] as const) {
    test(`there is no hole, and no line twice, when the window becomes ${what} in a flood`, async () => {
      const name = `resized-${cols}x${rows}`;
      const window = await shown(name);
      window.type(`seq 1 ${RESIZED_LINES}; echo the-"end"\r`);
      // At once: it takes a tenth of a second.
      for (const deadline = Date.now() + 15_000; window.raw.length < 20_000; await turnOfTheLoop()) {
        assert.ok(Date.now() < deadline, 'no flood');
      }
      window.resize(cols, rows);
      await window.showsAtLast(/^the-end$/);
      await until(
        'each line once',
        () => numbers(window).at(-1) === RESIZED_LINES && gaps(numbers(window)).length === 0,
        () => ({ screen: window.screen().slice(-3), behind: gaps(numbers(window)) }),
      );
      assert.ok(numbers(window).length > 4900, `the scrollback is full: ${numbers(window).length}`);
      window.type(DETACH);
      await window.shows(/^outer> ?$/);
    });
  }

  for (const [what, cols, rows, length] of [
    ['narrower', 60, 15, 70],
    ['much narrower', 20, 60, 70],
    ['wider', 120, 40, 90],
  ] as const) {
    test(`each line stands once when a ${what} window has passed while the program wrote`, async () => {
      const name = `passed-${cols}`;
      const script =
        'stty -echo; echo ready; while read from to width; do for i in $(seq $from $to); do printf "\\nL%d-%0*d-" $i $width 0; done; done';
      await holdfast.create(name, '--', 'sh', '-c', script);
      const window = await windows.open();
      window.type(`hf attach ${name}\r`);
      await window.shows(/^ready$/);
      const labels = (): number[] =>
        window
          .everything()
          .join('')
          .match(/L\d+-/g)
          ?.map((label) => Number(label.slice(1, -1))) ?? [];
      window.type('100 199 1\r');
      await window.shows(/^L199-/);
      const other = await windows.open({ cols, rows });
      other.type(`hf attach ${name}\r`);
      await other.shows(/L199-/);
      other.type(`200 204 ${length}\r`);
      await other.shows(/L204-/);
      other.type(DETACH);
      await other.shows(/^outer> ?$/);
      const inForce = async (): Promise<unknown> =>
        (await holdfast.json<{ session: { terminals: readonly unknown[] } }>(['show', name])).session
          .terminals[0];
      await until('its size again', async () =>
        JSON.stringify(await inForce()).includes('"cols":80,"rows":24'),
      );
      await until(
        'each line once',
        () => labels().length === 105 && gaps(labels()).length === 0,
        () => labels().join(' '),
      );
      window.type(DETACH);
      await window.shows(/^outer> ?$/);
    });
  }

  test('stands what stood there when a window of another size has passed and nothing was written', async () => {
    const window = await shown('quiet');
    const other = await windows.open({ cols: 40, rows: 10 });
    window.raw = '';
    other.type('hf attach quiet\r');
    await other.shows(/^inner> ?$/);
    other.type(DETACH);
    await other.shows(/^outer> ?$/);
    window.type('echo drawn-$((40+2))\r');
    await window.shows(/^drawn-42$/);
    await until(
      'the screen to be drawn anew',
      () => window.raw.includes('\x1b[H\x1b[J'),
      () => window.raw,
    );
    assert.ok(!window.raw.includes('\x1b[3J'), 'it was emptied');
    assert.ok(
      window.everything().some((row) => row.includes('hf attach quiet')),
      window.everything().join('\n'),
    );
    window.type(DETACH);
    await window.shows(/^outer> ?$/);
  });
});

describe('a window whose modes nobody has undone', () => {
  /** What a full-screen program and a killed view of it leave behind. */
  const LEFT =
    '\\033[?1049h\\033[?1;6;45h\\033=\\033[?1002;1006;1004;2004h\\033[?25l\\033[3;9r\\033[?7l\\033[4;20h\\033[3g\\033(0\\033[5 q\\033]8;;http://left.example\\033\\\\';

  test('shows the session as any other does', async () => {
    await holdfast.create('shown', '--', 'sh', '-c', 'printf "one\\ttwo\\r\\nthree\\r\\n"; exec cat');
    const clean = await windows.open();
    clean.type('hf attach shown\r');
    await clean.shows(/^three$/);
    const window = await windows.open();
    window.type(`printf '${LEFT}'; hf attach shown\r`);
    await window.shows(/^three$/);
    assert.deepEqual(window.screen(), clean.screen());
    assert.equal(window.emulator.buffer.active.type, 'normal');
    assert.deepEqual({ ...window.emulator.modes }, { ...clean.emulator.modes });
    window.type('\tfour\r');
    await window.shows(/^ {8}four$/);
    window.type(DETACH);
    await window.shows(/^outer> ?$/);
  });

  test('also where attach itself was killed', async () => {
    const script =
      'printf "\\033[?1049h\\033[?1002;1006h\\033[?25l\\033[3;9rfull"; read line; printf "\\033[r\\033[?25h\\033[?1002;1006l\\033[?1049lafter-it"; exec cat';
    await holdfast.create('killed', '--', 'sh', '-c', script);
    const window = await windows.open();
    window.type('hf attach killed\r');
    await window.shows(/full/);
    const { viewerList } = (
      await holdfast.json<{ session: { viewerList: readonly { pid: number }[] } }>(['show', 'killed'])
    ).session;
    process.kill(viewerList[0]?.pid ?? 0, 'SIGKILL');
    await until('nobody looks', async () => (await holdfast.viewers('killed')) === 0);
    await holdfast.json(['type', 'killed', '', '--enter']);
    // The terminal is still raw.
    window.type('stty sane; hf attach killed\n');
    await window.shows(/after-it/);
    assert.equal(window.emulator.buffer.active.type, 'normal');
    assert.equal(window.emulator.modes.mouseTrackingMode, 'none');
    window.type(DETACH);
    await window.shows(/^outer> ?$/);
  });
});
