import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { Store } from '../store/store';
import { sessionRow, terminalRow } from '../store/testRows';
import { Catalog } from './catalog';
import { noteSize } from './sizeNotes';

describe('the size of a terminal', () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-sizes-'));
  const session = sessionRow('session');
  const terminal = terminalRow('terminal', session.id);
  const before = { cols: terminal.cols, rows: terminal.rows };
  let store: Store;
  let catalog: Catalog;

  beforeEach(async () => {
    store = await Store.open(mkdtempSync(join(root, 'store-')));
    catalog = new Catalog(store);
    await catalog.change((writer) => {
      writer.putSession(session);
      writer.putTerminal(terminal);
    });
  });
  afterEach(() => store.close());
  after(() => rmSync(root, { recursive: true }));

  const row = () => catalog.terminal(terminal.id) ?? assert.fail();
  const inForce = () => catalog.sizeOf(row());
  const stored = () => ({ cols: row().cols, rows: row().rows });

  it('is seen at once, and the row follows when it is on the disk', async () => {
    const noted = noteSize(catalog, terminal.id, { cols: 100, rows: 30 });
    assert.deepEqual([inForce(), stored()], [{ cols: 100, rows: 30 }, before]);
    await noted;
    assert.deepEqual(
      [inForce(), stored()],
      [
        { cols: 100, rows: 30 },
        { cols: 100, rows: 30 },
      ],
    );
    assert.equal(catalog.live(terminal.id).size, null);
  });

  it('is the one that came last, also when that is the one of before', async () => {
    const all = [{ cols: 100, rows: 30 }, { cols: 50, rows: 20 }, before].map((size) =>
      noteSize(catalog, terminal.id, size),
    );
    assert.deepEqual(inForce(), before);
    await Promise.all(all);
    assert.deepEqual([inForce(), stored(), catalog.live(terminal.id).size], [before, before, null]);
  });

  it('is news when it has changed, and not when it has been noted', async () => {
    const seen: string[] = [];
    catalog.onDidChange(() => seen.push(`${inForce().cols}`));
    await noteSize(catalog, terminal.id, before);
    assert.deepEqual(seen, []);
    await noteSize(catalog, terminal.id, { cols: 100, rows: 30 });
    // Once as it is in force, once as it is in the row.
    assert.deepEqual(seen, ['100', '100']);
  });

  it('is written with what happened, which is written without a new size too', async () => {
    for (const size of [
      { cols: 100, rows: 30 },
      { cols: 100, rows: 30 },
    ]) {
      await noteSize(catalog, terminal.id, size, (writer) =>
        writer.addEvent({ time: 1, event: 'bell', terminal: terminal.id }),
      );
    }
    assert.equal(catalog.events().length, 2);
  });
});
