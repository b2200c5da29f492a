import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkName, folderName, freeName, programName } from './naming';

describe('a name', () => {
  it('is refused with the nearest valid one as the suggestion', () => {
    for (const [name, nearest] of [
      ['my project', 'my-project'],
      ['../etc', 'etc'],
      ['', 'session'],
      ['a/b', 'a-b'],
      ['-x', 'x'],
    ] as const) {
      assert.throws(() => checkName(name), { code: 'INVALID_NAME', suggestion: `Use '${nearest}'.` }, name);
    }
    assert.throws(() => checkName('x'.repeat(256)), { code: 'INVALID_NAME' });
    assert.equal(checkName('x'.repeat(255)).length, 255);
  });

  it('comes from the folder or the program when none is given', () => {
    assert.equal(folderName('/home/me/My Project'), 'My-Project');
    assert.equal(folderName('/'), 'session');
    assert.equal(programName('/usr/bin/bash'), 'bash');
  });

  it('is numbered when it is taken, and stays within its length', () => {
    const taken = new Set(['web', 'web-2']);
    assert.equal(
      freeName('web', (name) => taken.has(name)),
      'web-3',
    );
    const long = 'y'.repeat(255);
    assert.equal(freeName(long, (name) => name === long).length, 255);
  });
});
