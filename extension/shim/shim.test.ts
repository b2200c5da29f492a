import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { shimFile } from './shim';

it("starts the command line with the caller's arguments untouched, from folders with spaces and quotes", {
  skip: process.platform === 'win32',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast shim 'quoted' "));
  try {
    const script = join(folder, 'cli.js');
    writeFileSync(
      script,
      'console.log(JSON.stringify([process.argv.slice(2), process.env.ELECTRON_RUN_AS_NODE ?? null]))',
    );
    const { name, content } = shimFile(
      { executable: process.execPath, electron: true, script },
      process.platform,
    );
    const file = join(folder, name);
    writeFileSync(file, content);
    chmodSync(file, 0o755);
    const link = join(folder, 'link');
    symlinkSync(file, link);
    const printed = execFileSync(link, ['new', 'a b', '--', "it's", '$HOME', '*'], { encoding: 'utf8' });
    assert.deepEqual(JSON.parse(printed), [['new', 'a b', '--', "it's", '$HOME', '*'], '1']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('runs on the node of the PATH once the editor whose runtime it had is gone', {
  skip: process.platform === 'win32',
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-shim-'));
  try {
    const script = join(folder, 'cli.js');
    writeFileSync(
      script,
      'console.log(JSON.stringify([process.execPath, process.env.ELECTRON_RUN_AS_NODE ?? null]))',
    );
    const { name, content } = shimFile(
      { executable: join(folder, 'removed/code'), electron: true, script },
      process.platform,
    );
    const file = join(folder, name);
    writeFileSync(file, content);
    chmodSync(file, 0o755);
    const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` };
    const printed = execFileSync(file, [], { encoding: 'utf8', env });
    assert.deepEqual(JSON.parse(printed), [process.execPath, null]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('is a batch file on Windows', () => {
  const { name, content } = shimFile(
    { executable: 'C:\\Program Files\\n%1\\node.exe', electron: false, script: 'C:\\d\\cli.js' },
    'win32',
  );
  assert.equal(name, 'holdfast.cmd');
  assert.ok(content.includes('"C:\\Program Files\\n%%1\\node.exe" "C:\\d\\cli.js" %*\r\n'));
  assert.equal(content.includes('ELECTRON'), false);
});
