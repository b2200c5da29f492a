import { afterEach, beforeEach, describe, it } from 'node:test';
import { openMenu } from '../editor/menus';
import { poll } from '../support/poll';
import { Journey, type ListedSession } from './journey';

const ITEM = 'Show Environment Differences';
/** A click that has no effect by then was swallowed. */
const TAKEN_MS = 5000;

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 240_000,
};

describe('the environment of a session', SKIP, () => {
  let journey: Journey;
  beforeEach(async () => {
    journey = await Journey.begin();
  });
  afterEach(async () => {
    await journey.dispose();
  });

  it('where it differs from a new terminal’s is a page, opened from its row; an eye shows what looks secret', async () => {
    const { session } = await journey.holdfast<{ readonly session: ListedSession }>(
      ...['new', 'outside', '--env', 'EDITOR=ed', '--env', 'API_TOKEN=of-the-session'],
    );
    const window = await journey.openEditor({
      settings: { 'terminal.integrated.env.linux': { EDITOR: 'vim', WORK_FOLDER: '/srv/work' } },
    });
    // The lines of an editor that are out of sight are not on the page.
    await window.page.setViewportSize({ width: 1280, height: 2000 });
    const row = (await window.openSessionsView()).filter({ hasText: session.name });
    await row.waitFor();
    const tab = window.page.locator('.tab', { hasText: 'outside environment' });
    await poll(
      async () => {
        await openMenu(row, ITEM);
        // The row may be drawn anew under the pointer, and its menu be gone.
        const item = window.page.locator('.monaco-menu-container').getByText(ITEM, { exact: true });
        await item.click({ timeout: TAKEN_MS }).catch(() => undefined);
        return tab.waitFor({ timeout: TAKEN_MS }).then(
          () => true,
          () => false,
        );
      },
      { timeoutMs: 90_000, what: 'the page to be opened', state: () => window.described() },
    );
    // The editor's blanks are no-break spaces.
    const lines = async (): Promise<string> =>
      (await window.page.locator('.editor-instance .view-line').allInnerTexts())
        .join('\n')
        .replaceAll('\u00a0', ' ');
    const shows = (pattern: RegExp): Promise<boolean> =>
      poll(async () => pattern.test(await lines()), {
        timeoutMs: 30_000,
        what: `the page to have ${pattern}`,
        state: lines,
      });
    await shows(/# Environment of 'outside' and of a New Terminal/);
    await shows(/`EDITOR`\n.*in 'outside': `ed`\n.*in a new terminal: `vim`/);
    await shows(/`API_TOKEN`: •+/);
    await shows(/`WORK_FOLDER`: `\/srv\/work`/);
    await window.page.mouse.move(700, 300);
    await window.screenshot(journey.artifact('environment'));
    const eye = window.page.locator(
      '.editor-actions .action-label[aria-label^="Show or Hide Secret Values"]',
    );
    // One click is one change: what is shown tells whether it was taken.
    await poll(
      async () => {
        if (!(await lines()).includes('of-the-session')) {
          await eye.click({ timeout: TAKEN_MS }).catch(() => undefined);
        }
        return poll(async () => (await lines()).includes('`API_TOKEN`: `of-the-session`'), {
          timeoutMs: TAKEN_MS,
          what: 'the secret',
        }).catch(() => false);
      },
      { timeoutMs: 60_000, what: 'the secret to be shown', state: lines },
    );
  });
});
