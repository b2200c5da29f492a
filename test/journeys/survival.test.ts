import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import { answersTyping, COUNTED, startCounting } from './counting';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};

describe('a session started in VS Code', SKIP, () => {
  let journey: Journey;
  beforeEach(async () => {
    journey = await Journey.begin();
  });
  afterEach(async () => {
    await journey.dispose();
  });

  it('goes on when the whole editor is killed, and is there when it starts again', async () => {
    const { window, name } = await startCounting(journey);
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
    const front = (await journey.sessions()).find((session) => session.name !== name)?.name ?? '';
    await window.panelNoted();
    await journey.frontNoted(front);
    await window.close();
    await journey.killEditor();
    await journey.goesOn(COUNTED);
    const again = await journey.openEditor();
    await again.terminalShows(/[$#] *$/);
    await journey.sameScreen(again, front);
    assert.deepEqual(await again.terminalNames(), [name, front]);
    await again.goToTerminal(name);
    await again.terminalShows(/count \d+/);
    await journey.sameScreen(again, name);
    await answersTyping(again);
    await journey.sameScreen(again, name);
    assert.equal((await journey.sessions()).length, 2);
    await again.screenshot(journey.artifact('after-editor-kill'));
  });

  it('is attached again, in place of the dead tab, after the extension host was killed', async () => {
    const { window, name } = await startCounting(journey);
    const hosts = journey.extensionHosts();
    assert.ok(hosts.length > 0, 'there is an extension host');
    for (const pid of hosts) {
      process.kill(pid, 'SIGKILL');
    }
    await poll(
      async () =>
        journey.extensionHosts().some((pid) => !hosts.includes(pid)) &&
        (await journey.sessions())[0]?.viewers === 1,
      { timeoutMs: 60_000, what: 'the new extension host to attach', state: () => journey.sessions() },
    );
    await journey.sameScreen(window, name);
    await answersTyping(window);
    assert.deepEqual((await window.terminalNames()).filter((label) => label.includes(name)).length, 1);
  });
});
