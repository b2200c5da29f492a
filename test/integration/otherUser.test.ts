import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import { machineId } from '../../daemon/platform/machineId';
import { ENDPOINT_FILE, type EndpointRecord } from '../../daemon/protocol/endpoint';
import type { WireError } from '../../daemon/protocol/errors';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
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
  ): { status: number | null; error: WireError } => {
    const { status, stderr } = spawnSync(node, [join(shared, 'dist/cli.js'), '--json', ...args], {
      env: { ...environment, HOME: shared },
      cwd: '/',
      encoding: 'utf8',
      timeout: 20_000,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    return { status, error: JSON.parse(stderr === '' ? '{}' : stderr) as WireError };
  };
  const isRefused = ({ status, error }: ReturnType<typeof command>, path: string): void => {
    assert.equal(status, 7, JSON.stringify(error));
    assert.equal(error.code, 'AUTH_FAILED');
    assert.ok(error.message.includes(path), error.message);
    assert.notEqual(error.suggestion, '');
  };

  test('can neither list, nor attach, nor read a screen or a command line', async () => {
    const connection = await place.connection();
    const session = await startProgram(connection, 'sh', '-c', `echo shown; exec cat # ${SECRET}`);
    await until('its screen', async () => {
      const { lines } = await connection.call(TerminalSnapshot.type, { target: { text: session } });
      return lines[0] === 'shown';
    });
    const { dataDir, runtimeDir } = resolveLocations(place.environment);
    const endpoint = JSON.parse(readFileSync(join(dataDir, ENDPOINT_FILE), 'utf8')) as EndpointRecord;
    const all = [...filesBelow(dataDir), ...filesBelow(runtimeDir)];
    assert.ok(all.some((path) => /journals\/./.test(path)) && all.includes(endpoint.socket), all.join('\n'));
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
    for (const args of [['ls'], ['attach', session], ['snapshot', session], ['show', session], ['new']]) {
      isRefused(command(args, place.environment, other.id), dataDir);
    }
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
      for (const mode of [0o700, 0o777]) {
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
