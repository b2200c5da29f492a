import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { ViewerInfo } from '../protocol/model';
import { Store } from '../store/store';
import { sessionRow, terminalRow } from '../store/testRows';
import { Catalog } from './catalog';
import { sessionInfo } from './info';
import { Listing } from './listing';

const VIEWER = { id: 'v1' } as unknown as ViewerInfo;

describe('a list of sessions', () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-listing-'));
  const one = sessionRow('one');
  const two = sessionRow('two', { createdAt: 1_700_000_000_001 });
  const empty = sessionRow('empty', { createdAt: 1_700_000_000_002 });
  const main = terminalRow('main', one.id, { pid: null });
  const second = terminalRow('second', one.id, { position: 1, pid: null, title: '"},{"idleMs":' });
  const ended = terminalRow('ended', two.id, { state: 'exited', exitedAt: 1_700_000_000_500, exitCode: 3 });
  let store: Store;
  let catalog: Catalog;
  let listing: Listing;

  beforeEach(async () => {
    mock.timers.enable({ apis: ['Date'], now: 1_700_000_001_000 });
    store = await Store.open(mkdtempSync(join(root, 'store-')));
    catalog = new Catalog(store);
    listing = new Listing(catalog);
    await catalog.change((writer) => {
      for (const row of [one, two, empty]) {
        writer.putSession(row);
      }
      for (const row of [main, second, ended]) {
        writer.putTerminal(row);
      }
    });
  });
  afterEach(async () => {
    await store.close();
    mock.timers.reset();
  });
  after(() => rmSync(root, { recursive: true }));

  /** All of it is as if it had just been built, as objects and as JSON. */
  const agrees = (): void => {
    const wanted = catalog.sessions.map((row) => sessionInfo(row, catalog));
    const listed = listing.all();
    assert.deepEqual(
      listed.map((session) => session.now()),
      wanted,
    );
    assert.deepEqual(JSON.parse(`[${listed.map((session) => session.json()).join()}]`), wanted);
  };

  it('shows every change, and time that goes on', async () => {
    agrees();
    mock.timers.tick(1234);
    agrees();
    for (const change of [
      { reachable: true },
      { foreground: 'vim' },
      { viewers: [VIEWER] },
      { lastOutputAt: Date.now() - 20 },
      { screenSetAside: true },
      { reachable: false },
    ]) {
      catalog.setLive(main.id, change);
      agrees();
    }
    await catalog.changeSession(one.id, (row) => ({ ...row, name: 'renamed', tags: [] }));
    agrees();
    await catalog.changeTerminal(second.id, (row) => ({ ...row, title: 'another', lastCwd: '/tmp' }));
    agrees();
    await catalog.change((writer) => writer.removeTerminal(second.id));
    agrees();
    await catalog.changeTerminal(main.id, (row) => ({ ...row, state: 'lost', exitedAt: Date.now() }));
    agrees();
    catalog.setLive(main.id, { couldNotComeBack: true });
    agrees();
    await catalog.change((writer) => writer.putTerminal(terminalRow('third', empty.id, { pid: null })));
    agrees();
    await catalog.change((writer) => {
      writer.removeTerminal(ended.id);
      writer.removeSession(two.id);
    });
    agrees();
  });

  it('builds nothing anew that has not changed', () => {
    const before = listing.all();
    catalog.setLive(main.id, { foreground: 'vim' });
    const after = listing.all();
    assert.notEqual(after[0], before[0]);
    assert.equal(after[1], before[1]);
    assert.equal(after[2], before[2]);
  });

  it('shows the folder that a quiet program has gone to', {
    skip: process.platform !== 'linux',
  }, async () => {
    const folder = process.cwd();
    await catalog.changeTerminal(main.id, (row) => ({ ...row, pid: process.pid, seenCwd: null }));
    catalog.setLive(main.id, { reachable: true });
    agrees();
    try {
      process.chdir(root);
      assert.equal(listing.all()[0]?.now().terminals[0]?.cwd, root);
      agrees();
    } finally {
      process.chdir(folder);
    }
  });
});
