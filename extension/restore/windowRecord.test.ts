import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type RememberedTerminal, WindowRecord, windowKey } from './windowRecord';

const remembered = (name: string): RememberedTerminal => ({
  session: `session-${name}`,
  terminal: `terminal-${name}`,
  name,
  readOnly: false,
  column: null,
});

describe('what a window remembers', () => {
  let folder: string;
  let other: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-window-'));
  });

  afterEach(async () => {
    if (other?.exitCode === null && other.signalCode === null) {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const ownedBy = (pid: number): void => {
    const [file = ''] = readdirSync(folder);
    const record = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    writeFileSync(join(folder, file), JSON.stringify({ ...record, owner: { ...record.owner, pid } }));
  };

  it('has no folder as long as there is nothing to note', () => {
    const none = join(folder, 'windows', 'key');
    const record = WindowRecord.claim(none);
    record.write([]);
    record.release();
    assert.deepEqual(readdirSync(folder), []);
    record.write([remembered('a')]);
    assert.equal(readdirSync(none).length, 1);
  });

  it('has the task that runs in a terminal, and nothing that is none', () => {
    const task = { name: 'dev server', folder: '/project' };
    const before = WindowRecord.claim(folder);
    const wrong = { ...remembered('wrong'), task: { name: 1 } } as unknown as RememberedTerminal;
    before.write([{ ...remembered('server'), task }, wrong]);
    before.release();
    assert.deepEqual(WindowRecord.claim(folder).terminals, [{ ...remembered('server'), task }]);
  });

  it('comes back in order, with what was in front, after the window was left', () => {
    const first = WindowRecord.claim(folder);
    const shown = [{ ...remembered('b'), front: true }, remembered('a')];
    first.write(shown);
    first.release();
    assert.deepEqual(WindowRecord.claim(folder).terminals, shown);
  });

  it('tells the next window where stood what was closed, also when nothing is shown', () => {
    const left = [{ key: 'terminal-b', column: null, split: 'terminal-a', rank: 1.5 }];
    const first = WindowRecord.claim(folder);
    first.write([remembered('a')], left);
    first.release();
    const second = WindowRecord.claim(folder);
    assert.deepEqual(second.left, left);
    second.write([], left);
    second.release();
    const third = WindowRecord.claim(folder);
    assert.deepEqual([third.terminals, third.left], [[], left]);
    third.write([]);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('comes back after its extension host was killed, and not while it lives', async () => {
    other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    WindowRecord.claim(folder).write([remembered('a')]);
    ownedBy(other.pid ?? 0);
    assert.deepEqual(
      WindowRecord.claim(folder).terminals,
      [],
      'another window of the same folder begins empty',
    );
    other.kill('SIGKILL');
    await once(other, 'exit');
    assert.equal(WindowRecord.claim(folder).terminals.length, 1);
  });

  it('is taken over by one of two windows that start at once', () => {
    const left = WindowRecord.claim(folder);
    left.write([remembered('a')]);
    left.release();
    const both = [WindowRecord.claim(folder), WindowRecord.claim(folder)];
    // The same process owns both here, so the second sees the first's file as free; on disk there is one.
    assert.equal(readdirSync(folder).length, 1);
    assert.ok(both.some((record) => record.terminals.length === 1));
  });

  it('survives a broken file and leaves none when nothing is shown', () => {
    writeFileSync(join(folder, '1.json'), '{"version":1,"terminals":[{"session":1}]');
    const record = WindowRecord.claim(folder);
    assert.deepEqual(record.terminals, []);
    record.write([remembered('a')]);
    record.write([]);
    assert.deepEqual(readdirSync(folder), []);
  });

  it('belongs to the folders that are open, in any order', () => {
    assert.equal(windowKey(['/a', '/b']), windowKey(['/b', '/a']));
    assert.notEqual(windowKey(['/a']), windowKey(['/b']));
  });
});
