import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { HoldfastError } from '../protocol/errors';
import { Store } from './store';
import { sessionRow } from './testRows';

const isStoreError = (error: unknown): boolean =>
  error instanceof HoldfastError && error.code === 'STORE_ERROR' && /space/.test(error.suggestion);

const root = mkdtempSync(join(tmpdir(), 'holdfast-full-'));
const disk = join(root, 'disk');

/** Why there is no small disk to fill, or undefined when it is mounted. */
const mountSmallDisk = (): string | undefined => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return 'a small file system can be mounted by root on Linux only';
  }
  mkdirSync(disk);
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k,mode=0700', 'holdfast-test', disk]);
  return mount.status === 0 ? undefined : `mount: ${String(mount.stderr ?? mount.error)}`;
};

const reason = mountSmallDisk();
if (reason !== undefined) {
  rmSync(root, { recursive: true });
}

describe('A store on a full disk', { skip: reason ?? false }, () => {
  after(() => {
    assert.equal(spawnSync('umount', [disk]).status, 0);
    rmSync(root, { recursive: true });
  });

  const filler = join(disk, 'filler');
  const fill = (): void => {
    try {
      for (;;) {
        writeFileSync(filler, Buffer.alloc(4096), { flag: 'a' });
      }
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
    }
  };

  it('rejects a change and is as it was, then takes changes again when there is room', async () => {
    const folder = join(disk, 'store');
    const store = await Store.open(folder);
    const kept = sessionRow('kept');
    await store.change((writer) => writer.putSession(kept));
    fill();
    const long = sessionRow('long', { note: 'x'.repeat(20_000) });
    const results = await Promise.allSettled([
      store.change((writer) => writer.putSession(long)),
      store.change((writer) => writer.putSession(sessionRow('same-flush'))),
    ]);
    assert.ok(results.every((result) => result.status === 'rejected' && isStoreError(result.reason)));
    assert.deepEqual(store.sessions(), [kept]);

    // The export finds no room either; the log alone must do.
    await store.close();
    const reopened = await Store.open(folder);
    assert.deepEqual(reopened.sessions(), [kept]);
    await assert.rejects(
      reopened.change((writer) => writer.putSession(long)),
      isStoreError,
    );

    rmSync(filler);
    await reopened.change((writer) => writer.putSession(long));
    await reopened.close();
    const last = await Store.open(folder);
    assert.deepEqual(last.sessions(), [kept, long]);
    assert.deepEqual(last.report, { setAside: [], dropped: [], replayed: 0, unreadable: [] });
    await last.close();
  });

  it('says why a store cannot be begun, and can be begun later', async () => {
    const folder = join(disk, 'new');
    mkdirSync(folder, { mode: 0o700 });
    fill();
    await assert.rejects(Store.open(folder), isStoreError);
    rmSync(filler);
    await (await Store.open(folder)).close();
  });
});
