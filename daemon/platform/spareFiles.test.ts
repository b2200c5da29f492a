import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { GenerationLock } from './generationLock';
import { giveUp, hasSpareFiles, keepSpareFiles, makeOfSpare, replaceBySpare, writeOver } from './spareFiles';

const LOCK = 'test.lock.';

describe('spare files', () => {
  let folder: string;
  const within = (name: string): string => join(folder, name);
  const spares = (): readonly string[] => readdirSync(folder).filter((name) => name.startsWith('.spare.'));
  const contentOf = (name: string): unknown => JSON.parse(readFileSync(within(name), 'utf8'));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-spare-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are made once, for this user alone, and hold their place', () => {
    assert.equal(hasSpareFiles(folder), false);
    keepSpareFiles(folder);
    const made = spares();
    keepSpareFiles(folder);
    assert.deepEqual(spares(), made);
    assert.equal(hasSpareFiles(folder), true);
    for (const name of made) {
      const { size, mode } = statSync(within(name));
      assert.ok(size > 0);
      assert.equal(process.platform === 'win32' ? 0 : mode & 0o077, 0);
    }
  });

  it('become another file where they are on the disk, as long as there are any', () => {
    keepSpareFiles(folder);
    const places = new Set(spares().map((name) => statSync(within(name)).ino));
    const made = [...spares(), 'one too many'].filter((_, index) =>
      makeOfSpare(within(`made-${index}`), JSON.stringify({ index })),
    );
    assert.deepEqual(
      made.map((_, index) => [contentOf(`made-${index}`), places.has(statSync(within(`made-${index}`)).ino)]),
      made.map((_, index) => [{ index }, true]),
    );
    assert.equal(existsSync(within(`made-${made.length}`)), false);
    assert.deepEqual(spares(), []);
  });

  it('take the place of a file whose own place is kept in turn', () => {
    keepSpareFiles(folder);
    const count = spares().length;
    writeFileSync(within('record'), JSON.stringify({ first: true }));
    const { ino } = statSync(within('record'));
    assert.ok(replaceBySpare(within('record'), JSON.stringify({ second: true })));
    assert.deepEqual(contentOf('record'), { second: true });
    assert.equal(spares().length, count);
    assert.ok(
      spares().some((name) => statSync(within(name)).ino === ino),
      'what was there before',
    );
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  it('are made of what is given up where one is missing, and only there', () => {
    keepSpareFiles(folder);
    writeFileSync(within('old'), 'old');
    giveUp(within('old'));
    assert.equal(existsSync(within('old')), false);
    assert.equal(
      spares().some((name) => readFileSync(within(name), 'utf8') === 'old'),
      false,
    );
    const [first = ''] = spares();
    rmSync(within(first));
    writeFileSync(within('old'), 'old');
    giveUp(within('old'));
    assert.equal(readFileSync(within(first), 'utf8'), 'old');
  });

  it('get the place of a lock that another one follows, never that of the lock itself', () => {
    writeFileSync(within(`${LOCK}1`), JSON.stringify({ pid: process.pid, startTime: 'of a dead process' }));
    const { ino } = statSync(within(`${LOCK}1`));
    keepSpareFiles(folder);
    const [first = ''] = spares();
    rmSync(within(first));
    const lock = GenerationLock.acquire(folder, LOCK) ?? assert.fail();
    assert.equal(statSync(within(first)).ino, ino);
    const held = statSync(within(`${LOCK}2`));
    assert.equal(held.nlink, 1);
    lock.dispose();
    assert.equal(statSync(within(`${LOCK}2`)).ino, held.ino, 'freed in its place');
    assert.equal(GenerationLock.holder(folder, LOCK), undefined);
  });

  it('are written over without giving up their place, to their end', () => {
    writeFileSync(within('long'), JSON.stringify({ long: 'x'.repeat(100) }));
    const { size } = statSync(within('long'));
    writeOver(within('long'), '{}');
    assert.equal(statSync(within('long')).size, size);
    assert.deepEqual(contentOf('long'), {});
    assert.throws(() => writeOver(within('none'), '{}'), { code: 'ENOENT' });
  });
});
