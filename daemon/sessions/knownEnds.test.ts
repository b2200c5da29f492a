import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { Store } from '../store/store';
import { sessionRow, terminalRow } from '../store/testRows';
import { Catalog } from './catalog';
import { sessionInfo } from './info';
import type { End } from './knownEnds';

const END: End = { state: 'exited', exitCode: 3, signal: null, exitedAt: 1_700_000_001_000 };

describe('the end of a program that the disk does not take yet', () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-ends-'));
  const session = sessionRow('session');
  const terminal = terminalRow('terminal', session.id);
  let store: Store;
  let catalog: Catalog;

  beforeEach(async () => {
    store = await Store.open(mkdtempSync(join(root, 'store-')));
    catalog = new Catalog(store);
    await catalog.change((writer) => {
      writer.putSession(session);
      writer.putTerminal(terminal);
    });
    catalog.setLive(terminal.id, { reachable: true });
  });
  afterEach(() => store.close());
  after(() => rmSync(root, { recursive: true }));

  const seen = (): readonly unknown[] => {
    const info = sessionInfo(session, catalog);
    const [shown] = info.terminals;
    return [info.state, shown?.state, shown?.exitCode, shown?.exitedAt];
  };
  const ended = ['exited', 'exited', 3, END.exitedAt];
  const running = ['running', 'running', null, null];

  it('is seen at once, told to who listens, and not on the disk', () => {
    assert.deepEqual(seen(), running);
    const changed: unknown[] = [];
    catalog.onDidChange((id) => changed.push(id));
    catalog.noteEnd(terminal.id, END);
    assert.deepEqual(seen(), ended);
    assert.deepEqual(changed, [session.id]);
    assert.equal(store.terminals()[0]?.state, 'running');
  });

  it('stays seen when the disk takes something else of the terminal', async () => {
    catalog.noteEnd(terminal.id, END);
    catalog.noteEnd(terminal.id, END);
    await catalog.changeTerminal(terminal.id, (row) => ({ ...row, title: 'another' }));
    assert.equal(catalog.terminal(terminal.id)?.title, 'another');
    assert.deepEqual(seen(), ended);
    assert.equal(store.terminals()[0]?.state, 'running');
  });

  it('gives way to what the disk has taken, and to the program that runs after it', async () => {
    catalog.noteEnd(terminal.id, END);
    await catalog.changeTerminal(terminal.id, (row) => ({ ...row, ...END, exitCode: 4 }));
    assert.deepEqual(seen(), ['exited', 'exited', 4, END.exitedAt]);
    const next = { state: 'running', pid: 4712, exitCode: null, exitedAt: null } as const;
    await catalog.changeTerminal(terminal.id, (row) => ({ ...row, ...next }));
    assert.deepEqual(seen(), running);
    catalog.noteEnd(terminal.id, END);
    await catalog.changeTerminal(terminal.id, (row) => ({ ...row, ...next, pid: 4713 }));
    assert.deepEqual(seen(), running);
  });

  it('changes nothing of a terminal that has ended or is gone', async () => {
    await catalog.changeTerminal(terminal.id, (row) => ({ ...row, ...END, exitCode: 4 }));
    catalog.noteEnd(terminal.id, { ...END, state: 'lost' });
    assert.deepEqual(seen(), ['exited', 'exited', 4, END.exitedAt]);
    await catalog.change((writer) => writer.removeSession(session.id));
    catalog.noteEnd(terminal.id, END);
    assert.deepEqual(catalog.terminals, []);
  });
});
