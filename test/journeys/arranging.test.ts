import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { closeMenu, openMenu } from '../editor/menus';
import { poll } from '../editor/patience';
import { focusRow, SHOWN_MS, select, showByRow, until } from '../editor/rows';
import type { Workbench } from '../editor/workbench';
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
  /** With the mouse, step by step, as VS Code's lists want it; again where a row was drawn anew that was being dragged. */
  const drag = async (
    name: string,
    to: Locator,
    expected: string,
    at?: { readonly x: number; readonly y: number },
  ): Promise<void> => {
    const before = await names();
    await changed(before, expected, async () => {
      await row(name).dragTo(to, at === undefined ? {} : { targetPosition: at });
      await window.page.mouse.move(700, 300);
    });
  };
  /** With a key on the row that has the focus. */
  const press = async (key: string, expected: string): Promise<void> => {
    await window.page.locator('.sidebar .monaco-list:focus .monaco-list-row.focused').waitFor();
    await changed(await names(), expected, () => window.page.keyboard.press(key));
  };
  /** Does something that leads to another order, again while nothing of it is seen. */
  const changed = (before: string, expected: string, act: () => Promise<void>): Promise<boolean> =>
    poll(
      async () => {
        if ((await names()) === before) {
          await act();
        }
        return poll(async () => (await names()) === expected, { what: expected, timeoutMs: SHOWN_MS }).catch(
          () => false,
        );
      },
      { what: `the view to show ${expected}`, state: names },
    );

  const button = (label: string): Locator =>
    window.page.locator(`.composite.title .action-label[aria-label^="${label}"]`);

  /** VS Code first covers the editors with what takes the drop, and then wants to see the pointer move on it. */
  const dragToEditors = async (name: string, x: number, y: number): Promise<void> => {
    const { mouse } = window.page;
    const overlay = window.page.locator('#monaco-workbench-editor-drop-overlay');
    const begin = async (): Promise<void> => {
      // A row that was drawn anew under the pointer is not dragged.
      await mouse.up();
      await row(name).hover();
      await mouse.down();
      await mouse.move(x - 100, y - 100, { steps: 5 });
    };
    await poll(
      async () => {
        await begin();
        return overlay.waitFor({ state: 'attached', timeout: SHOWN_MS }).then(
          () => true,
          () => false,
        );
      },
      { what: 'the editors to take the drop' },
    );
    await mouse.move(x, y, { steps: 5 });
    await mouse.up();
    await mouse.move(700, 300);
  };

  const sortBy = (order: string): Promise<void> => window.choose('Holdfast: Sort Sessions By…', order);

  it('are dragged into a group, into another order, and out of the group, which stays so in another window', async () => {
    await drag('web', row('work'), 'work logs web api build database');
    await drag('database', row('api'), 'work logs web database api build');
    await showByRow(row('api'));
    await select(row('api'), row('build'));
    await drag('api', row('logs'), 'work api build logs web database');
    const below = { x: 60, y: 500 };
    const list = window.page.locator('.pane-body .monaco-list').first();
    await drag('api', list, 'work logs web database api build', below);
    await window.reload();
    rows = await window.openSessionsView();
    await shows('work logs web database api build');
  });

  it('are moved with keys, the row keeping the focus', async () => {
    await focusRow(row('database'));
    await press('Alt+ArrowDown', 'work logs web api database build');
    await press('Alt+ArrowDown', 'work logs web api build database');
    await press('Alt+ArrowUp', 'work logs web api database build');
  });

  it('are in groups that are moved with the mouse and from their menu, as `ls` has them', async () => {
    await journey.holdfast('new', 'docs', '--group', 'home', '--', 'sleep', '1000');
    await shows('home docs work logs web api database build');
    await drag('work', row('home'), 'work logs web home docs api database build');
    const inMenu = async (name: string, item: string, expected: string): Promise<boolean> =>
      changed(await names(), expected, async () => {
        await openMenu(row(name), item);
        await window.page.locator('.monaco-menu-container').getByText(item, { exact: true }).click();
      });
    await inMenu('work', 'Move Down', 'home docs work logs web api database build');
    await inMenu('work', 'Move Up', 'work logs web home docs api database build');
    await window.reload();
    rows = await window.openSessionsView();
    await shows('work logs web home docs api database build');
    const { sessions } = await journey.holdfast<{ sessions: { name: string }[] }>('ls');
    assert.equal(sessions.map(({ name }) => name).join(' '), 'logs web docs api database build');
    await journey.holdfast('rm', 'docs', '--force');
    await shows('work logs web api database build');
  });

  it('are renamed from F2, with the name selected', async () => {
    await focusRow(row('build'));
    const input = window.page.locator('.quick-input-widget input').first();
    await until(input, () => window.page.keyboard.press('F2'), 'the name to be asked for');
    await poll(async () => (await input.inputValue()) === 'build', { what: 'the name to be asked for' });
    await window.page.keyboard.type('make');
    await window.page.keyboard.press('Enter');
    await shows('work logs web api database make');
  });

  it('are filtered as somebody types, and are all back with one click', async () => {
    const input = window.page.locator('.quick-input-widget input').first();
    await until(input, () => button('Filter Sessions').click(), 'the filter to be asked for');
    await input.pressSequentially('LOG');
    await shows('work logs');
    await window.page.keyboard.press('Escape');
    await shows('work logs web api database make');
    await window.choose('Holdfast: Filter Sessions…', 'RUNNING database');
    await shows('database');
    await window.page.getByText('Filter “RUNNING database”: 1 of 5').waitFor();
    await window.page.mouse.move(700, 300);
    await inThemes(window, (name) => window.screenshot(journey.artifact(`filtered-${name}`)));
    await window.choose('Holdfast: Filter Sessions…', 'nothing has this');
    await window.page.getByText('No session matches the filter').waitFor();
    await inThemes(window, (name) => window.screenshot(journey.artifact(`filtered-away-${name}`)));
    await until(row('make'), () => button('Clear Filter').click({ timeout: SHOWN_MS }), 'all to be back');
    await shows('work logs web api database make');
  });

  it('are sorted, by name and by hand again', async () => {
    await focusRow(row('make'));
    await press('Alt+ArrowUp', 'work logs web api make database');
    await sortBy('Name');
    await shows('work logs web api database make');
    await sortBy('Created');
    await shows('work logs web database make api');
    await inThemes(window, async (name) => {
      await openMenu(row('api'), 'Move to Group…');
      await window.screenshot(journey.artifact(`arrange-menu-${name}`));
      await closeMenu(window.page);
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
    const expand = async (): Promise<void> => {
      // Another click would collapse it.
      if ((await elsewhere.getAttribute('aria-expanded')) === 'false') {
        await elsewhere.click();
      }
    };
    await until(row('stranger'), expand, 'the row to be expanded');
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
