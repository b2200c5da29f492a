import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { accessibilityTree, namesOf } from '../editor/accessibilityTree';
import { hoverOf } from '../editor/hovers';
import { closeMenu, openMenu } from '../editor/menus';
import { poll } from '../editor/patience';
import { showByRow, until, untilGone } from '../editor/rows';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';
import { inThemes } from './themes';

describe('what it looks like', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    window = await journey.openEditor();
  });
  after(() => journey?.dispose());

  const inEachTheme = (take: (name: string) => Promise<void>): Promise<void> => inThemes(window, take);

  /** Waits until a screen reader would say each of these of a row. */
  const said = async (...patterns: readonly RegExp[]): Promise<void> => {
    let names: readonly string[] = [];
    await poll(
      async () => {
        names = await namesOf(window.page, 'treeitem');
        return patterns.every((pattern) => names.some((name) => pattern.test(name)));
      },
      { what: `rows to be said as ${patterns}`, state: () => names },
    );
  };

  it('is a welcome while there is no session', async () => {
    await window.openSessionsView();
    await window.page.getByText('No terminal sessions yet').waitFor();
    await inEachTheme((name) => window.screenshot(journey.artifact(`welcome-${name}`)));
  });

  it('is every state in the tree, and the menus of a session and a group', async () => {
    const rows = await window.openSessionsView();
    await journey.holdfast('new', 'web', '--group', 'work', '--', 'bash', '--norc');
    await journey.holdfast('new', 'database', '--group', 'work', '--', 'bash', '--norc');
    await journey.holdfast('spawn', 'database', '--name', 'logs', '--', 'bash', '--norc');
    await journey.holdfast('new', 'build', '--', 'sh', '-c', 'echo built; exit 0');
    await journey.holdfast('new', 'tests', '--', 'sh', '-c', 'echo failed; exit 3');
    await journey.holdfast('new', 'asking', '--', 'sh', '-c', 'printf "Sure? "; read answer');
    await journey.holdfast('new', 'notes', '--', 'bash', '--norc');
    await journey.holdfast('new', 'server', '--', 'bash');
    await journey.holdfast('type', 'server', 'sleep 3600', '--enter');
    await journey.holdfast('new', 'deploy', '--', 'bash');
    await journey.holdfast('type', 'deploy', '(exit 7)', '--enter');
    await rows.filter({ hasText: 'tests' }).filter({ hasText: 'ended with code 3' }).waitFor();
    await rows.filter({ hasText: 'server' }).filter({ hasText: '<1 min · sleep 3600' }).waitFor();
    await rows.filter({ hasText: 'deploy' }).filter({ hasText: 'exit code 7' }).waitFor();
    await showByRow(rows.filter({ hasText: 'notes' }));
    await window.terminalShows(/[$#] *$/);
    await inEachTheme(async (name) => {
      await rows.filter({ hasText: 'web' }).hover();
      await window.screenshot(journey.artifact(`sessions-${name}`));
      await hoverOf(rows.filter({ hasText: 'server' }), 'Running: sleep 3600');
      await window.screenshot(journey.artifact(`commands-${name}`));
      await openMenu(rows.filter({ hasText: 'web' }), 'Spawn Terminal in Session');
      await window.screenshot(journey.artifact(`menu-${name}`));
      await closeMenu(window.page);
      await openMenu(rows.filter({ hasText: 'work' }).first(), 'Remove');
      await window.screenshot(journey.artifact(`group-menu-${name}`));
      await closeMenu(window.page);
    });
    await journey.holdfast('key', 'server', 'Ctrl+C');
    await rows.filter({ hasText: 'server' }).filter({ hasText: 'exit code 130' }).waitFor();
    await journey.holdfast('kill', 'deploy');
    await rows.filter({ hasText: 'deploy' }).filter({ hasText: 'ended by' }).waitFor();
  });

  it('is said to a screen reader: every state and count in words', async () => {
    const rows = await window.openSessionsView();
    await journey.holdfast('type', 'server', 'sleep 3600', '--enter');
    await rows.filter({ hasText: 'server' }).filter({ hasText: '<1 min · sleep 3600' }).waitFor();
    await said(
      /^Group work, 2 sessions$/,
      /^web, running, detached, .*folder /,
      /^database, running, detached, .*folder /,
      /^logs, running, detached, .*folder /,
      /^notes, running, shown here, .*folder /,
      /^waits for input, asking, running, detached, folder /,
      /\bserver, running, detached, running sleep 3600 for (less than a|\d+) minutes?, .*folder /,
      /^build, ended with code 0, folder /,
      /^failed, tests, ended with code 3, folder /,
      /^deploy, ended by SIG[A-Z]+, .*folder /,
    );
    const tree = await accessibilityTree(window.page);
    const isThere = (role: string, name: RegExp): boolean =>
      tree.some((node) => node.role === role && name.test(node.name));
    const wanting = /\d sessions want attention: .*\basking \(waits for input\)/.source;
    for (const [role, name] of [
      ['button', new RegExp(`^Holdfast, \\d sessions\\. ${wanting}`)],
      ['tab', new RegExp(`^Holdfast - ${wanting}`)],
      ['tree', /^Sessions$/],
      ['button', /^New Session$/],
      ['button', /^Filter Sessions…$/],
    ] as const) {
      assert.ok(isThere(role, name), `${role} ${name}: ${JSON.stringify(tree)}`);
    }
  });

  it('is all there for somebody who has a keyboard only', async () => {
    const { page } = window;
    const press = (key: string) => () => page.keyboard.press(key);
    const focused = page.locator('.sidebar .monaco-list:focus .monaco-list-row.focused');
    const onTests = focused.filter({ hasText: 'tests' });
    const focusTests = async (): Promise<void> => {
      await window.run('Holdfast: Focus on Sessions View');
      await page.keyboard.press('End');
    };
    await until(onTests, focusTests, 'the last row to have the focus');
    const menu = page.locator('.monaco-menu-container');
    await until(menu.getByText('Peek Screen'), press('Shift+F10'), 'the menu of the focused row');
    const items = await namesOf(page, 'menuitem');
    for (const item of ['Attach', 'Peek Screen Space', 'Rename F2', 'Restart', 'Remove']) {
      assert.ok(items.includes(item), `${item} is not in ${items}`);
    }
    await closeMenu(page);
    await until(onTests, async () => undefined, 'the row to have the focus again');

    const peeked = page.getByRole('tab', { name: 'Peek: tests' });
    await until(peeked, press('Space'), 'the peek');
    const boxes = await namesOf(page, 'textbox');
    assert.ok(
      boxes.some((name) => /Peek: tests/.test(name)),
      boxes.join('\n'),
    );
    await untilGone(peeked, press('Escape'), 'the peek to close');

    const listed = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'asking' });
    await until(listed, () => window.run('Holdfast: Show Sessions'), 'the sessions to be listed');
    const options = await namesOf(page, 'option');
    assert.ok(
      options.some((name) => /^asking, waits for input · detached/.test(name)),
      options.join('\n'),
    );
    await untilGone(page.locator('.quick-input-widget:visible'), press('Escape'), 'the list to close');
  });

  it('is what is left of programs that are gone, and how they come back', async () => {
    const rows = await window.openSessionsView();
    journey.killPtyHosts('SIGSTOP');
    await said(/^web, unreachable, .*folder /, /^notes, unreachable, .*folder /);
    await window.screenshot(journey.artifact('unreachable'));
    journey.killPtyHosts();
    await rows.filter({ hasText: 'notes' }).filter({ hasText: 'lost' }).waitFor();
    await window.terminalShows(/This session was lost/);
    await said(/^web, lost, .*folder /, /^notes, lost, .*folder /);
    const { length: lost } = (await journey.sessions()).filter(({ state }) => state === 'lost');
    const offer = `${lost} sessions were lost`;
    await inEachTheme(async (name) => {
      await window.notifications.show(offer);
      await rows.filter({ hasText: 'notes' }).hover();
      await window.screenshot(journey.artifact(`lost-${name}`));
    });
    await openMenu(rows.filter({ hasText: 'notes' }), 'Resurrect…');
    await window.screenshot(journey.artifact('lost-menu'));
    await closeMenu(window.page);
    await window.notifications.press(offer, `Resurrect ${lost} Sessions`);
    await rows.filter({ hasText: 'notes' }).filter({ hasText: 'shown here' }).waitFor();
    await rows.filter({ hasText: 'database' }).filter({ hasText: 'detached' }).waitFor();
    await window.terminalShows(/--- resurrected .* ---/);
    await window.screenshot(journey.artifact('resurrected'));
  });
});
