import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import type { Locations } from './locations';

/** In a process of its own, as the environment is read while modules load. */
const SCRIPT = `import(process.argv[1]).then((m) => {
  const { resolveLocations } = m.default ?? m;
  process.stdout.write(JSON.stringify(resolveLocations(process.env)));
});`;

describe('locations', { skip: process.platform === 'win32' }, () => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'hfl-')));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const locationsWith = (env: Readonly<Record<string, string>>): Locations => {
    const tsx = path.resolve('node_modules/tsx/dist/loader.mjs');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', tsx, '-e', SCRIPT, path.join(__dirname, 'locations.ts')],
      { cwd: folder, env: { PATH: process.env['PATH'], ...env }, encoding: 'utf8', timeout: 60_000 },
    );
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(folder), [], 'nothing is made');
    return JSON.parse(stdout) as Locations;
  };

  test('take a HOME that is empty or relative for one that is not set', () => {
    const { homedir } = userInfo();
    const without = locationsWith({});
    assert.equal(without.runtimeDir, path.join(homedir, '.holdfast', 'run'));
    assert.ok(without.dataDir.startsWith(`${homedir}/`), without.dataDir);
    for (const HOME of ['', 'relative', './relative']) {
      assert.deepEqual(locationsWith({ HOME }), without, HOME);
    }
  });

  test('ignore relative folders of XDG, and take those of HOLDFAST from here', () => {
    const without = locationsWith({ HOME: '/home/somebody' });
    assert.equal(without.runtimeDir, '/home/somebody/.holdfast/run');
    assert.deepEqual(
      locationsWith({ HOME: '/home/somebody', XDG_RUNTIME_DIR: 'x', XDG_DATA_HOME: 'y' }),
      without,
    );
    const named = locationsWith({ HOME: '', HOLDFAST_DATA_DIR: 'data', HOLDFAST_SOCKET_DIR: 'run' });
    assert.equal(named.rootDataDir, path.join(folder, 'data'));
    assert.equal(named.runtimeDir, path.join(folder, 'run'));
    assert.equal(locationsWith({ HOME: '', XDG_RUNTIME_DIR: '/run/x' }).runtimeDir, '/run/x/holdfast');
  });
});
