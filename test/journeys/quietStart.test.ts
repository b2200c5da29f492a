import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import { until } from '../editor/rows';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

/** Where VS Code puts what is the extension's: its own copy of it, and its log. */
const OF_THE_EDITOR = /^editor\/(extensions|data\/(logs|CachedProfilesData|extensions))\//;
/** What V8 has compiled of the extension, kept once after an install or an update, as the last thing that a start does. */
const COMPILED = /^editor\/data\/User\/globalStorage\/holdfast\.holdfast(\/window[^/]*)?$/;

describe('a start of VS Code without a session', {
  skip: process.platform !== 'linux',
  timeout: 240_000,
}, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    window = await journey.openEditor();
  });
  after(() => journey?.dispose());

  const made = (): readonly string[] =>
    readdirSync(journey.folder, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /holdfast/i.test(path) && !OF_THE_EDITOR.test(path),
    );
  const places = (): readonly string[] =>
    ['HOLDFAST_DATA_DIR', 'HOLDFAST_SOCKET_DIR']
      .map((name) => journey.environment[name] ?? '')
      .filter((path) => existsSync(path));
  const activated = async (): Promise<void> => {
    const row = window.page.locator('.runtime-extensions-editor .extension').filter({ hasText: 'Holdfast' });
    const time = row.locator('.activation-time').filter({ hasText: /\d+ms/ });
    // Opened anew: the list may not follow what becomes of its rows.
    const look = async (): Promise<void> => {
      await close();
      await window.run('Developer: Show Running Extensions');
    };
    await until(time, look, 'the extension to be activated');
    await close();
  };
  const close = (): Promise<unknown> =>
    poll(
      async () => {
        if ((await window.page.locator('.monaco-modal-editor-block').count()) === 0) {
          return true;
        }
        await window.page.keyboard.press('Escape');
        return false;
      },
      { timeoutMs: 30_000, intervalMs: 200, what: 'the list of extensions to close' },
    );

  it('starts no daemon, and makes no socket, no folder and no file but what was compiled', async () => {
    await activated();
    await poll(() => made().some((path) => /holdfast\.holdfast\/window/.test(path)), {
      timeoutMs: 30_000,
      what: 'the start to be over',
      state: made,
    });
    await window.openSessionsView();
    await window.page.getByText('No terminal sessions yet').waitFor();
    assert.deepEqual(
      made().filter((path) => !COMPILED.test(path)),
      [],
    );
    assert.deepEqual(places(), []);
    assert.deepEqual(journey.daemons(), []);
  });

  it('hears of the first session at once, whoever starts it', async () => {
    const rows = await window.openSessionsView();
    await journey.holdfast('new', 'first', '--', 'bash', '--norc');
    await rows.filter({ hasText: 'first' }).waitFor();
    assert.ok(journey.daemons().length > 0, 'what runs is found');
    assert.equal(places().length, 2);
  });

  it('starts no daemon either where there have been sessions', async () => {
    await journey.holdfast('kill', 'first');
    await journey.holdfast('rm', 'first');
    // The view in front would ask for what has ended, which only a daemon can tell.
    await window.run('View: Show Explorer');
    await journey.holdfast('daemon', 'stop');
    await poll(() => journey.daemons().length === 0, {
      what: 'the daemon to leave',
      state: () => journey.daemons(),
    });
    await window.reload();
    await activated();
    assert.deepEqual(journey.daemons(), []);
  });
});
