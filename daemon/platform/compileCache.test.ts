import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { compileCacheVariables, withoutLostCache } from './compileCache';

test('what is started from a copy that was deleted makes no folder in its place, which would be open to others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-cache-'));
  try {
    const copy = join(folder, 'runtime/1.0.0-abc');
    const environment = { ...process.env, ...compileCacheVariables(copy) };
    spawnSync(process.execPath, [join(copy, 'daemon.js')], { env: withoutLostCache(environment) });
    assert.equal(existsSync(join(folder, 'runtime')), false);
    mkdirSync(copy, { recursive: true });
    assert.deepEqual(withoutLostCache(environment), environment, 'as long as it is there it is used');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
