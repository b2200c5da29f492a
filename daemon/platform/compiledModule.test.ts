import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { loadModule } from './compiledModule';

describe('a compiled module', () => {
  let folder: string;
  let storage: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-compiled-'));
    storage = join(folder, 'storage');
    path = join(folder, 'some.js');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (value: string): void =>
    writeFileSync(
      path,
      `const os = require('node:os'); exports.answer = () => ['${value}', os.EOL.length > 0, __dirname, __filename];
exports.fail = () => { throw new Error('here'); };`,
    );
  interface Loaded {
    answer(): unknown[];
    fail(): never;
  }
  const load = (): { module: Loaded; wasCompiled: boolean } => {
    const { module, wasCompiled, save } = loadModule(path, storage, require);
    if (!wasCompiled) {
      save();
    }
    return { module: module as Loaded, wasCompiled };
  };
  const answerOf = (value: string): unknown[] => [value, true, folder, path];

  test('is what require would give, the second time from what was kept', () => {
    write('one');
    const first = load();
    assert.deepEqual(first.module.answer(), answerOf('one'));
    assert.equal(first.wasCompiled, false);
    const again = load();
    assert.deepEqual(again.module.answer(), answerOf('one'));
    assert.equal(again.wasCompiled, true);
    assert.deepEqual(readdirSync(storage), ['some.compiled']);
    for (const { module } of [first, again]) {
      assert.throws(
        () => module.fail(),
        (error: Error) => error.stack?.includes(`${path}:2:30`) === true,
      );
    }
  });

  test('is the new one when the source is another of the same length', () => {
    write('one');
    load();
    write('two');
    for (const expected of [false, true]) {
      const { module, wasCompiled } = load();
      assert.deepEqual(module.answer(), answerOf('two'));
      assert.equal(wasCompiled, expected);
    }
  });

  test('does not believe what was changed or cut short', () => {
    write('one');
    load();
    const whole = readFileSync(join(storage, 'some.compiled'));
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(flipped.readUInt8(whole.length - 100) ^ 1, whole.length - 100);
    for (const broken of [
      flipped,
      whole.subarray(0, -20),
      Buffer.concat([whole, Buffer.from('x')]),
      Buffer.alloc(0),
    ]) {
      writeFileSync(join(storage, 'some.compiled'), broken);
      const { module, wasCompiled } = load();
      assert.deepEqual(module.answer(), answerOf('one'));
      assert.equal(wasCompiled, false);
    }
  });

  test('does not believe what others could have written', {
    skip: process.platform === 'win32' && 'modes say nothing there',
  }, () => {
    write('one');
    load();
    assert.equal(load().wasCompiled, true);
    chmodSync(storage, 0o777);
    assert.equal(load().wasCompiled, false);
    chmodSync(storage, 0o700);
    chmodSync(join(storage, 'some.compiled'), 0o666);
    assert.equal(load().wasCompiled, false);
  });

  test('is loaded where nothing can be kept', () => {
    write('one');
    writeFileSync(storage, 'a file');
    assert.deepEqual(load().module.answer(), answerOf('one'));
    assert.deepEqual(load().module.answer(), answerOf('one'));
  });
});
