import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { poll } from '../support/poll';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 240_000,
};

describe('a session between editor and command line', SKIP, () => {
  let journey: Journey;
  beforeEach(async () => {
    journey = await Journey.begin();
  });
  afterEach(async () => {
    await journey.dispose();
  });

  it('is started on the command line and attached in the editor', async () => {
    await journey.holdfast('new', 'outside', '--', 'bash', '--norc');
    await journey.holdfast('type', 'outside', 'x=from-outside', '--enter');
    const window = await journey.openEditor();
    await window.run('Holdfast: Attach');
    await window.answer('outside');
    await window.terminalShows(/x=from-outside/);
    await window.type('echo $x-$((40+2))\r');
    await window.terminalShows(/from-outside-42/);
    await journey.sameScreen(window, 'outside');
  });

  it('is started in the editor and driven from the command line', async () => {
    const window = await journey.openEditor();
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
    const [session] = await journey.sessions();
    assert.ok(session);
    await journey.holdfast('type', session.name, 'echo typed-$((6*7))', '--enter');
    await window.terminalShows(/typed-42/);
    await journey.sameScreen(window, session.name);
    await journey.holdfast('detach', session.name);
    await poll(async () => (await window.terminalNames()).every((label) => !label.includes(session.name)), {
      what: 'the tab to close',
      state: () => window.terminalNames(),
    });
    assert.equal((await journey.sessions())[0]?.state, 'running');
  });
});
