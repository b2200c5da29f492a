import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { PROFILE_TITLE } from '../../extension/contributions';
import { poll } from '../editor/patience';
import { answersTyping, COUNTED, startCounting } from './counting';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};

describe('a session in the windows of VS Code', SKIP, () => {
  let journey: Journey;
  beforeEach(async () => {
    journey = await Journey.begin();
  });
  afterEach(async () => {
    await journey.dispose();
  });

  it('is attached again after a window reload, with no shell of VS Code beside it, and in the place of a page that died', async () => {
    const { window, name } = await startCounting(journey, {
      'terminal.integrated.defaultProfile.linux': PROFILE_TITLE,
    });
    await window.page.keyboard.press('Control+Shift+Backquote');
    await window.terminalShows(/^\S*[$#] *$/);
    const behind = (await journey.sessions()).find((session) => session.name !== name)?.name ?? '';
    // By real keys, which go where the focus is.
    await window.page.keyboard.type('echo "the keyboard is $((6*7))"\n');
    await window.terminalShows(/^the keyboard is 42$/);
    await window.goToTerminal(name);
    await journey.frontNoted(name);
    await window.panelNoted();
    const told = journey.sizesTold(COUNTED).length;
    await window.reload();
    await window.terminalShows(/count \d+/);
    await window.terminalInFront(name);
    await journey.goesOn(COUNTED);
    const { size } = await journey.snapshot(name);
    // Its tab was behind until now: it has the same room, and takes it as soon as it is shown.
    await journey.holdfast('resize', behind, '60', '10');
    await window.goToTerminal(behind);
    const now = async (): Promise<unknown> => (await journey.snapshot(behind)).size;
    await poll(async () => isDeepStrictEqual(await now(), size), {
      what: `the size ${size.cols}x${size.rows}`,
      state: now,
    });
    await journey.sameScreen(window, behind);
    await window.goToTerminal(name);
    await window.terminalShows(/count \d+/);
    const passing = journey
      .sizesTold(COUNTED)
      .slice(told)
      .filter((one) => one !== `${size.cols}x${size.rows}`);
    assert.deepEqual(passing, [], 'the program in front is told of no size that does not stay');
    await answersTyping(window);
    await window.type('stty size\r');
    await window.terminalShows(new RegExp(`^${size.rows} ${size.cols}$`));
    await journey.sameScreen(window, name);
    assert.equal((await journey.sessions()).length, 2);
    assert.deepEqual(await window.terminalNames(), [name, behind]);
    // Its page dies without a word, and VS Code's server keeps its extension host for hours.
    const hosts = journey.extensionHosts();
    await window.crash();
    const again = await journey.openWindow();
    await again.terminalShows(new RegExp(`^${size.rows} ${size.cols}$`));
    await journey.sameScreen(again, name);
    assert.deepEqual(await again.terminalNames(), [name, behind]);
    assert.ok(hosts.every((pid) => journey.extensionHosts().includes(pid)));
    const viewers = async (): Promise<readonly number[]> =>
      (await journey.sessions()).map((session) => session.viewers);
    await poll(async () => isDeepStrictEqual(await viewers(), [1, 1]), {
      what: 'one viewer each',
      state: viewers,
    });
  });

  it('is shown by two windows at once, and both can type', async () => {
    const { window, name } = await startCounting(journey);
    const second = await journey.openWindow();
    await second.choose('Holdfast: Attach', name);
    await second.terminalShows(/count \d+/);
    await answersTyping(second);
    await window.terminalShows(/alive at \d+/);
    await window.type('echo from-the-$((2-1))st\r');
    await second.terminalShows(/from-the-1st/);
    await poll(async () => (await journey.sessions())[0]?.viewers === 2, { what: 'two viewers' });
  });
});
