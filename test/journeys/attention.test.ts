import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { closeMenu, openMenu } from '../editor/menus';
import { poll } from '../editor/patience';
import { focusRow, until } from '../editor/rows';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';
import { inThemes } from './themes';

describe('what wants somebody to look', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    window = await journey.openEditor();
  });
  after(() => journey?.dispose());

  it('is in the row, in the badge and in one notification each, whose "Attach" shows the session', async () => {
    const rows = await window.openSessionsView();
    const row = (name: string, words: string) => rows.filter({ hasText: name }).filter({ hasText: words });
    const badge = window.page
      .locator('.activitybar .action-item')
      .filter({ has: window.page.getByLabel(/^Holdfast/) });
    const shell = ['--', 'bash', '--norc', '--noprofile', '-i'] as const;
    await journey.holdfast('new', 'web', ...shell);
    await journey.holdfast('new', 'ringing', '--', 'sh', '-c', "printf '\\a'; exec sleep 1000");
    await row('ringing', 'bell').waitFor();
    await journey.holdfast('new', 'deploy', '--', 'bash', '-c', 'read -sp "Password: " secret; sleep 1000');
    await row('deploy', 'waits for a password').waitFor();
    await journey.holdfast('new', 'tests', '--', 'sh', '-c', 'sleep 0.2; exit 3');
    await row('tests', 'failed').waitFor();
    await poll(async () => (await badge.locator('.badge-content').innerText()) === '3', {
      what: 'the badge to count three sessions',
      state: async () => [await badge.allInnerTexts(), await rows.allInnerTexts()],
    });
    const told = async (): Promise<readonly string[]> => (await window.notifications.texts()).toSorted();
    await poll(async () => (await told()).length === 3, { what: 'three notifications', state: told });
    assert.deepEqual(await told(), [
      'deploy waits for a password.',
      'ringing rang the bell.',
      'tests failed: its program ended with code 3.',
    ]);
    await inThemes(window, async (name) => {
      await window.notifications.show('deploy waits');
      await window.screenshot(journey.artifact(`attention-${name}`));
    });
    await window.notifications.press('deploy waits', 'Attach');
    await window.terminalShows(/Password:/);
    await row('deploy', 'shown here').waitFor();
    await poll(async () => !(await rows.filter({ hasText: 'deploy' }).innerText()).includes('waits for'), {
      what: 'the row to have been looked at',
    });
    await poll(async () => (await badge.locator('.badge-content').innerText()) === '2', {
      what: 'the badge to count two sessions',
    });
    await window.notifications.press('ringing rang', 'Don’t Show for This Session');
    await poll(
      async () => (await journey.holdfast<{ session: { quiet: boolean } }>('show', 'ringing')).session.quiet,
      { what: 'the session to be quiet' },
    );
    await openMenu(rows.filter({ hasText: 'ringing' }), 'Show Notifications Again');
    await window.screenshot(journey.artifact('attention-quiet'));
    await closeMenu(window.page);
  });

  it('is in the row of its group too, which may be collapsed', async () => {
    const rows = await window.openSessionsView();
    await journey.holdfast('new', 'calm', '--group', 'work', '--', 'sleep', '1000');
    await journey.holdfast('new', 'bells', '--group', 'work', '--', 'cat');
    const group = rows.and(window.page.getByLabel(/^Group work, 2 sessions/));
    const collapsed = group.and(window.page.locator('[aria-expanded="false"]'));
    const collapse = async (): Promise<void> => {
      await focusRow(group);
      await window.page.keyboard.press('ArrowLeft');
    };
    await until(collapsed, collapse, 'the group to be collapsed');
    assert.equal(await rows.filter({ hasText: 'bells' }).count(), 0);
    await journey.holdfast('type', 'bells', '\x07', '--enter');
    await collapsed.and(window.page.getByLabel('Group work, 2 sessions, 1 to look at')).waitFor();
    await collapsed.filter({ hasText: '1 to look at' }).waitFor();
    await inThemes(window, async (name) => {
      await window.screenshot(journey.artifact(`attention-group-${name}`));
    });
    await journey.holdfast('rm', '--force', 'bells');
    await rows.and(window.page.getByLabel('Group work, 1 session', { exact: true })).waitFor();
  });
});
