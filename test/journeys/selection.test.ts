import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { hoverOf } from '../editor/hovers';
import { poll } from '../editor/patience';
import { focusRow, SHOWN_MS, select, showByRow, until, untilGone } from '../editor/rows';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

/** What has the keyboard of a window. */
const ROWS = '.sidebar .monaco-list:focus';
const INPUT_BOX = '.quick-input-widget:visible input:focus';

describe('keys and clicks in the view', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    for (const name of ['alpha', 'beta', 'gamma', 'omega', 'sigma']) {
      await journey.holdfast('new', name, '--', 'true');
    }
    window = await journey.openEditor();
  });
  after(() => journey.dispose());

  const remaining = (names: string): Promise<boolean> =>
    poll(async () => (await journey.sessions()).map(({ name }) => name).join() === names, {
      what: `only ${names} to be left`,
      state: () => journey.sessions(),
    });
  const row = async (name: string): Promise<Locator> =>
    (await window.openSessionsView()).filter({ hasText: name });
  const focusedRow = (name: string): Locator =>
    window.page.locator('.sidebar .monaco-list-row.focused').filter({ hasText: name });
  const press = (key: string) => (): Promise<void> => window.page.keyboard.press(key);
  const goDown = (name: string): Promise<void> =>
    until(focusedRow(name), press('ArrowDown'), `${name} to have the focus`);
  /** A terminal's keyboard, as a screen reader has it called. */
  const inputOf = (name: string): Locator =>
    window.page.locator(`.xterm-helper-textarea[aria-label*="${name}"]:focus`);
  const focus = (selector: string): Promise<void> => window.page.locator(selector).waitFor();

  it('Delete removes the ended sessions that are selected, and no other', async () => {
    await (await row('alpha')).waitFor();
    await select(await row('beta'), await row('sigma'));
    await focus(ROWS);
    await window.page.keyboard.press('Delete');
    await remaining('alpha,gamma,omega');
    // The view hears of it later than the command line.
    for (const name of ['beta', 'sigma']) {
      await (await row(name)).waitFor({ state: 'detached' });
    }
  });

  it('Delete and F2 act on the row that the arrow keys have reached, not on the one that was clicked', async () => {
    await focusRow(await row('alpha'));
    await goDown('gamma');
    await window.page.keyboard.press('Delete');
    await remaining('alpha,omega');
    await (await row('gamma')).waitFor({ state: 'detached' });
    // The next row has got the focus.
    await focusedRow('omega').waitFor();
    await until(window.page.locator(INPUT_BOX), press('F2'), 'the name to be asked for');
    await window.answer('renamed');
    await remaining('alpha,renamed');
    await focus(ROWS);
    // The first takes the selection away, the second the focus.
    await press('Escape')();
    await untilGone(focusedRow(''), press('Escape'), 'no row to have the focus');
    await window.page.keyboard.press('Delete');
  });

  it('a click shows the session and leaves the keyboard in the view; Enter and a double click go there', async () => {
    for (const name of ['one', 'two']) {
      await journey.holdfast('new', name, '--', 'bash', '--norc');
    }
    await (await row('two')).waitFor();
    await showByRow(await row('one'));
    await window.terminalShows(/[$#]/);
    await focus(ROWS);
    await until(window.page.locator(INPUT_BOX), press('F2'), 'the name to be asked for');
    assert.equal(await window.page.locator(INPUT_BOX).inputValue(), 'one');
    await untilGone(window.page.locator(INPUT_BOX), press('Escape'), 'the question to be gone');
    await focus(ROWS);
    // The rows stand in the order of their names.
    await goDown('renamed');
    await goDown('two');
    await until(inputOf('two'), press('Enter'), 'its terminal to have the keyboard');
    await window.page.keyboard.type('echo reached=$((6*7))\n');
    await poll(async () => (await journey.snapshot('two')).lines.includes('reached=42'), {
      what: 'what is typed after Enter to reach the session of that row',
      state: () => journey.snapshot('two'),
    });
    const doubled = await row('one');
    await until(
      inputOf('one'),
      () => doubled.dblclick({ timeout: SHOWN_MS }),
      'its terminal to have the keyboard',
    );
  });

  it('what a hover tells of a program that changes its title all the time can be read', async () => {
    const loop = 'while :; do n=$((n+1)); printf "\\033]0;title %s\\007" "$n"; sleep 0.05; done';
    await journey.holdfast('new', 'spinner', '--', 'sh', '-c', loop);
    const hover = await hoverOf(await row('spinner'), 'title');
    const text = await hover.innerText();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(await hover.innerText({ timeout: 1000 }), text);
    await journey.holdfast('rm', 'spinner', '--force');
  });

  it('the button of a tab detaches; the first time only, the window says that the session keeps running', async () => {
    const closeTab = async (name: string): Promise<void> => {
      const tab = window.page.locator('.terminal-tabs-entry').filter({ hasText: name });
      const close = async (): Promise<void> => {
        await tab.hover({ timeout: SHOWN_MS });
        await tab.getByLabel(/^Kill/).click({ timeout: SHOWN_MS });
      };
      await until((await row(name)).filter({ hasText: 'detached' }), close, `${name} to be detached`);
    };
    const notifications = (): Promise<string[]> => window.notifications.texts();
    await closeTab('two');
    await poll(async () => (await notifications()).length > 0, { what: 'a message', state: notifications });
    await closeTab('one');
    assert.deepEqual(await notifications(), [
      'two keeps running. Find it in the Holdfast view, and attach it again from there.',
    ]);
    const left = (await journey.sessions()).map(({ name, state }) => `${name} ${state}`);
    assert.deepEqual(left, ['alpha exited', 'renamed exited', 'one running', 'two running']);
  });
});
