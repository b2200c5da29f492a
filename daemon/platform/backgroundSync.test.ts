import assert from 'node:assert/strict';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { BackgroundSync } from './backgroundSync';

describe('a file that is brought to the disk in the background', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-sync-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const isOpen = (fd: number): boolean => {
    try {
      fstatSync(fd);
      return true;
    } catch {
      return false;
    }
  };

  it('can be written to and closed meanwhile, and is closed in the end', async () => {
    const path = join(folder, 'a');
    const sync = new BackgroundSync(0);
    const fd = openSync(path, 'a');
    writeSync(fd, 'x'.repeat(1024 * 1024));
    sync.begin(fd);
    sync.begin(fd);
    writeSync(fd, 'y');
    sync.close(fd);
    assert.ok(isOpen(fd), 'nobody else may get its number while the disk works');
    for (const deadline = Date.now() + 20_000; isOpen(fd); ) {
      assert.ok(Date.now() < deadline, 'the file is closed within 20 s');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal(readFileSync(path).length, 1024 * 1024 + 1);
  });

  it('is closed at once when nothing is under way', () => {
    const sync = new BackgroundSync(0);
    const fd = openSync(join(folder, 'b'), 'a');
    sync.close(fd);
    assert.throws(() => closeSync(fd), { code: 'EBADF' });
  });

  it('says when it is there, also of a file that is left', async () => {
    const sync = new BackgroundSync(0);
    const fd = openSync(join(folder, 'c'), 'a');
    writeSync(fd, 'x');
    const begun = new Promise<void>((resolve) => sync.begin(fd, resolve));
    writeSync(fd, 'y');
    const left = new Promise<void>((resolve) => sync.leave(fd, resolve));
    await Promise.all([begun, left]);
    assert.throws(() => closeSync(fd), { code: 'EBADF' }, 'it is closed once both are there');
  });
});
