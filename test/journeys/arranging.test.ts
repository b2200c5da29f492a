import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { openMenu } from '../editor/menus';
import type { Workbench } from '../editor/workbench';
import { poll } from '../support/poll';
import { Journey } from './journey';
import { inThemes } from './themes';

const LINUX = process.platform === 'linux';

describe('sessions that people arrange', { skip: !LINUX, timeout: 300_000 }, () => {
  let journey: Journey;
  let window: Workbench;
  let rows: Locator;
  before(async () => {
    journey = await Journey.begin();
    window = await journey.openEditor();
    rows = await window.openSessionsView();
    for (const name of ['api', 'build', 'database', 'web']) {
      await journey.holdfast('new', name, '--', 'sleep', '1000');
    }
    await journey.holdfast('new', 'logs', '--group', 'work', '--', 'sleep', '1000');
    await shows('work logs api build database web');
  });
  after(() => journey?.dispose());

  /** The names that the view shows, from top to bottom. */
  const names = async (): Promise<string> =>
    (await rows.locator('.label-name').allInnerTexts()).map((name) => name.trim()).join(' ');
  const shows = (expected: string): Promise<boolean> =>
    poll(async () => (await names()) === expected, { what: `the view to show ${expected}`, state: names });
  const row = (name: string): Locator =>
    rows.filter({ has: window.page.locator('.label-name', { hasText: new RegExp(`^${name}$`) }) });
  /** With the mouse, step by step, as VS Code's lists want it. */
  const drag = async (
    name: string,
    to: Locator,
    at?: { readonly x: number; readonly y: number },
  ): Promise<void> => {
    await row(name).dragTo(to, at === undefined ? {} : { targetPosition: at });
    await window.page.mouse.move(700, 300);
  };

  /** VS Code first covers the editors with what takes the drop, and then wants to see the pointer move on it. */
  const dragToEditors = async (name: string, x: number, y: number): Promise<void> => {
    const { mouse } = window.page;
    await row(name).hover();
    await mouse.down();
    await mouse.move(x - 100, y - 100, { steps: 5 });
    await window.page.locator('#monaco-workbench-editor-drop-overlay').waitFor({ state: 'attached' });
    await mouse.move(x, y, { steps: 5 });
    await mouse.up();
    await mouse.move(700, 300);
  };

  /** While VS Code draws anew what a click has attached, a second click may find nothing selected. */
  const select = async (first: string, second: string): Promise<void> => {
    const isSelected = async (name: string): Promise<boolean> =>
      (await row(name).getAttribute('aria-selected')) === 'true';
    await row(first).click();
    await row(first).filter({ hasText: 'shown here' }).waitFor();
    await poll(
      async () => {
        if (!(await isSelected(first))) {
          await row(first).click();
        }
        if (!(await isSelected(second))) {
          await row(second).click({ modifiers: ['Control'] });
        }
        return (await isSelected(first)) && (await isSelected(second));
      },
      { what: `${first} and ${second} to be selected` },
    );
  };

  /** Chooses from the orders, once they are offered. */
  const sortBy = async (order: string): Promise<void> => {
    await window.run('Holdfast: Sort Sessions By…');
    await window.page.locator('.quick-input-title').getByText('Sort Sessions By').waitFor();
    await window.page.keyboard.type(order);
    await window.page
      .locator('.quick-input-list .monaco-list-row.focused')
      .filter({ hasText: order })
      .waitFor();
    await window.page.keyboard.press('Enter');
  };

  it('are dragged into a group, into another order, and out of the group, which stays so in another window', async () => {
    await drag('web', row('work'));
    await shows('work logs web api build database');
    await drag('database', row('api'));
    await shows('work logs web database api build');
    await select('api', 'build');
    await drag('api', row('logs'));
    await shows('work api build logs web database');
    const below = { x: 60, y: 500 };
    await drag('api', window.page.locator('.pane-body .monaco-list').first(), below);
    await shows('work logs web database api build');
    await window.reload();
    rows = await window.openSessionsView();
    await shows('work logs web database api build');
  });

  it('are moved with keys, the row keeping the focus', async () => {
    await row('database').click();
    await window.page.keyboard.press('Alt+ArrowDown');
    await shows('work logs web api database build');
    await window.page.keyboard.press('Alt+ArrowDown');
    await shows('work logs web api build database');
    await window.page.keyboard.press('Alt+ArrowUp');
    await shows('work logs web api database build');
  });

  it('are renamed from F2, with the name selected', async () => {
    await row('build').click();
    await window.page.keyboard.press('F2');
    const input = window.page.locator('.quick-input-widget input').first();
    await poll(async () => (await input.inputValue()) === 'build', { what: 'the name to be asked for' });
    await window.page.keyboard.type('make');
    await window.page.keyboard.press('Enter');
    await shows('work logs web api database make');
  });

  it('are filtered as somebody types, and are all back with one click', async () => {
    await window.page.locator('.composite.title .action-label[aria-label^="Filter Sessions"]').click();
    const input = window.page.locator('.quick-input-widget input').first();
    await input.waitFor();
    await window.page.keyboard.type('LOG');
    await shows('work logs');
    await window.page.keyboard.press('Escape');
    await shows('work logs web api database make');
    await window.run('Holdfast: Filter Sessions…');
    await window.answer('RUNNING database');
    await shows('database');
    await window.page.getByText('Filter “RUNNING database”: 1 of 5').waitFor();
    await window.page.mouse.move(700, 300);
    await inThemes(window, (name) => window.screenshot(journey.artifact(`filtered-${name}`)));
    await window.run('Holdfast: Filter Sessions…');
    await window.answer('nothing has this');
    await window.page.getByText('No session matches the filter').waitFor();
    await inThemes(window, (name) => window.screenshot(journey.artifact(`filtered-away-${name}`)));
    await window.page.locator('.composite.title .action-label[aria-label^="Clear Filter"]').click();
    await shows('work logs web api database make');
  });

  it('are sorted, by name and by hand again', async () => {
    await row('make').click();
    await window.page.keyboard.press('Alt+ArrowUp');
    await shows('work logs web api make database');
    await sortBy('Name');
    await shows('work logs web api database make');
    await sortBy('Created');
    await shows('work logs web database make api');
    await inThemes(window, async (name) => {
      await openMenu(row('api'), 'Move to Group…');
      await window.screenshot(journey.artifact(`arrange-menu-${name}`));
      await window.page.keyboard.press('Escape');
    });
    await sortBy('Manual');
    await shows('work logs web api make database');
  });

  it('of other folders stand below a row of their own, collapsed', async () => {
    await journey.holdfast('new', 'stranger', '--cwd', '/', '--', 'sleep', '1000');
    const elsewhere = row('Sessions of Other Folders');
    await elsewhere.filter({ hasText: '1' }).waitFor();
    await shows('work logs web api make database Sessions of Other Folders');
    assert.equal(await elsewhere.getAttribute('aria-expanded'), 'false');
    await elsewhere.click();
    await shows('work logs web api make database Sessions of Other Folders stranger');
    await window.page.mouse.move(700, 300);
    await inThemes(window, (name) => window.screenshot(journey.artifact(`other-folders-${name}`)));
    await journey.holdfast('rm', 'stranger', '--force');
    await shows('work logs web api make database');
  });

  it('are dropped on the editor area, which then has their terminal and nothing else', async () => {
    await dragToEditors('logs', 800, 400);
    await window.page.locator('.part.editor .tab').filter({ hasText: 'logs' }).waitFor();
    await row('logs').filter({ hasText: 'shown here' }).waitFor();
    const tabs = async (): Promise<readonly string[]> =>
      (await window.page.locator('.part.editor .tab .label-name').allInnerTexts()).map((tab) => tab.trim());
    await poll(async () => (await tabs()).join() === 'logs', {
      what: 'one tab for the session',
      state: tabs,
    });
    await window.screenshot(journey.artifact('dropped-on-editors'));
    await dragToEditors('api', 1240, 400);
    await row('api').filter({ hasText: 'shown here' }).waitFor();
    await poll(async () => (await tabs()).toSorted().join() === 'api,logs', { what: 'both', state: tabs });
    await window.screenshot(journey.artifact('dropped-beside'));
  });
});
