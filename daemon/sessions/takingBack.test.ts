import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { HoldfastError } from '../protocol/errors';
import { Store } from '../store/store';
import { sessionRow, terminalRow } from '../store/testRows';
import { Catalog } from './catalog';

const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

describe('a creation that is taken back on a full disk', { skip: isRoot ? false : 'needs root' }, () => {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-back-'));
  const disk = join(root, 'disk');
  const filler = join(disk, 'filler');

  before(() => {
    mkdirSync(disk);
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=0700', 'holdfast-test', disk]);
    assert.equal(mount.status, 0, String(mount.stderr));
  });
  after(() => {
    spawnSync('umount', [disk]);
    rmSync(root, { recursive: true });
  });

  it('is seen by nobody, gives its name free, and is gone from the disk with the next change', async () => {
    const folder = join(disk, 'store');
    const store = await Store.open(folder);
    const catalog = new Catalog(store);
    const session = sessionRow('refused', { name: 'wanted' });
    const terminal = terminalRow('terminal', session.id);
    await catalog.change((writer) => {
      writer.putSession(session);
      writer.putTerminal(terminal);
    });
    await fillUp(catalog, filler);

    await assert.rejects(
      catalog.takeBack(terminal.id, session.id),
      (error: HoldfastError) => error.code === 'STORE_ERROR',
    );
    assert.deepEqual([catalog.sessions, catalog.terminals], [[], []]);
    assert.equal(catalog.isTakenBack(terminal.id), true);

    rmSync(filler);
    const next = sessionRow('next', { name: 'wanted' });
    await catalog.change((writer) => writer.putSession(next));
    await store.close();
    const reopened = await Store.open(folder);
    assert.deepEqual(
      reopened.sessions().map(({ id }) => id),
      [next.id],
    );
    assert.deepEqual(reopened.terminals(), []);
    await reopened.close();
  });
});

/** Nothing fits any more, not even into what is left of the log's last block. */
const fillUp = async (catalog: Catalog, file: string): Promise<void> => {
  try {
    for (;;) {
      appendFileSync(file, Buffer.alloc(4096));
    }
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  }
  for (;;) {
    try {
      await catalog.change((writer) => writer.addEvent({ time: Date.now(), event: 'bell' }));
    } catch {
      return;
    }
  }
};
