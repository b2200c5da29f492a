import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { Holdfast } from '../cli/support/holdfast';
import { outerWindow } from '../cli/support/outerWindow';
import type { TerminalWindow } from '../cli/support/terminalWindow';
import { until } from '../cli/support/until';
import { assertEachOnce, isComplete, rgbReply } from '../support/answers';

const PROBE = path.join(__dirname, 'answersProbe.mjs');
const ASK = '\x01';
const REPORT = '\x02';
const SHIFT_F3 = '\x1b[1;2R';

/** The colours of the windows below: no default of anybody's. */
const THEME = { foreground: '#a1b2c3', background: '#010203', cursor: '#ff8040', red: '#d01020' };

const holdfast = new Holdfast();
const report = path.join(holdfast.folder, 'report');
const windows: TerminalWindow[] = [];

/** A window like a real one: it answers what its emulator does not, too. */
const openWindow = async (): Promise<TerminalWindow> => {
  const window = outerWindow(holdfast);
  windows.push(window);
  const { emulator } = window;
  const colors = { 10: THEME.foreground, 11: THEME.background, 12: THEME.cursor };
  for (const [code, color] of Object.entries(colors)) {
    emulator.parser.registerOscHandler(Number(code), (data) => {
      window.type(data === '?' ? `\x1b]${code};${rgbReply(color)}\x1b\\` : '');
      return true;
    });
  }
  emulator.parser.registerOscHandler(4, (data) => {
    const [index, value] = data.split(';');
    const color = index === '1' ? THEME.red : '#000000';
    window.type(value === '?' ? `\x1b]4;${index};${rgbReply(color)}\x1b\\` : '');
    return true;
  });
  for (const [id, answer] of [
    [{ prefix: '>', final: 'q' }, '\x1bP>|window\x1b\\'],
    [{ prefix: '?', final: 'u' }, '\x1b[?31u'],
    [{ prefix: '=', final: 'c' }, '\x1bP!|77777777\x1b\\'],
  ] as const) {
    emulator.parser.registerCsiHandler(id, () => {
      window.type(answer);
      return true;
    });
  }
  emulator.parser.registerCsiHandler({ final: 't' }, ([operation]) => {
    // A title that is put aside or brought back is no question.
    window.type(operation === 22 || operation === 23 ? '' : '\x1b[4;1;1t');
    return true;
  });
  await window.shows(/^outer>/);
  return window;
};

const attach = async (name: string): Promise<TerminalWindow> => {
  const window = await openWindow();
  window.type(`hf attach ${name}\r`);
  await window.shows(/^ready$/);
  return window;
};

const type = (name: string, text: string): Promise<string> => holdfast.text(['type', name, text]);

/** What the program was told since the last report; asked for through a window, behind all that it has sent. */
const told = async (name: string, through?: TerminalWindow): Promise<string> => {
  rmSync(report, { force: true });
  if (through === undefined) {
    await type(name, REPORT);
  } else {
    through.type(REPORT);
  }
  await until('the report', () => existsSync(report));
  return readFileSync(report, 'latin1');
};

/** Every answer to what was asked, and whatever came in their wake: the mirror may see the questions after the viewers. */
const allAnswers = async (name: string, through?: TerminalWindow): Promise<string> => {
  let answers = '';
  await until('every answer', async () => {
    answers += await told(name, through);
    return isComplete(answers);
  });
  return answers + (await told(name, through));
};

const screenShows = (name: string, text: string): Promise<void> =>
  until(`${name} to show ${text}`, async () => (await holdfast.text(['snapshot', name])).includes(text));

const start = async (name: string): Promise<void> => {
  await holdfast.create(name, '--', process.execPath, PROBE, report);
  await screenShows(name, 'ready');
};

describe('each question of a program is answered once', () => {
  before(async () => {
    // With a theme known, colours do not depend on the order of the tests.
    await start('theme');
    await attach('theme');
    await until('the colours to be told', async () => {
      await type('theme', ASK);
      return (await told('theme')).includes(rgbReply(THEME.background));
    });
  });
  afterEach(async () => {
    for (const window of windows.splice(0)) {
      await window.dispose();
    }
  });
  after(() => holdfast.dispose());

  test('with no viewer, and with the colours last known', async () => {
    await start('alone');
    await type('alone', ASK);
    await screenShows('alone', 'asked');
    const answers = await allAnswers('alone');
    assertEachOnce(answers);
    for (const color of [THEME.foreground, THEME.background, THEME.cursor, THEME.red]) {
      assert.ok(answers.includes(rgbReply(color)), color);
    }
  });

  for (const count of [1, 3]) {
    test(`with ${count} attached before the question`, async () => {
      const name = `before-${count}`;
      await start(name);
      const viewers: TerminalWindow[] = [];
      for (let index = 0; index < count; index++) {
        viewers.push(await attach(name));
      }
      await type(name, ASK);
      let answers = '';
      for (const viewer of viewers) {
        // Whatever this window's emulator would have answered stands in front of its report.
        await viewer.shows(/^asked$/);
        answers += answers === '' ? await allAnswers(name, viewer) : await told(name, viewer);
      }
      assertEachOnce(answers);
    });

    test(`with ${count} attached after the question`, async () => {
      const name = `after-${count}`;
      await start(name);
      await type(name, ASK);
      await screenShows(name, 'asked');
      let answers = '';
      for (let index = 0; index < count; index++) {
        const viewer = await attach(name);
        await viewer.shows(/^asked$/);
        answers += answers === '' ? await allAnswers(name, viewer) : await told(name, viewer);
      }
      assertEachOnce(answers);
    });
  }

  test('and keys that look like an answer arrive', async () => {
    await start('keys');
    const viewer = await attach('keys');
    // Its own answers are on their way until it has told its colours.
    await type('keys', ASK);
    await viewer.shows(/^asked$/);
    await allAnswers('keys', viewer);
    viewer.type(`${SHIFT_F3}x`);
    assert.equal(await told('keys', viewer), `${SHIFT_F3}x`);
  });
});
