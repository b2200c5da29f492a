import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

/** What a person sees of where terminals stand. */
interface Seen {
  /** The panel's list of terminals from top to bottom, with the lines that VS Code draws beside those of a split. */
  readonly panel: readonly string[];
  /** The editor groups from left to right: their tabs, the one in front in brackets. */
  readonly groups: readonly string[];
}

describe('the layout of a window', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    for (const name of ['alone', 'pair', 'left', 'behind', 'right']) {
      await journey.holdfast('new', name, '--', 'bash', '--norc');
    }
    window = await journey.openEditor();
  });
  after(() => journey?.dispose());

  const seen = async (): Promise<Seen> => {
    const groups: string[] = [];
    for (const group of await window.page.locator('.part.editor .editor-group-container').all()) {
      const tabs: string[] = [];
      for (const tab of await group.locator('.tab').all()) {
        const isInFront = (await tab.getAttribute('aria-selected')) === 'true';
        const label = (await tab.locator('.label-name').innerText()).trim();
        tabs.push(isInFront ? `[${label}]` : label);
      }
      groups.push(tabs.join(' '));
    }
    const panel = (await window.terminalNames()).map((name) => name.replaceAll(/\s+/g, ' '));
    return { panel, groups };
  };
  /** Also that each terminal is viewed, and by this window alone. */
  const becomes = async (expected: Seen): Promise<void> => {
    const viewers = async (): Promise<unknown> =>
      Object.fromEntries((await journey.sessions()).map(({ name, viewers: count }) => [name, count]));
    const all = { alone: 1, behind: 1, left: 1, pair: 2, right: 1 };
    await poll(
      async () => isDeepStrictEqual(await seen(), expected) && isDeepStrictEqual(await viewers(), all),
      {
        what: JSON.stringify(expected),
        state: async () => ({ ...(await seen()), viewers: await viewers() }),
      },
    );
  };
  const programs = async (): Promise<unknown> =>
    (await journey.sessions()).map(({ name, terminals }) => [name, terminals.map(({ pid }) => pid)]);

  it('is as it was after a reload, and in the next editor after its death: splits, editor groups, order, and what is in front', async () => {
    await window.choose('Holdfast: Attach', 'alone');
    await window.terminalShows(/[$#] *$/);
    await window.choose('Holdfast: Attach', 'pair');
    await window.terminalInFront('pair');
    await window.run('Holdfast: Split Terminal in Session');
    await poll(async () => (await window.terminalNames()).length === 3, {
      what: 'a split',
      state: () => window.terminalNames(),
    });
    const isTab = async (name: string): Promise<boolean> => (await seen()).groups.join().includes(name);
    for (const name of ['left', 'behind', 'right']) {
      await window.choose('Holdfast: Attach in Editor Area', name);
      await poll(() => isTab(`[${name}]`), { what: `a tab for ${name} in front`, state: seen });
    }
    await window.run('View: Move Editor into Next Group');
    const expected = {
      panel: ['alone', '┌ pair', '└ pair: bash'],
      groups: ['left [behind]', '[right]'],
    };
    await becomes(expected);
    const before = await programs();
    await window.screenshot(journey.artifact('layout'));

    await window.panelNoted();
    await journey.noted(
      (terminals) => terminals.map(({ column }) => column).join() === ',,,1,1,2',
      'three terminals in the panel, two in the first editor group and one in the second',
    );
    await window.reload();
    await becomes(expected);
    await window.screenshot(journey.artifact('layout-after-reload'));

    await journey.killEditor();
    window = await journey.openEditor();
    await becomes(expected);
    await window.screenshot(journey.artifact('layout-after-restart'));
    assert.deepEqual(await programs(), before);
  });
});
