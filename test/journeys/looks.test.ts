import { afterEach, describe, it } from 'node:test';
import { Journey } from './journey';

const THEMES = {
  light: 'Default Light Modern',
  dark: 'Default Dark Modern',
  'high-contrast': 'Default High Contrast',
} as const;

describe('what it looks like', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey | undefined;

  afterEach(() => journey?.dispose());

  for (const [name, theme] of Object.entries(THEMES)) {
    it(`in a ${name} theme: the welcome, then every state in the tree, and the menus of a session and a group`, async () => {
      journey = await Journey.begin({ 'workbench.colorTheme': theme });
      const window = await journey.openEditor();
      const rows = await window.openSessionsView();
      await window.page.getByText('No terminal sessions yet').waitFor();
      await window.screenshot(journey.artifact(`welcome-${name}`));

      await journey.holdfast('new', 'web', '--group', 'work', '--', 'bash', '--norc');
      await journey.holdfast('new', 'database', '--group', 'work', '--', 'bash', '--norc');
      await journey.holdfast('spawn', 'database', '--name', 'logs', '--', 'bash', '--norc');
      await journey.holdfast('new', 'build', '--', 'sh', '-c', 'echo built; exit 0');
      await journey.holdfast('new', 'tests', '--', 'sh', '-c', 'echo failed; exit 3');
      await journey.holdfast('new', 'notes', '--', 'bash', '--norc');
      await rows.filter({ hasText: 'tests' }).filter({ hasText: 'ended with code 3' }).waitFor();
      await rows.filter({ hasText: 'notes' }).click();
      await rows.filter({ hasText: 'notes' }).filter({ hasText: 'shown here' }).waitFor();
      await window.terminalShows(/[$#] *$/);
      await rows.filter({ hasText: 'web' }).hover();
      await window.screenshot(journey.artifact(`sessions-${name}`));
      await rows.filter({ hasText: 'web' }).click({ button: 'right' });
      await window.page.getByText('Spawn Terminal in Session').waitFor();
      await window.screenshot(journey.artifact(`menu-${name}`));
      await window.page.keyboard.press('Escape');
      await rows.filter({ hasText: 'work' }).first().click({ button: 'right' });
      await window.page.getByText('Remove', { exact: true }).waitFor();
      await window.screenshot(journey.artifact(`group-menu-${name}`));
      await window.page.keyboard.press('Escape');
    });
  }
});
