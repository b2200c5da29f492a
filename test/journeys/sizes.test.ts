import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};
const NAME = 'shared';

describe('a session in two windows of different sizes', SKIP, () => {
  let journey: Journey | undefined;
  afterEach(() => journey?.dispose());

  /** Two windows that show the same session, the second one smaller and the last to be typed in. */
  const openBoth = async (
    settings: Readonly<Record<string, unknown>>,
  ): Promise<{ journey: Journey; large: Workbench; small: Workbench }> => {
    const begun = await Journey.begin(settings);
    journey = begun;
    const large = await begun.openEditor();
    await begun.holdfast('new', NAME, '--', 'bash', '--norc');
    const attach = async (window: Workbench): Promise<void> => {
      await window.choose('Holdfast: Attach', NAME);
      await window.terminalShows(/[$#] *$/);
    };
    await attach(large);
    const small = await begun.openWindow();
    await small.page.setViewportSize({ width: 900, height: 500 });
    await attach(small);
    await small.type('echo here$((1+1))\r');
    await small.terminalShows(/^here2$/);
    return { journey: begun, large, small };
  };

  /** The size that a window says a terminal is shown in, and undefined while it says none. */
  const said = async (window: Workbench): Promise<string | undefined> => {
    const texts = await window.page.locator('.statusbar-item:visible').allInnerTexts();
    return texts.map((text) => /(\d+)×(\d+)/.exec(text)?.[0]).find((text) => text !== undefined);
  };

  const sizeIs = async (begun: Journey): Promise<string> => {
    const { size } = await begun.snapshot(NAME);
    return `${size.cols}×${size.rows}`;
  };

  it('has the size of the one that was typed in last; the other says that it shows it in that size', async () => {
    const { journey: begun, large, small } = await openBoth({});
    await poll(async () => (await said(large)) === (await sizeIs(begun)), {
      what: 'the large window to name the size of the small one',
      state: async () => ({ said: await said(large), size: await sizeIs(begun) }),
    });
    await begun.sameScreen(large, NAME);
    await large.screenshot(begun.artifact('size-of-another-viewer'));
    assert.equal(await said(small), undefined, 'the small one shows it in its own');
    const before = await sizeIs(begun);
    await large.type('echo there$((1+1))\r');
    await small.terminalShows(/^there2$/);
    await poll(async () => (await said(large)) === undefined && (await said(small)) !== undefined, {
      what: 'the small window to name the size of the large one',
      state: async () => ({ large: await said(large), small: await said(small) }),
    });
    assert.notEqual(await sizeIs(begun), before);
    await begun.sameScreen(large, NAME);
    await small.screenshot(begun.artifact('size-of-a-larger-viewer'));
  });

  it('keeps the smallest size where the user has set it so, whoever types', async () => {
    const { journey: begun, large, small } = await openBoth({ 'holdfast.terminalSize': 'smallest' });
    const smallest = await sizeIs(begun);
    await large.type('echo there$((1+1))\r');
    await small.terminalShows(/^there2$/);
    assert.equal(await sizeIs(begun), smallest);
    assert.equal(await said(small), undefined);
    await poll(async () => (await said(large)) === smallest, { what: 'the large window to name the size' });
    await begun.sameScreen(large, NAME);
    await begun.sameScreen(small, NAME);
  });
});
