import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { openMenu } from '../editor/menus';
import { poll } from '../editor/patience';
import { showByRow, until } from '../editor/rows';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';
import { inThemes } from './themes';

describe('sessions told by icon and colour', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey;
  let window: Workbench;
  let rows: Locator;
  before(async () => {
    // A list of tabs also where there is but one.
    journey = await Journey.begin({ 'terminal.integrated.tabs.hideCondition': 'never' });
    window = await journey.openEditor();
    rows = await window.openSessionsView();
    await journey.holdfast('new', 'api', '--', 'bash', '--norc');
    await journey.holdfast('new', 'db', '--icon', 'database', '--color', 'yellow', '--', 'bash', '--norc');
    await journey.holdfast('new', 'tests', '--icon', 'beaker', '--', 'sh', '-c', 'exit 3');
  });
  after(() => journey?.dispose());

  const row = (name: string): Locator => rows.filter({ hasText: new RegExp(`^${name}`) });
  const tab = (name: string): Locator =>
    window.page.locator('.tabs-container .monaco-list-row').filter({ hasText: name });
  const question = (): Locator => window.page.locator('.quick-input-list .monaco-list-row');

  /** Opens what a row's menu asks, and looks at it in each theme. */
  const ask = async (name: string, item: string, offered: string): Promise<void> =>
    until(
      question().filter({ hasText: offered }),
      async () => {
        await openMenu(row(name), item);
        await window.page.locator('.monaco-menu-container').getByText(item, { exact: true }).click();
      },
      `${item} to ask`,
    );

  it('chosen from the menu of its row, seen there and in its tab', async () => {
    await showByRow(row('api'));
    await showByRow(row('db'));
    await tab('db').locator('.codicon-database').waitFor();
    await row('tests').locator('.codicon-error').waitFor();

    await ask('api', 'Change Icon…', 'server-process');
    await window.screenshot(journey.artifact('icons'));
    await window.answer('rocket');
    await row('api').locator('.codicon-rocket').waitFor();
    await ask('api', 'Change Color…', 'Magenta');
    await window.screenshot(journey.artifact('colors'));
    await window.answer('Green');
    await tab('api').locator('.codicon-rocket').waitFor();
    const { icon, color } = await poll(
      async () => (await journey.sessions()).find((one) => one.name === 'api' && one.color !== null),
      { what: 'the daemon to have them', state: () => journey.sessions() },
    );
    if (icon !== 'rocket' || color !== 'terminal.ansiGreen') {
      throw new Error(`the daemon has ${icon} and ${color}`);
    }
  });

  it('again after the editor was killed', async () => {
    await journey.killEditor();
    await window.close();
    window = await journey.openEditor();
    rows = await window.openSessionsView();
    await tab('api').locator('.codicon-rocket').waitFor();
    await tab('db').locator('.codicon-database').waitFor();
    await row('api').locator('.codicon-rocket').waitFor();
    await inThemes(window, (name) => window.screenshot(journey.artifact(`appearance-${name}`)));
  });

  it('any other icon of VS Code by its id', async () => {
    await ask('api', 'Change Icon…', 'rocket');
    await window.answer('telescope-not-there');
    await poll(async () => (await journey.sessions()).some(({ icon }) => icon === 'telescope-not-there'), {
      what: 'an icon that is in no list',
      state: () => journey.sessions(),
    });
  });
});
