import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import { SHOWN_MS, untilGone } from '../editor/rows';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

describe('a folder that is not trusted', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey;
  beforeEach(async () => {
    journey = await Journey.begin({
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    });
  });
  afterEach(() => journey.dispose());

  const refuses = async (window: Workbench): Promise<void> => {
    await window.run('Holdfast: New Session…');
    await window.page.getByText('No program is started in a folder that is not trusted').first().waitFor();
    assert.equal(await window.page.locator('.quick-input-widget:visible').count(), 0, 'and asks nothing');
  };
  const trust = async (window: Workbench): Promise<void> => {
    await window.run('Workspaces: Manage Workspace Trust');
    const button = window.page
      .locator('.workspace-trust-editor')
      .getByRole('button', { name: 'Trust', exact: true });
    await button.waitFor();
    await untilGone(button, () => button.click({ timeout: SHOWN_MS }), 'the folder to be trusted');
  };
  const viewers = async (): Promise<number | undefined> => (await journey.sessions())[0]?.viewers;

  const isViewed = (): Promise<boolean> =>
    poll(async () => (await viewers()) === 1, { what: 'one viewer', state: () => journey.sessions() });

  it('has nothing started or restored in it until it is trusted', async () => {
    const first = await journey.openEditor();
    await refuses(first);
    assert.deepEqual(await journey.sessions(), []);
    await trust(first);
    await first.run('Holdfast: New Session');
    await first.terminalShows(/[$#]/);
    await isViewed();
    await journey.killEditor();
    await poll(async () => (await viewers()) === 0, { what: 'the session to be left' });

    // In a browser profile of its own, which trusts nothing yet.
    const second = await journey.openEditor();
    await refuses(second);
    assert.deepEqual([await viewers(), await second.terminalNames()], [0, []]);
    await trust(second);
    await second.terminalShows(/[$#]/);
    await isViewed();
  });
});
