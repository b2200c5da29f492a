import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { hoverOf } from '../editor/hovers';
import type { Workbench } from '../editor/workbench';
import { poll } from '../support/poll';
import { Journey } from './journey';
import { inThemes } from './themes';

/** Colours of the theme, of the 256 and of its own, and a bar to see the pane's width by. */
const COLOURFUL =
  "for c in 1 2 3 4 5 6; do printf '\\033[3%dmcolour %d\\033[m  \\033[4%dm      \\033[m\\r\\n' $c $c $c; done; printf '\\033[1;38;5;208mbold orange\\033[m \\033[7minverse\\033[m\\r\\n'; n=0; while sleep 0.2; do n=$((n+1)); printf '\\rtick %d' $n; done";

/** A second until VS Code asks, and what is asked for may take longer than that. */
const HOVER_MS = 4000;

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
  const status = () => window.page.locator('.statusbar-item[id="holdfast.holdfast.holdfast.sessions"]');

  it('is peeked at from its row, live and in every theme, by the mouse and the keyboard', async () => {
    const rows = await window.openSessionsView();
    assert.equal(await status().count(), 0);
    await journey.holdfast('new', 'colours', '--cols', '60', '--', 'bash', '--norc', '-c', COLOURFUL);
    await journey.holdfast('new', 'other', '--', 'bash', '--norc');
    await status().filter({ hasText: '2' }).waitFor();
    assert.equal(await status().locator('a').getAttribute('aria-label'), 'Holdfast, 2 sessions');

    const row = rows.filter({ hasText: 'colours' });
    await poll(
      async () => {
        // A row that is drawn anew under the pointer takes no click.
        await window.page.mouse.move(700, 400);
        await row.hover();
        await row.getByRole('button', { name: 'Peek Screen' }).click();
        return tab('Peek: colours')
          .waitFor({ timeout: HOVER_MS })
          .then(
            () => true,
            () => false,
          );
      },
      { what: 'the peek', timeoutMs: 30_000 },
    );
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
    await window.page.keyboard.press('Escape');
    await tab('Peek: colours').waitFor({ state: 'detached' });

    await window.run('Holdfast: Focus on Sessions View');
    await window.page.keyboard.press('Home');
    await window.page.keyboard.press('Space');
    await tab('Peek: colours').waitFor();
    await window.page.keyboard.press('ArrowDown');
    await window.page.keyboard.press('Space');
    await tab('Peek: other').waitFor();
    await window.page.keyboard.press('Escape');
    await tab('Peek: other').waitFor({ state: 'detached' });
    assert.ok((await journey.sessions()).every(({ viewers }) => viewers === 0));
  });

  it('is found by a click in the status bar, and chosen from there', async () => {
    await status().click();
    const input = window.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await window.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'colours' }).waitFor();
    await window.screenshot(journey.artifact('status-list'));
    await window.page.keyboard.press('Escape');
  });

  it('is removed once it has ended, and brought back by Undo', async () => {
    const rows = await window.openSessionsView();
    await journey.holdfast('new', 'over', '--', 'true');
    await rows.filter({ hasText: 'over' }).filter({ hasText: 'ended with code 0' }).waitFor();
    await window.run('Holdfast: Remove Ended');
    await rows.filter({ hasText: 'over' }).waitFor({ state: 'detached' });
    // With its smoke-test driver, VS Code shows no notification by itself.
    await window.run('Notifications: Show Notifications');
    const notice = window.page.locator('.notification-list-item').filter({ hasText: 'over has ended' });
    await notice.waitFor();
    await window.screenshot(journey.artifact('remove-ended'));
    await notice.getByRole('button', { name: 'Undo' }).click();
    await rows.filter({ hasText: 'over' }).waitFor();
    await poll(async () => (await journey.sessions()).some(({ name }) => name === 'over'), {
      what: 'the session to be there',
    });
  });
});
