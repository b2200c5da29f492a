import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { TerminalWindow } from '../cli/support/terminalWindow';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { assertEachOnce, isComplete, rgbReply } from '../support/answers';
import { Journey } from './journey';

const ASK = '\x01';
const REPORT = '\x02';
const SHIFT_F3 = '\x1b[1;2R';
const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};

/** Colours of the theme that VS Code shows, by what a program asks for. */
const ASKED = {
  '10': '--vscode-terminal-foreground',
  '11': '--vscode-terminal-background',
  '4;1': '--vscode-terminal-ansiRed',
};

describe('a program in a terminal of the workbench that asks its terminal', SKIP, () => {
  let journey: Journey;
  let window: Workbench;
  let outside: TerminalWindow | undefined;
  const report = (): string => join(journey.project, 'report');

  before(async () => {
    journey = await Journey.begin({
      // The terminal's own, which no colour of another part stands in for.
      'workbench.colorCustomizations': { 'terminal.background': '#102030' },
      // VS Code keeps Shift+F3, which looks like the answer to CPR, for itself unless told otherwise.
      'terminal.integrated.commandsToSkipShell': ['-workbench.action.terminal.findPrevious'],
    });
    copyFileSync(join(__dirname, '../integration/answersProbe.mjs'), join(journey.project, 'probe.mjs'));
    window = await journey.openEditor();
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
    await window.type(`exec '${process.execPath}' probe.mjs report\r`);
    await window.terminalShows(/^ready$/);
  });
  after(async () => {
    await outside?.dispose();
    await journey.dispose();
  });

  /** What the program was told since the last report; asked for through a viewer, behind all that this one has sent. */
  const told = async (type: (text: string) => unknown): Promise<string> => {
    rmSync(report(), { force: true });
    await type(REPORT);
    await poll(() => existsSync(report()), { what: 'the report', state: () => window.described() });
    return readFileSync(report(), 'latin1');
  };

  /**
   * Makes the program ask. @returns what it was told by the mirror, and by VS Code, which has seen by then what stands
   * behind the questions.
   */
  const ask = async (): Promise<string> => {
    const before = await timesAsked();
    await window.type(ASK);
    await poll(async () => (await timesAsked()) > before, { what: 'asked', state: () => window.described() });
    let answers = '';
    await poll(
      async () => {
        answers += await told((text) => window.type(text));
        return isComplete(answers);
      },
      { what: 'all answers', state: () => answers },
    );
    return answers;
  };

  const timesAsked = async (): Promise<number> =>
    (await window.terminalRows()).filter((row) => row === 'asked').length;

  /** The colours that VS Code's own style sheet gives its terminals, as they are told. */
  const themeColors = async (): Promise<readonly string[]> => {
    const found = await window.page.evaluate(
      `Object.entries(${JSON.stringify(ASKED)}).map(([code, name]) =>
        [code, getComputedStyle(document.querySelector('.monaco-workbench')).getPropertyValue(name).trim()])`,
    );
    return (found as [string, string][]).map(([code, color]) => `\x1b]${code};${rgbReply(color)}`);
  };

  /** A person's terminal elsewhere, which answers what it is asked. */
  const attachOutside = async (): Promise<TerminalWindow> => {
    const viewer = new TerminalWindow({ cwd: journey.project, env: environment(), cols: 100, rows: 30 });
    outside = viewer;
    await viewer.shows(/^outer>/);
    viewer.type(`'${process.execPath}' '${join(__dirname, '../../dist/cli.js')}' attach project\r`);
    await viewer.shows(/^ready$/);
    return viewer;
  };

  const environment = (): Record<string, string> =>
    Object.fromEntries(
      Object.entries(journey.environment).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );

  /** Waits until programs are told the colours of the theme. */
  const hasColors = async (): Promise<readonly string[]> => {
    const colors = await themeColors();
    let answers = '';
    await poll(
      async () => {
        answers = await ask();
        return colors.every((color) => answers.includes(color));
      },
      { what: 'the colours of the theme to be known', state: () => ({ colors, answers }) },
    );
    return colors;
  };

  it('is told each answer once, with the colours of the theme, also when the theme changes', async () => {
    const dark = await hasColors();
    assertEachOnce(await ask());
    await window.run('Preferences: Toggle between Light/Dark Themes');
    await poll(async () => (await themeColors()).join() !== dark.join(), { what: 'another theme' });
    await hasColors();
    assertEachOnce(await ask());
  });

  it('is told each answer once with a command line viewer beside it, and every key', async () => {
    const viewer = await attachOutside();
    const first = await ask();
    await viewer.shows(/^asked$/);
    assertEachOnce(first + (await told((text) => viewer.type(text))));
    // By its name: another terminal of the window that is just being made may be active beside it.
    await window.page.locator('.xterm-helper-textarea[aria-label*="project"]').focus();
    await window.page.keyboard.press('Shift+F3');
    assert.equal(await told((text) => window.type(text)), SHIFT_F3);
    viewer.type(SHIFT_F3);
    assert.equal(await told((text) => viewer.type(text)), SHIFT_F3);
  });
});
