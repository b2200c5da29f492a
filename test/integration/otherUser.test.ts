import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import { machineId } from '../../daemon/platform/machineId';
import type { DaemonDiagnose } from '../../daemon/protocol/daemon';
import { ENDPOINT_FILE, type EndpointRecord } from '../../daemon/protocol/endpoint';
import type { WireError } from '../../daemon/protocol/errors';
import { TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { Place, startProgram, until } from './clientFixture';

const SECRET = 'planted-in-the-command-line';
const STICKY = 0o1777;
const isRoot = process.getuid?.() === 0;

/** Another user of this machine, made for the test. */
class OtherUser {
  public readonly name = `hf-test-${process.pid}`;
  public readonly id: number;

  public constructor() {
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/bin/sh', this.name], {
      stdio: 'pipe',
    });
    this.id = Number(execFileSync('id', ['-u', this.name]));
  }

  public remove(): void {
    execFileSync('userdel', [this.name], { stdio: 'pipe' });
  }

  /** Does something as that user, in this process: nothing else runs meanwhile. */
  public as<T>(act: () => T): T {
    process.seteuid?.(this.id);
    try {
      return act();
    } finally {
      process.seteuid?.(0);
    }
  }
}

const whyNot = (): string | false => {
  if (!isRoot) {
    return 'only root can make another user';
  }
  return spawnSync('useradd', ['--help']).status !== 0 && 'there is no useradd here';
};

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  );

