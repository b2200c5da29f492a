import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { accessibilityTree, focusedNode } from '../editor/accessibilityTree';
import { hoverOf } from '../editor/hovers';
import { poll } from '../editor/patience';
import { until, untilGone } from '../editor/rows';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';
import { inThemes } from './themes';

/** Colours of the theme, of the 256 and of its own, and a bar to see the pane's width by. */
const COLOURFUL =
  "for c in 1 2 3 4 5 6; do printf '\\033[3%dmcolour %d\\033[m  \\033[4%dm      \\033[m\\r\\n' $c $c $c; done; printf '\\033[1;38;5;208mbold orange\\033[m \\033[7minverse\\033[m\\r\\n'; n=0; while sleep 0.2; do n=$((n+1)); printf '\\rtick %d' $n; done";

/** More rows than an editor has room for, and one that changes all the time. */
const TALL =
  'for n in $(seq 1 58); do echo "row $n"; done; n=0; while sleep 0.2; do n=$((n+1)); printf "\\rtick %d" $n; done';

/** The button of a row that is drawn anew under the pointer goes. */
const CLICK_MS = 4000;

describe('a session without attaching to it', {
  skip: process.platform !== 'linux',
  timeout: 300_000,
}, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    window = await journey.openEditor();
  });
  after(() => journey?.dispose());

  const peeked = (): Promise<readonly string[]> => window.terminalRows();
  const tab = (name: string) => window.page.getByRole('tab', { name: new RegExp(name) });
  /** With a key that leads to its row, whatever has the focus now, and the space bar. */
  const peekByKeys = async (key: string, name: string): Promise<void> => {
    const focused = window.page.locator('.sidebar .monaco-list:focus .monaco-list-row.focused');
    const press = (pressed: string) => () => window.page.keyboard.press(pressed);
    await until(focused.filter({ hasText: name }), press(key), `the row of ${name} to have the focus`);
    await until(tab(`Peek: ${name}`), press('Space'), `the peek at ${name}`);
  };
  const closePeek = (name: string): Promise<void> =>
    untilGone(
      tab(`Peek: ${name}`),
      () => window.page.keyboard.press('Escape'),
      `the peek at ${name} to close`,
    );
  const status = () => window.page.locator('.statusbar-item[id="holdfast.holdfast.holdfast.sessions"]');

  it('is peeked at from its row, live and in every theme, by the mouse and the keyboard', async () => {
    const rows = await window.openSessionsView();
    assert.equal(await status().count(), 0);
    await journey.holdfast('new', 'colours', '--cols', '60', '--', 'bash', '--norc', '-c', COLOURFUL);
    await journey.holdfast('new', 'other', '--', 'bash', '--norc');
    await status().filter({ hasText: '2' }).waitFor();
    assert.equal(await status().locator('a').getAttribute('aria-label'), 'Holdfast, 2 sessions');

    const row = rows.filter({ hasText: 'colours' });
    const peek = async (): Promise<void> => {
      await window.page.mouse.move(700, 400);
      await row.hover();
      await row.getByRole('button', { name: 'Peek Screen' }).click({ timeout: CLICK_MS });
    };
    await until(tab('Peek: colours'), peek, 'the peek');
    await poll(async () => (await peeked()).some((line) => /^tick \d/.test(line)), {
      what: 'the peek to show the screen',
      state: peeked,
    });
    const ticks = (await peeked()).join();
    await poll(async () => (await peeked()).join() !== ticks, { what: 'the peek to go on', state: peeked });
    assert.match((await peeked()).at(-1) ?? '', /^ colours · 60×24 · Esc closes, Enter attaches/);
    const [before] = (await journey.sessions()).filter(({ name }) => name === 'colours');
    assert.equal(before?.viewers, 0);
    await inThemes(window, async (name) => {
      await window.page.mouse.move(700, 400);
      await window.screenshot(journey.artifact(`peek-${name}`));
      await hoverOf(row, 'bold orange inverse');
      await window.screenshot(journey.artifact(`tooltip-${name}`));
    });
    await tab('Peek: colours').click();
    await closePeek('colours');

    await window.run('Holdfast: Focus on Sessions View');
    await peekByKeys('Home', 'colours');
    await peekByKeys('ArrowDown', 'other');
    await closePeek('other');
    assert.ok((await journey.sessions()).every(({ viewers }) => viewers === 0));
  });

  it('is found by a click in the status bar, and chosen from there', async () => {
    const listed = window.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'colours' });
    await until(listed, () => status().click(), 'the sessions to be listed');
    await window.screenshot(journey.artifact('status-list'));
    await window.page.keyboard.press('Escape');
  });

  it('is removed once it has ended, and brought back by Undo', async () => {
    const rows = await window.openSessionsView();
    await journey.holdfast('new', 'over', '--', 'true');
    await rows.filter({ hasText: 'over' }).filter({ hasText: 'ended with code 0' }).waitFor();
    await window.run('Holdfast: Remove Ended');
    await rows.filter({ hasText: 'over' }).waitFor({ state: 'detached' });
    await window.notifications.show('over has ended');
    await window.screenshot(journey.artifact('remove-ended'));
    await window.notifications.press('over has ended', 'Undo');
    await rows.filter({ hasText: 'over' }).waitFor();
    await poll(async () => (await journey.sessions()).some(({ name }) => name === 'over'), {
      what: 'the session to be there',
    });
  });
});

