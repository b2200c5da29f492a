import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { isGlibcEnough, missingPrebuild, thisMachine } from './platformCheck';

it('knows whether a package is for this machine', () => {
  const dist = mkdtempSync(join(tmpdir(), 'holdfast-platform-'));
  try {
    const folder = join(dist, 'prebuilds', 'linux-x64');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'pty.node'), '');
    assert.equal(missingPrebuild({ platform: 'linux', arch: 'x64', glibc: true }, dist), undefined);
    assert.equal(missingPrebuild({ platform: 'linux', arch: 'x64', glibc: false }, dist), 'glibc');
    assert.equal(missingPrebuild({ platform: 'linux', arch: 'arm64', glibc: true }, dist), 'package');
    assert.equal(missingPrebuild({ platform: 'darwin', arch: 'x64', glibc: true }, dist), 'package');
    assert.equal(thisMachine().platform, process.platform);
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
});

it('tells a glibc that is too old, and none at all', () => {
  assert.deepEqual(['2.28', '2.36', '3.0'].map(isGlibcEnough), [true, true, true]);
  assert.deepEqual(['2.27', '2.3', '1.99', '', undefined].map(isGlibcEnough), Array(5).fill(false));
});
