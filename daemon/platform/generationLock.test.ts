import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { GenerationLock } from './generationLock';

const PREFIX = 'test.lock.';
const ROOT = resolve(__dirname, '../..');

describe('a generation lock', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-lock-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.kill('SIGKILL');
      await ended(child);
    }
    rmSync(folder, { recursive: true, force: true });
  });

  /** A process that tries for the lock, prints `got` or `no`, and holds on until it is killed. */
  const contender = (): ChildProcess => {
    const script = `
      const { GenerationLock } = require(${JSON.stringify(join(ROOT, 'daemon/platform/generationLock'))});
      const lock = GenerationLock.acquire(${JSON.stringify(folder)}, ${JSON.stringify(PREFIX)});
      process.stdout.write(lock ? 'got\\n' : 'no\\n');
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };

  it('is held by one only, however many try at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, contender).map(firstLine));
    assert.deepEqual(answers.sort(), ['got', 'no', 'no', 'no', 'no', 'no']);
  });

  it('is free again when its holder was killed, and taken by one of many', async () => {
    const holder = contender();
    assert.equal(await firstLine(holder), 'got');
    holder.kill('SIGKILL');
    await ended(holder);
    assert.equal(GenerationLock.holder(folder, PREFIX), undefined);
    const answers = await Promise.all(Array.from({ length: 4 }, contender).map(firstLine));
    assert.deepEqual(answers.sort(), ['got', 'no', 'no', 'no']);
    assert.equal(readdirSync(folder).filter((name) => name.startsWith(PREFIX)).length, 1);
  });

  it('is not held by another process that has got the pid of the dead holder', () => {
    writeFileSync(join(folder, `${PREFIX}1`), JSON.stringify({ pid: process.pid, startTime: 'long ago' }));
    const lock = GenerationLock.acquire(folder, PREFIX);
    assert.ok(lock);
    assert.equal(GenerationLock.acquire(folder, PREFIX), undefined);
    lock.dispose();
    assert.ok(GenerationLock.acquire(folder, PREFIX));
  });

  it('takes a torn lock file for held while it is young, and for stale later', () => {
    const path = join(folder, `${PREFIX}7`);
    writeFileSync(path, '{"pid":');
    assert.equal(GenerationLock.acquire(folder, PREFIX), undefined);
    utimesSync(path, new Date(0), new Date(0));
    assert.ok(GenerationLock.acquire(folder, PREFIX));
    assert.deepEqual(readdirSync(folder), [`${PREFIX}8`]);
  });

  it('is not held by what names a living process and not when that was started, as no lock of ours does', () => {
    for (const content of [{ pid: 1 }, { pid: process.pid }, { startTime: null }, null]) {
      for (const name of readdirSync(folder)) {
        rmSync(join(folder, name));
      }
      writeFileSync(join(folder, `${PREFIX}1`), JSON.stringify(content));
      assert.equal(GenerationLock.holder(folder, PREFIX), undefined);
      const lock = GenerationLock.acquire(folder, PREFIX);
      assert.ok(lock, JSON.stringify(content));
      lock.dispose();
    }
  });

  it('names who holds it, and the file that says so, also where the system did not tell when that was started', () => {
    const file = join(folder, `${PREFIX}3`);
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: null }));
    assert.deepEqual(GenerationLock.holder(folder, PREFIX), { pid: process.pid, startTime: null, file });
    assert.equal(GenerationLock.acquire(folder, PREFIX), undefined);
  });

  it('does not wait for a torn lock file whose time lies ahead, as behind a clock that was set back', () => {
    const path = join(folder, `${PREFIX}7`);
    writeFileSync(path, '{"pid":');
    const tomorrow = new Date(Date.now() + 24 * 60 * 60_000);
    utimesSync(path, tomorrow, tomorrow);
    assert.ok(GenerationLock.acquire(folder, PREFIX));
  });
});

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(data.toString().trim()));
    child.once('exit', () => reject(new Error('it ended without an answer')));
  });

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));
