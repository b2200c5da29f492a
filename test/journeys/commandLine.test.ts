import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type IPty, spawn } from 'node-pty';
import { poll } from '../editor/patience';
import { Journey } from './journey';

const CLI = join(resolve(__dirname, '../..'), 'dist/cli.js');

describe('a session started in the editor', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey;
  let outside: IPty | undefined;

  beforeEach(async () => {
    journey = await Journey.begin();
  });

  afterEach(async () => {
    outside?.kill('SIGKILL');
    outside = undefined;
    await journey.dispose();
  });

  it('is attached in another terminal: both show it, both can type, and the editor fits the size in force', async () => {
    const window = await journey.openEditor();
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
    await window.type('secret=$((6*7))\r');
    const [session] = await journey.sessions();
    assert.ok(session);
    let seen = '';
    outside = spawn(process.execPath, [CLI, 'attach', session.name], {
      cols: 60,
      rows: 8,
      cwd: journey.project,
      env: journey.environment,
    });
    outside.onData((data) => {
      seen += data;
    });
    await poll(async () => (await journey.sessions())[0]?.viewers === 2, {
      what: 'two viewers',
      state: () => seen,
    });
    outside.write('echo "still $secret"\r');
    await poll(() => /still 42/.test(seen), { what: 'the answer outside', state: () => seen });
    await window.terminalShows(/^still 42$/);
    await journey.sameScreen(window, session.name);
    await window.type('echo from-the-editor\r');
    await poll(() => /from-the-editor/.test(seen), {
      what: 'the editor’s typing outside',
      state: () => seen,
    });
    await journey.sameScreen(window, session.name);
  });
});
