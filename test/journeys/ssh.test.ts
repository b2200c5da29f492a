import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import { whyNoSsh } from '../support/openSsh';
import { answersTyping, COUNTED } from './counting';
import { FarServer } from './farServer';
import { counter, Journey } from './journey';

describe('an editor whose server is on another machine', { skip: whyNoSsh(), timeout: 240_000 }, () => {
  let journey: Journey;
  let server: FarServer | undefined;
  beforeEach(async () => {
    journey = await Journey.begin();
  });
  afterEach(async () => {
    await server?.dispose();
    server = undefined;
    await journey.dispose();
  });

  it('shows the sessions of that machine, and their terminals go on when the connection comes back', async () => {
    server = await FarServer.start(journey.serverOptions);
    await server.connect();
    const window = await journey.openWindowAt(server.url);
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
    const [session] = await journey.sessions();
    assert.ok(session);
    await window.type(`${counter(COUNTED)}\r`);
    await window.terminalShows(/count 3/);
    const rows = await window.openSessionsView();
    await rows.filter({ hasText: session.name }).first().waitFor();
    await window.screenshot(journey.artifact('far-machine'));

    await server.breakConnection();
    const broken = await journey.goesOn(COUNTED);
    await server.connect();
    await poll(
      async () => {
        const seen = (await window.terminalRows()).findLast((row) => row.startsWith('count '));
        return Number(seen?.split(' ')[1]) > broken;
      },
      {
        timeoutMs: 120_000,
        what: `the window to show more than ${broken}`,
        state: () => window.described(),
      },
    );
    await journey.sameScreen(window, session.name);
    await answersTyping(window);
    const [after] = await journey.sessions();
    assert.deepEqual(
      after?.terminals.map(({ pid }) => pid),
      session.terminals.map(({ pid }) => pid),
    );
  });
});
