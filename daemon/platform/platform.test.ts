import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileIdentity } from './fileIdentity';
import { resolveLocations } from './locations';
import { machineId } from './machineId';
import { makeFolders } from './makeFolders';
import { readJsonFile, writePrivateFile } from './privateFile';
import { ensurePrivateFolder } from './privateFolder';
import { ownIdentity, processState, startTimeOf } from './processIdentity';
import { sameSecret } from './sameSecret';
import { newId, newToken } from './secrets';
import { newSocketPath } from './socketPath';
import { namesThere, readJsonThere } from './unreadable';

const POSIX_ONLY = {
  skip: process.platform === 'win32' && 'file modes and Unix sockets',
};

describe('the platform', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-platform-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('finds the folders where INTERFACE says', () => {
    const named = resolveLocations({
      HOLDFAST_SOCKET_DIR: '/a/run',
      HOLDFAST_DATA_DIR: '/a/data',
    });
    assert.equal(named.runtimeDir, '/a/run');
    assert.equal(named.rootDataDir, '/a/data');
    assert.equal(named.dataDir, join('/a/data', machineId()));
    assert.equal(resolveLocations({ XDG_RUNTIME_DIR: '/run/user/7' }).runtimeDir, '/run/user/7/holdfast');
    assert.match(resolveLocations({}).runtimeDir, /\.holdfast[\\/]run$/);
    assert.equal(
      resolveLocations({ HOLDFAST_SOCKET_DIR: '', XDG_RUNTIME_DIR: '/x' }).runtimeDir,
      '/x/holdfast',
    );
  });

  it('creates private folders', POSIX_ONLY, () => {
    const path = join(folder, 'a/b');
    ensurePrivateFolder(path);
    assert.equal(statSync(path).mode & 0o777, 0o700);
    ensurePrivateFolder(path);
  });

  it('makes folders with those above them, and fails at once where none can be', POSIX_ONLY, () => {
    makeFolders(join(folder, 'x/y/z'), 0o750);
    assert.equal(statSync(join(folder, 'x')).mode & 0o777, 0o750 & ~process.umask());
    assert.equal(statSync(join(folder, 'x/y/z')).isDirectory(), true);
    writeFileSync(join(folder, 'file'), '');
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    for (const path of [join(folder, 'file/a/b'), join(folder, 'dangling/a'), '/proc/holdfast/a']) {
      assert.throws(() => ensurePrivateFolder(path), { code: 'AUTH_FAILED', message: /can't be created/ });
    }
  });

  it('refuses a link, a file, and a folder that is open to others, and repairs nothing', POSIX_ONLY, () => {
    mkdirSync(join(folder, 'real'), { mode: 0o700 });
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'open'));
    chmodSync(join(folder, 'open'), 0o750);
    for (const [name, message] of [
      ['link', /\/link is a link$/],
      ['file', /\/file is not a folder$/],
      ['open', /\/open is open to other users$/],
    ] as const) {
      assert.throws(() => ensurePrivateFolder(join(folder, name)), { code: 'AUTH_FAILED', message });
    }
    assert.equal(statSync(join(folder, 'open')).mode & 0o777, 0o750);
  });

  it(
    'knows a file again after chmod(2), and takes one that was given its number for another',
    POSIX_ONLY,
    () => {
      const path = join(folder, 'file');
      assert.equal(fileIdentity(path), undefined);
      writeFileSync(path, '');
      const identity = fileIdentity(path);
      assert.notEqual(identity, undefined);
      chmodSync(path, 0o600);
      assert.equal(fileIdentity(path), identity);
      writeFileSync(join(folder, 'other'), '');
      assert.notEqual(fileIdentity(join(folder, 'other')), identity);
      // What a file of the same name and number differs in.
      utimesSync(path, 1, 1);
      assert.notEqual(fileIdentity(path), identity);
    },
  );

  it('tells a file and a folder that are not there from those that can’t be read', () => {
    assert.equal(readJsonThere(join(folder, 'none')), undefined);
    assert.deepEqual(namesThere(join(folder, 'none')), []);
    const torn = join(folder, 'torn.json');
    writeFileSync(torn, '{"a":');
    assert.equal(readJsonThere(torn), undefined);
    assert.deepEqual(namesThere(join(torn, 'below')), []);
    assert.deepEqual(namesThere(folder), ['torn.json']);
    if (process.platform !== 'win32') {
      assert.equal(readJsonThere(folder), undefined);
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      assert.deepEqual([readJsonThere(pipe), readJsonFile(pipe)], [undefined, undefined]);
      const loop = join(folder, 'loop');
      symlinkSync(loop, loop);
      assert.throws(() => readJsonThere(loop), { code: 'DAEMON_UNAVAILABLE', message: /can't be read/ });
    }
  });

  it('replaces a file as a whole and leaves nothing beside it', () => {
    const path = join(folder, 'file.json');
    writePrivateFile(path, '{"a":1}');
    writePrivateFile(path, '{"a":2}');
    assert.deepEqual(readJsonFile(path), { a: 2 });
    assert.deepEqual(readdirSync(folder), ['file.json']);
    assert.equal(readFileSync(path, 'utf8'), '{"a":2}');
    assert.equal(readJsonFile(join(folder, 'none')), undefined);
    if (process.platform !== 'win32') {
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }
  });

  it('tells a living process from a dead one, a zombie and a stranger with the same pid', async () => {
    const { pid, startTime } = ownIdentity();
    assert.ok(startTime);
    assert.equal(startTimeOf(pid), startTime);
    assert.equal(processState(pid, startTime), 'alive');
    assert.equal(processState(pid, 'another time'), 'dead');
    assert.equal(processState(0, null), 'dead');
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(processState(child.pid ?? 0, null), 'dead');
  });

  it('makes ids that differ, and compares secrets of any length', () => {
    const ids = new Set(Array.from({ length: 1000 }, newId));
    assert.equal(ids.size, 1000);
    for (const id of ids) {
      assert.match(id, /^[a-z][0-9a-z]{11}$/);
    }
    const token = newToken();
    assert.equal(Buffer.from(token, 'base64url').length, 32);
    assert.equal(sameSecret(token, token), true);
    assert.equal(sameSecret(token, `${token}x`), false);
    assert.equal(sameSecret('', token), false);
  });

  it('accepts a socket path of 107 bytes and refuses one of 109', POSIX_ONLY, () => {
    const overhead = Buffer.byteLength(newSocketPath('/', 'd-'));
    const limit = process.platform === 'darwin' ? 103 : 107;
    const path = newSocketPath(`/${'x'.repeat(limit - overhead - 1)}`, 'd-');
    assert.equal(Buffer.byteLength(path), limit);
    assert.throws(() => newSocketPath(`/${'x'.repeat(limit + 2 - overhead - 1)}`, 'd-'), {
      code: 'INVALID_INPUT',
    });
  });
});
