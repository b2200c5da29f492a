import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { checkFolder, loginShell, resolveProgram } from './program';

describe('a program', { skip: process.platform === 'win32' && 'POSIX paths' }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-program-'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'tool'), '#!/bin/sh\n');
    chmodSync(join(folder, 'bin', 'tool'), 0o755);
    writeFileSync(join(folder, 'bin', 'text'), 'no program');
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is found on the PATH of its own environment, or by its path from its folder', () => {
    const tool = join(folder, 'bin', 'tool');
    assert.deepEqual(resolveProgram(['tool', 'a b'], '/', { PATH: `/nowhere:${folder}/bin` }), {
      executable: tool,
      args: ['a b'],
    });
    assert.equal(resolveProgram(['./bin/tool'], folder, {}).executable, tool);
    assert.equal(resolveProgram(['tool'], join(folder, 'bin'), { PATH: '' }).executable, tool);
  });

  it('that does not exist or can not be run is refused before anything is started', () => {
    for (const name of ['no-such-program', './bin/text', './bin', '/nowhere/tool']) {
      assert.throws(
        () => resolveProgram([name], folder, { PATH: `${folder}/bin` }),
        { code: 'SPAWN_FAILED' },
        name,
      );
    }
    assert.throws(() => resolveProgram([''], folder, {}), { code: 'INVALID_INPUT' });
    assert.throws(() => resolveProgram(['/bin/sh', 'a\0b'], folder, {}), { code: 'INVALID_INPUT' });
  });

  it("is the user's shell when none is named", () => {
    assert.equal(loginShell({ SHELL: '/bin/sh' }), '/bin/sh');
    assert.match(loginShell({ SHELL: '/no/such/shell' }), /^\//);
    assert.match(loginShell({ SHELL: 'relative' }), /^\//);
  });

  it('runs in a folder that exists', () => {
    checkFolder(folder);
    assert.throws(() => checkFolder(join(folder, 'gone')), { code: 'CWD_NOT_FOUND' });
    assert.throws(() => checkFolder(join(folder, 'bin', 'tool')), { code: 'CWD_NOT_FOUND' });
    assert.throws(() => checkFolder('relative'), { code: 'INVALID_INPUT' });
  });
});
