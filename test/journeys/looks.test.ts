import { after, before, describe, it } from 'node:test';
import { hoverOf } from '../editor/hovers';
import { closeMenu, openMenu } from '../editor/menus';
import { showByRow } from '../editor/rows';
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

  it('is what is left of programs that are gone, and how they come back', async () => {
    const rows = await window.openSessionsView();
    journey.killPtyHosts();
    await rows.filter({ hasText: 'notes' }).filter({ hasText: 'lost' }).waitFor();
    await window.terminalShows(/This session was lost/);
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