describe('another user of the machine', { skip: whyNot() }, () => {
  let other: OtherUser;
  let shared: string;
  let node: string;
  const place = new Place();
  before(() => {
    other = new OtherUser();
    // Everybody may come as far as Holdfast's own folders, as in /tmp.
    shared = mkdtempSync(join(tmpdir(), 'hf-shared-'));
    for (const folder of [place.folder, shared]) {
      chmodSync(folder, STICKY);
    }
    mkdirSync(join(place.folder, 'data'), { mode: 0o755 });
    cpSync(resolve(__dirname, '../../dist'), join(shared, 'dist'), { recursive: true });
    node = process.execPath;
    if (spawnSync(node, ['--version'], { uid: other.id }).status !== 0) {
      node = join(shared, 'node');
      copyFileSync(process.execPath, node, constants.COPYFILE_FICLONE);
      chmodSync(node, 0o755);
    }
  });
  after(async () => {
    await place.leave();
    rmSync(shared, { recursive: true, force: true });
    other.remove();
  });

  const command = (
    args: readonly string[],
    environment: NodeJS.ProcessEnv,
    uid?: number,
  ): { status: number | null; stdout: string; error: WireError } => {
    const { status, stdout, stderr } = spawnSync(node, [join(shared, 'dist/cli.js'), '--json', ...args], {
      env: { ...environment, HOME: shared },
      cwd: '/',
      encoding: 'utf8',
      timeout: 20_000,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    return { status, stdout, error: JSON.parse(stderr === '' ? '{}' : stderr) as WireError };
  };
  /** What doctor says, which is broken. */
  const found = (environment: NodeJS.ProcessEnv, uid?: number): DaemonDiagnose.Result['findings'] => {
    const { stdout } = command(['doctor'], environment, uid);
    const { findings } = JSON.parse(stdout) as DaemonDiagnose.Result;
    for (const { suggestion = '' } of findings) {
      assert.doesNotMatch(suggestion, /holdfast doctor/);
    }
    return findings;
  };
  const isRefused = ({ status, error }: ReturnType<typeof command>, path: string): void => {
    assert.equal(status, 7, JSON.stringify(error));
    assert.equal(error.code, 'AUTH_FAILED');
    assert.ok(error.message.includes(path), error.message);
    assert.notEqual(error.suggestion, '');
  };

  test('can neither list, nor attach, nor read a screen or a command line', async () => {
    const connection = await place.connection();
    const session = await startProgram(connection, 'sh', '-c', `seq 500; echo shown; exec cat # ${SECRET}`);
    await until('its screen', async () => {
      const { lines } = await connection.call(TerminalSnapshot.type, { target: { text: session } });
      return lines.includes('shown');
    });
    const { dataDir, runtimeDir } = resolveLocations(place.environment);
    const kinds = [
      /\/journals\/./,
      /\/histories\/./,
      /\/logs\/./,
      /\/hosts\/./,
      /\/runtime\/.+\/daemon\.js$/,
      /\/holdfast\.log\./,
    ];
    await until('a file of each kind', () =>
      kinds.every((kind) => filesBelow(dataDir).some((path) => kind.test(path))),
    );
    const endpoint = JSON.parse(readFileSync(join(dataDir, ENDPOINT_FILE), 'utf8')) as EndpointRecord;
    const all = [...filesBelow(dataDir), ...filesBelow(runtimeDir)];
    assert.ok(all.includes(endpoint.socket), all.join('\n'));
    assert.ok(all.some((path) => lstatSync(path).isFile() && readFileSync(path).includes(SECRET)));

    const opened = other.as(() =>
      all.filter((path) => {
        try {
          readFileSync(path);
          return true;
        } catch (error) {
          return (error as NodeJS.ErrnoException).code !== 'EACCES';
        }
      }),
    );
    assert.deepEqual(opened, []);
    assert.throws(() => other.as(() => readdirSync(dataDir)), { code: 'EACCES' });
    assert.throws(() => other.as(() => readdirSync(runtimeDir)), { code: 'EACCES' });
    await assert.rejects(
      new Promise<void>((done, fail) => {
        const socket = other.as(() => connect(endpoint.socket));
        socket.once('connect', () => done());
        socket.once('error', fail);
      }),
      { code: 'EACCES' },
    );
    const calls = [['ls'], ['attach', session], ['snapshot', session], ['show', session], ['new']];
    const ofDaemon = [['status'], ['stop'], ['stop', '--force'], ['restart']].map((args) => [
      'daemon',
      ...args,
    ]);
    const isSilentAbout = (folder: string, environment: NodeJS.ProcessEnv): void => {
      for (const args of [...calls, ...ofDaemon]) {
        isRefused(command(args, environment, other.id), folder);
      }
      const findings = found(environment, other.id);
      for (const name of ['data folder', 'endpoint']) {
        assert.equal(findings.find(({ check }) => check === name)?.status, 'error', name);
      }
    };
    isSilentAbout(dataDir, place.environment);
    const root = dirname(dataDir);
    chmodSync(root, 0o700);
    isSilentAbout(dataDir, place.environment);
    chmodSync(root, 0o755);
  });

  for (const variable of ['HOLDFAST_SOCKET_DIR', 'HOLDFAST_DATA_DIR'] as const) {
    /** A place of its own for the one that is squatted in the other's way. */
    const squat = (how: string): { environment: NodeJS.ProcessEnv; path: string } => {
      const root = join(shared, `${variable}-${how}`);
      mkdirSync(root);
      chmodSync(root, STICKY);
      const environment = {
        ...place.environment,
        HOLDFAST_SOCKET_DIR: join(root, 'run'),
        HOLDFAST_DATA_DIR: join(root, 'data'),
      };
      if (variable === 'HOLDFAST_SOCKET_DIR') {
        return { environment, path: join(root, 'run') };
      }
      mkdirSync(join(root, 'data'));
      chmodSync(join(root, 'data'), STICKY);
      return { environment, path: join(root, 'data', machineId()) };
    };
    const isLeftAlone = ({ environment, path }: ReturnType<typeof squat>): void =>
      isRefused(command(['new', 'mine', '--', 'true'], environment), path);

    test(`can't squat the folder of ${variable}: it is refused, whatever its mode, and nothing is put in it`, () => {
      for (const mode of [0o700, 0o755, 0o777]) {
        const squatted = squat(mode.toString(8));
        mkdirSync(squatted.path);
        chownSync(squatted.path, other.id, other.id);
        chmodSync(squatted.path, mode);
        isLeftAlone(squatted);
        assert.deepEqual(readdirSync(squatted.path), []);
        assert.equal(lstatSync(squatted.path).uid, other.id);
      }
      const target = join(shared, `${variable}-target`);
      mkdirSync(target, { mode: 0o700 });
      const linked = squat('link');
      other.as(() => symlinkSync(target, linked.path));
      isLeftAlone(linked);
      assert.deepEqual(readdirSync(target), []);
      const open = squat('open');
      mkdirSync(open.path);
      chmodSync(open.path, 0o750);
      isLeftAlone(open);
      assert.equal(lstatSync(open.path).mode & 0o777, 0o750);
    });
  }

  test('can’t have a data folder made where they could put another in its place', () => {
    const environmentOf = (root: string): NodeJS.ProcessEnv => ({
      ...place.environment,
      HOLDFAST_DATA_DIR: root,
    });
    // Not in the sticky one: Linux follows no stranger's link there (protected_symlinks, proc(5)).
    const roots = join(shared, 'roots');
    mkdirSync(roots);
    chmodSync(roots, 0o755);
    const of = (name: string, owner: number): string => {
      const path = join(roots, name);
      mkdirSync(path, { mode: 0o700 });
      chownSync(path, owner, owner);
      return path;
    };
    const theirs = of('theirs', other.id);
    const mine = of('mine', 0);
    const theirLink = join(roots, 'their-link');
    symlinkSync(mine, theirLink);
    lchownSync(theirLink, other.id, other.id);
    const linkToTheirs = join(roots, 'link-to-theirs');
    symlinkSync(theirs, linkToTheirs);
    for (const root of [theirs, theirLink, linkToTheirs]) {
      isRefused(command(['new', 'mine', '--', 'true'], environmentOf(root)), root);
      const finding = found(environmentOf(root)).find(({ check }) => check === 'data root');
      assert.deepEqual([finding?.status, finding?.message.includes(root)], ['error', true]);
    }
    assert.deepEqual([readdirSync(theirs), readdirSync(mine)], [[], []]);
    // One's own link to one's own folder is nobody else's business.
    const link = join(roots, 'link');
    symlinkSync(mine, link);
    assert.deepEqual(
      found(environmentOf(link)).filter(({ check }) => check === 'data root'),
      [],
    );
  });

  test('can’t have a daemon and a PTY host that run write into a folder that they put in the place of ours', async () => {
    const own = new Place();
    const { dataDir, rootDataDir } = resolveLocations(own.environment);
    const away = `${dataDir}.away`;
    try {
      const connection = await own.connection();
      const session = await startProgram(connection, 'cat');
      chownSync(rootDataDir, other.id, other.id);
      assert.equal(found(own.environment).find(({ check }) => check === 'data root')?.status, 'warning');

      const names = ['logs', 'hosts', 'journals', 'keyframes', 'histories'];
      for (const [text, folders] of [
        ['first', []],
        ['second', names],
      ] as const) {
        renameSync(dataDir, away);
        for (const path of [dataDir, ...folders.map((name) => join(dataDir, name))]) {
          mkdirSync(path);
          chownSync(path, other.id, other.id);
          chmodSync(path, 0o755);
        }
        const theirs = filesBelow(dataDir).toSorted();
        // Both see that what names them is gone, and look at once; and every 5 s.
        rmSync(join(away, ENDPOINT_FILE));
        for (const name of readdirSync(join(away, 'hosts'))) {
          rmSync(join(away, 'hosts', name));
        }
        await connection.call(TerminalType.type, { target: { text: session }, text: `${text}\r` });
        const end = Date.now() + 7000;
        await until('both to have looked', () => {
          assert.deepEqual(filesBelow(dataDir).toSorted(), theirs);
          return Date.now() > end;
        });
        isRefused(command(['ls'], own.environment), dataDir);

        rmSync(dataDir, { recursive: true });
        renameSync(away, dataDir);
        await until('both to say again where they are', () => {
          return existsSync(join(dataDir, ENDPOINT_FILE)) && readdirSync(join(dataDir, 'hosts')).length === 1;
        });
        const { lines } = await connection.call(TerminalSnapshot.type, { target: { text: session } });
        assert.ok(lines.includes(text), lines.join('\n'));
      }
    } finally {
      if (existsSync(away)) {
        rmSync(dataDir, { recursive: true });
        renameSync(away, dataDir);
      }
      await own.leave();
    }
  });

  test('can’t lead a client to a daemon of their own', async () => {
    const root = join(shared, 'led');
    const dataDir = join(root, machineId());
    mkdirSync(dataDir, { recursive: true });
    let calls = 0;
    const server = createServer(() => calls++);
    const socket = join(shared, 'theirs.sock');
    await new Promise<void>((listening) => server.listen(socket, listening));
    const record: Partial<EndpointRecord> = {
      pid: process.pid,
      startTime: null,
      socket,
      token: 'theirs',
      version: '9.9.9',
    };
    writeFileSync(join(dataDir, ENDPOINT_FILE), JSON.stringify(record));
    for (const path of [dataDir, join(dataDir, ENDPOINT_FILE), socket]) {
      chownSync(path, other.id, other.id);
    }
    chmodSync(dataDir, 0o755);
    const environment = { ...place.environment, HOLDFAST_DATA_DIR: root };
    isRefused(command(['ls'], environment), dataDir);
    isRefused(command(['new', 'mine', '--', 'true'], environment), dataDir);
    server.close();
    assert.equal(calls, 0);
  });
});