describe('a peek for somebody who has a keyboard only and a screen reader', {
  skip: process.platform !== 'linux',
  timeout: 300_000,
}, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin({ 'editor.accessibilitySupport': 'on' });
    window = await journey.openEditor();
    await journey.holdfast('new', 'tall', '--cols', '60', '--rows', '60', '--', 'bash', '-c', TALL);
    await journey.holdfast('new', 'wide', '--', 'bash', '--norc');
    await window.run('File: New Untitled Text File');
    await focusOn(FILE);
  });
  after(() => journey?.dispose());

  const PEEK = /\bPeek: tall\b/;
  const FILE = /^Untitled-1/;
  const press = (key: string) => () => window.page.keyboard.press(key);
  const tab = () => window.page.getByRole('tab', { name: PEEK });
  /** Waits until a text field of that name has the keyboard, as a screen reader is told it. */
  const focusOn = async (
    name: RegExp,
    act: () => Promise<unknown> = async () => undefined,
  ): Promise<void> => {
    await poll(
      async () => {
        await act();
        const focused = await focusedNode(window.page);
        return focused?.role === 'textbox' && name.test(focused.name);
      },
      { what: `${name} to have the focus`, state: () => focusedNode(window.page) },
    );
  };
  const peekByCommand = async (): Promise<void> => {
    await until(tab(), () => window.choose('Holdfast: Peek Screen', 'tall'), 'the peek');
    await focusOn(PEEK);
    await window.terminalShows(/^tick \d/);
  };
  /** Presses a key until the peek shows a row. */
  const scrollTo = (key: string, row: RegExp): Promise<unknown> =>
    poll(
      async () => {
        await press(key)();
        return (await window.terminalRows()).some((line) => row.test(line));
      },
      { what: `${key} to lead to ${row}`, state: () => window.terminalRows() },
    );

  it('has the focus when a command opens it, is scrolled, and is left to the file in front before', async () => {
    await peekByCommand();
    assert.match(
      (await window.terminalRows()).at(-1) ?? '',
      / tall · part of 60×60 · ↑ ↓ scroll, Esc closes/,
    );
    await scrollTo('Home', /^row 1$/);
    assert.ok((await window.terminalRows()).every((row) => !row.startsWith('tick')));
    await window.screenshot(journey.artifact('peek-scrolled'));
    await scrollTo('ArrowDown', /^row 50$/);
    await scrollTo('End', /^tick \d/);
    await scrollTo('PageUp', /^row 1$/);
    await untilGone(tab(), press('Escape'), 'the peek to close');
    await focusOn(FILE);
    await peekByCommand();
    await untilGone(tab(), press('Control+w'), 'the peek to close');
    await focusOn(FILE);
  });

  it('says its name, and what has changed since, not all of it again', async () => {
    await peekByCommand();
    const tree = await accessibilityTree(window.page);
    assert.ok(
      tree.some(({ role, name }) => role === 'tab' && PEEK.test(name)),
      JSON.stringify(tree.filter(({ role }) => role === 'tab')),
    );
    const said = window.page.locator('.terminal-wrapper.active .live-region');
    const text = async (): Promise<string> => (await said.textContent()) ?? '';
    assert.equal(await said.getAttribute('aria-live'), 'assertive');
    await poll(async () => /tick \d/.test(await text()), { what: 'a change to be said', state: text });
    const before = await text();
    const since = await poll(
      async () => {
        const now = (await text()).slice(before.length);
        return (now.match(/tick/g) ?? []).length > 5 ? now : undefined;
      },
      { what: 'changes to be said', state: text },
    );
    assert.match(since, /^[\s\u00a0]*((tick )?\d+[\s\u00a0]*)+$/);
    await untilGone(tab(), press('Escape'), 'the peek to close');
  });

  it('is gone into from a row of the view, and left to that row', async () => {
    const row = window.page
      .locator('.sidebar .monaco-list:focus .monaco-list-row.focused')
      .filter({ hasText: 'tall' });
    await window.openSessionsView();
    await window.run('Holdfast: Focus on Sessions View');
    await until(row, press('Home'), 'the row to have the focus');
    await until(tab(), press('Space'), 'the peek');
    assert.ok(await row.isVisible(), 'the row still has the focus');
    await focusOn(PEEK, press('Control+1'));
    await scrollTo('Home', /^row 1$/);
    await untilGone(tab(), press('Escape'), 'the peek to close');
    await until(row, async () => undefined, 'the row to have the focus again');
  });
});
