import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { Journey, type ListedSession } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};

describe('a session between editor and command line', SKIP, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    // Before there is an editor.
    await journey.holdfast('new', 'outside', '--', 'bash', '--norc');
    await journey.holdfast('type', 'outside', 'x=from-outside', '--enter');
    window = await journey.openEditor();
  });
  after(() => journey.dispose());

  it('is started on the command line and attached in the editor', async () => {
    await window.choose('Holdfast: Attach', 'outside');
    await window.terminalShows(/x=from-outside/);
    await window.type('echo $x-$((40+2))\r');
    await window.terminalShows(/from-outside-42/);
    await journey.sameScreen(window, 'outside');
  });

  it('is started in the editor and driven from the command line', async () => {
    const started = async (): Promise<ListedSession | undefined> =>
      (await journey.sessions()).find(({ name }) => name !== 'outside');
    await window.run('Holdfast: New Session');
    const session = await poll(started, { what: 'a second session', state: () => journey.sessions() });
    await window.terminalInFront(session.name);
    await window.terminalShows(/[$#] *$/);
    await journey.holdfast('type', session.name, 'echo typed-$((6*7))', '--enter');
    await window.terminalShows(/typed-42/);
    await journey.sameScreen(window, session.name);
    await journey.holdfast('detach', session.name);
    await poll(async () => (await window.terminalNames()).every((label) => !label.includes(session.name)), {
      what: 'the tab to close',
      state: () => window.terminalNames(),
    });
    assert.equal((await started())?.state, 'running');
  });
});
