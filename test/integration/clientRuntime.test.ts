import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { checkCopies } from '../../daemon/cli/doctor/checks';
import { chooseRuntime, ensureRuntimeCopy, findProgram } from '../../daemon/client/index';
import { pruneRuntimeCopies } from '../../daemon/client/runtimeCopy';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { COMMAND_FOLDER } from '../../daemon/protocol/endpoint';
import type { HoldfastError } from '../../daemon/protocol/errors';
import { Place } from './clientFixture';

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('compile-cache'))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));

describe('the client library', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.leave());

  describe('the copy it runs from', () => {
    it('has what the daemon needs and this platform only, is made once, and kept while in use', async () => {
      const connection = await place.connection();
      const runtime = join(place.dataDir, 'runtime');
      const names = readdirSync(runtime).filter((name) => statSync(join(runtime, name)).isDirectory());
      assert.equal(names.length, 1);
      const copy = join(runtime, names[0] ?? '');
      for (const file of [
        'daemon.js',
        'daemonServer.js',
        'ptyhost.js',
        'screenWorker.js',
        'cli.js',
        'sql-wasm.wasm',
        'build-id',
      ]) {
        assert.ok(existsSync(join(copy, file)), file);
      }
      assert.deepEqual(readdirSync(join(copy, 'prebuilds')), [`${process.platform}-${process.arch}`]);
      assert.ok((statSync(join(copy, 'cli.js')).mode & 0o100) !== 0);

      const program = findProgram();
      assert.equal(ensureRuntimeCopy(program, place.dataDir).folder, copy);
      assert.equal(ensureRuntimeCopy({ ...program, folder: copy }, place.dataDir).folder, copy);

      const { version } = await connection.call(DaemonStatus.type, {});
      const weekOld = new Date(Date.now() - 7 * 24 * 3600 * 1000);
      const other = (name: string): string => {
        const folder = join(runtime, name);
        mkdirSync(folder);
        utimesSync(folder, weekOld, weekOld);
        return folder;
      };
      const unused = other('0.0.7-abc');
      const inUse = other(`${version}-abc`);
      const installed = other('0.0.8-abc');
      const command = join(place.dataDir, COMMAND_FOLDER);
      mkdirSync(command);
      writeFileSync(join(command, 'holdfast'), `exec node '${join(installed, 'cli.js')}'`);
      pruneRuntimeCopies(place.dataDir, { ...program, folder: copy });
      assert.deepEqual(
        [unused, installed, inUse, copy].map((folder) => existsSync(folder)),
        [false, true, true, true],
      );
    });

    it('is whole however many make it at once, and mended when it is not', async () => {
      await place.connection();
      const target = join(place.folder, 'concurrent');
      mkdirSync(target, { mode: 0o700 });
      const source = join(__dirname, '../../daemon/client/runtimeCopy.ts');
      const script = `
        const { ensureRuntimeCopy } = require(${JSON.stringify(source)});
        console.log(ensureRuntimeCopy(${JSON.stringify(findProgram())}, ${JSON.stringify(target)}).folder);`;
      const runs = Array.from(
        { length: 4 },
        () =>
          new Promise<number | null>((resolve) =>
            spawn(process.execPath, ['--import', 'tsx', '-e', script]).once('exit', (code) => resolve(code)),
          ),
      );
      assert.deepEqual(await Promise.all(runs), [0, 0, 0, 0]);
      const names = readdirSync(join(target, 'runtime'));
      assert.equal(names.length, 1);
      const copy = join(target, 'runtime', names[0] ?? '');
      rmSync(join(copy, 'build-id'));
      rmSync(join(copy, 'daemon.js'));
      ensureRuntimeCopy(findProgram(), target);
      assert.ok(existsSync(join(copy, 'daemon.js')));
      assert.equal(readdirSync(join(target, 'runtime')).length, 1);
    });

    const damages: Readonly<Record<string, (path: string) => void>> = {
      empty: (path) => truncateSync(path),
      gone: (path) => rmSync(path),
      'with a flipped bit': (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
    };
    for (const [how, damage] of Object.entries(damages)) {
      it(`is mended where files of it are ${how}, as soon as a daemon is to be started; doctor names them until then`, async () => {
        await place.connection();
        const program = findProgram();
        const { folder } = ensureRuntimeCopy(program, place.dataDir);
        const before = new Map(filesIn(folder).map((name) => [name, readFileSync(join(folder, name))]));
        for (const name of ['daemonServer.js', 'ptyhost.js', 'sql-wasm.wasm', 'sums.json']) {
          const path = join(folder, name);
          damage(path);
          if (name !== 'sums.json' || how !== 'gone') {
            const { status, message } = checkCopies(place.dataDir);
            assert.deepEqual(
              [status, message],
              ['error', `files of the program's copy are damaged: ${path}`],
            );
            assert.throws(
              () => ensureRuntimeCopy({ ...program, folder }, place.dataDir),
              (error: Partial<HoldfastError>) =>
                error.code === 'DAEMON_UNAVAILABLE' && error.message?.includes(`damaged: ${name}`) === true,
            );
          }
          ensureRuntimeCopy(program, place.dataDir);
          assert.equal(checkCopies(place.dataDir).status, 'ok');
        }
        // But for the list of sums, which a copy of an earlier version has not, all is as it was.
        before.delete(how === 'gone' ? 'sums.json' : '');
        for (const [name, content] of before) {
          assert.ok(readFileSync(join(folder, name)).equals(content), name);
        }
        assert.deepEqual(
          filesIn(folder).filter((name) => name.endsWith('.tmp')),
          [],
        );
      });
    }
  });

  describe('the choice of a runtime', () => {
    it('takes the first that proves itself, and remembers', async () => {
      const folder = join(place.folder, 'choice');
      mkdirSync(folder, { mode: 0o700 });
      cpSync(findProgram().folder, join(folder, 'copy'), { recursive: true });
      const counter = join(folder, 'count');
      const broken = join(folder, 'broken-node');
      writeFileSync(broken, `#!/bin/sh\necho run >> ${counter}\necho no luck >&2\nexit 9\n`);
      chmodSync(broken, 0o700);
      const at = { folder: join(folder, 'copy'), buildId: 'x', cacheFolder: folder };
      const candidates = [
        { executable: '/nowhere/node' },
        { executable: broken },
        { executable: process.execPath },
      ];
      for (let i = 0; i < 2; i++) {
        assert.equal((await chooseRuntime(candidates)(at)).executable, process.execPath);
      }
      assert.equal(statSync(counter).size, 'run\n'.length);
      await assert.rejects(chooseRuntime(candidates.slice(0, 2))(at), {
        code: 'DAEMON_UNAVAILABLE',
        message: /nowhere.*not found.*no luck/s,
      });
      const onPath = await chooseRuntime([{ executable: 'node' }], dirname(process.execPath))(at);
      assert.equal(onPath.executable, process.execPath);
    });
  });
});
