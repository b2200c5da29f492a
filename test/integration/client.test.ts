import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  type Attachment,
  type AttachOptions,
  type Connection,
  chooseRuntime,
  ensureRuntimeCopy,
  findProgram,
  restartDaemon,
  stopDaemon,
} from '../../daemon/client/index';
import { connectOrStart } from '../../daemon/client/launcher';
import { pruneRuntimeCopies } from '../../daemon/client/runtimeCopy';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { SessionCreate, SessionList } from '../../daemon/protocol/sessions';
import { Place, until } from './clientFixture';

/** What an attachment has delivered, and how it ended. */
class Screen {
  public text = '';
  public readonly resets: string[] = [];
  public readonly states: string[] = [];
  public end: string | undefined;

  public constructor(public readonly attachment: Attachment) {
    const decoder = new TextDecoder();
    attachment.onData((data) => {
      this.text += decoder.decode(data, { stream: true });
    });
    attachment.onState((state) => this.states.push(state));
    attachment.onExit(({ exitCode, signal }) => {
      this.end = `exit ${exitCode} ${signal}`;
    });
    attachment.onDetach(({ kind }) => {
      this.end = kind;
    });
    attachment.start();
  }

  public shows(text: string): Promise<void> {
    return until(`shows ${JSON.stringify(text)}`, () => this.text.includes(text));
  }
}

describe('the client library', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.leave());

  const bash = async (connection: Connection, ...command: string[]): Promise<string> => {
    const { session } = await connection.call(SessionCreate.type, {
      cwd: '/',
      environment: { PATH: process.env['PATH'] ?? '' },
      command: command.length === 0 ? ['bash', '--norc', '-i'] : command,
    });
    return session.id;
  };

  const attach = async (
    connection: Connection,
    session: string,
    options: Partial<AttachOptions> = {},
  ): Promise<Screen> =>
    new Screen(
      place.track(
        await connection.attach({
          target: { text: session },
          mode: 'interactive',
          size: { cols: 80, rows: 24 },
          ...options,
        }),
      ),
    );

  describe('starting', () => {
    it('gives twenty clients that start at once the same daemon', async () => {
      const connections = await Promise.all(Array.from({ length: 20 }, () => place.connection()));
      const pids = await Promise.all(
        connections.map(async (one) => (await one.call(DaemonStatus.type, {})).pid),
      );
      assert.equal(new Set(pids).size, 1);
      await until('one daemon is left', () => place.daemons().length === 1);
    });

    it('starts nothing when told so, and says what to do', async () => {
      await assert.rejects(place.connection({ start: 'never' }), {
        code: 'DAEMON_UNAVAILABLE',
        suggestion: /daemon start/,
      });
      assert.equal(place.processes().length, 0);
    });

    it('starts from a copy, without the environment of an editor', async () => {
      const environment = {
        ...place.environment,
        ELECTRON_RUN_AS_NODE: '1',
        VSCODE_PID: '1',
        NODE_OPTIONS: '',
      };
      const connection = await place.connection({ environment });
      const { pid } = await connection.call(DaemonStatus.type, {});
      const started = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
      assert.deepEqual(
        started.filter((entry) => /^(ELECTRON_|VSCODE_|NODE_)/.test(entry)),
        [],
      );
      const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
      assert.equal(dirname(dirname(line[1] ?? '')), join(place.dataDir, 'runtime'));
      assert.equal(readlinkSync(`/proc/${pid}/cwd`), homedir());
      assert.notEqual(Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(' ')[5]), process.pid);
    });

    it('explains a daemon that does not come up', async () => {
      const dist = join(place.folder, 'broken');
      mkdirSync(dist);
      writeFileSync(join(dist, 'daemon.js'), 'console.error("no screwdriver"); process.exit(3);');
      await assert.rejects(place.connection({ distFolder: dist }), {
        code: 'DAEMON_UNAVAILABLE',
        message: /status 3.*no screwdriver/s,
      });
    });

    it('takes over from a daemon that was killed, and from what it left behind', async () => {
      const first = await place.connection();
      const pid = first.endpoint?.pid ?? 0;
      first.dispose();
      process.kill(pid, 'SIGKILL');
      const second = await place.connection();
      assert.notEqual(second.endpoint?.pid, pid);
    });

    it('is replaced by a newer client only, under running programs', async () => {
      const connection = await place.connection();
      const { pid, version } = await connection.call(DaemonStatus.type, {});
      const session = await bash(connection);
      const screen = await attach(connection, session);
      screen.attachment.write('V=$((40+2))\r');

      for (const older of ['0.0.1', version, `${version}-beta.1`]) {
        const link = await connectOrStart({ ...place.options, version: older });
        link.socket.destroy();
        assert.equal(link.endpoint.pid, pid, older);
      }
      const newer = await connectOrStart({ ...place.options, version: '99.0.0' });
      newer.socket.destroy();
      assert.notEqual(newer.endpoint.pid, pid);
      screen.attachment.write('echo "V is <$V>"\r');
      await screen.shows('V is <42>');
      assert.equal((await connection.call(DaemonStatus.type, {})).pid, newer.endpoint.pid);
    });

    it('restarts and stops on request', async () => {
      const connection = await place.connection();
      const session = await bash(connection);
      const before = connection.endpoint?.pid;
      const { pid } = await restartDaemon(place.options);
      assert.notEqual(pid, before);
      await assert.rejects(stopDaemon(place.options, 'if-idle'), { code: 'SESSIONS_RUNNING' });
      assert.equal((await connection.call(SessionList.type, {})).sessions[0]?.id, session);
      assert.equal((await stopDaemon(place.options, 'force'))?.killed, 1);
      assert.equal(await stopDaemon(place.options, 'force'), undefined);
    });
  });

  describe('the copy it runs from', () => {
    it('has what the daemon needs and this platform only, is made once, and kept while in use', async () => {
      const connection = await place.connection();
      const runtime = join(place.dataDir, 'runtime');
      const names = readdirSync(runtime).filter((name) => statSync(join(runtime, name)).isDirectory());
      assert.equal(names.length, 1);
      const copy = join(runtime, names[0] ?? '');
      for (const file of [
        'daemon.js',
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
      pruneRuntimeCopies(place.dataDir, { ...program, folder: copy });
      assert.deepEqual([existsSync(unused), existsSync(inUse), existsSync(copy)], [false, true, true]);
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

  describe('a daemon that dies', () => {
    it('takes no keystroke with it, and is back for the next call', async () => {
      const connection = await place.connection();
      const states: string[] = [];
      connection.onDidChangeState((state) => states.push(state));
      const { sessions } = await connection.subscribe({ sessions: true });
      assert.equal(sessions.length, 0);
      const session = await bash(connection);
      const screen = await attach(connection, session);
      screen.attachment.write('V=$((40+2))\r');
      const seen: string[] = [];
      connection.onSessionsChanged(({ changed }) => seen.push(...changed.map(({ id }) => id)));

      process.kill(connection.endpoint?.pid ?? 0, 'SIGKILL');
      screen.attachment.write('echo "V is <$V>"\r');
      await screen.shows('V is <42>');
      assert.equal((await connection.call(SessionList.type, {})).sessions[0]?.id, session);
      assert.deepEqual(states, ['connecting', 'connected']);
      assert.ok(seen.includes(session), 'what was subscribed is told again');
      assert.equal(screen.attachment.state, 'live');
    });

    it('is not started again by a connection alone', async () => {
      const connection = await place.connection();
      await stopDaemon(place.options, 'force');
      await until('the connection knows', () => connection.state === 'connecting');
      assert.equal(place.daemons().length, 0);
      await connection.call(DaemonStatus.type, {});
      assert.equal(place.daemons().length, 1);
    });
  });

  describe('an attachment', () => {
    it('leaves no question in the output, and the program has one answer', async () => {
      const connection = await place.connection();
      const session = await bash(connection);
      const screen = await attach(connection, session);
      screen.attachment.write(
        "IFS= read -rs -d c -p $'\\e[c' a; printf '<%q>\\n' \"$a\"; echo no-$((1+1))-more\r",
      );
      await screen.shows('no-2-more');
      assert.match(screen.text, /<\$'\\E\[\?[0-9;]*'>\r\nno-2-more\r\n/);
      assert.doesNotMatch(screen.text, /\x1b\[c/);
    });

    it('to an ended terminal gives its last screen and how it ended', async () => {
      const connection = await place.connection();
      const session = await bash(connection, 'sh', '-c', 'echo last words; exit 4');
      await until(
        'it has ended',
        async () => (await connection.call(SessionList.type, { all: true })).sessions[0]?.state === 'exited',
      );
      const screen = await attach(connection, session);
      await until('it ends', () => screen.end !== undefined);
      assert.match(screen.text, /last words/);
      assert.equal(screen.end, 'exit 4 null');
    });

    it('ends when its terminal is known to have died with the PTY host', async () => {
      const connection = await place.connection();
      const session = await bash(connection);
      const screen = await attach(connection, session);
      const { ptyHostPid } = await connection.call(DaemonStatus.type, {});
      process.kill(ptyHostPid ?? 0, 'SIGKILL');
      await until('it ends', () => screen.end !== undefined);
      assert.equal(screen.end, 'gone');
      assert.equal((await connection.call(SessionList.type, {})).sessions[0]?.state, 'lost');
    });

    it('tells every viewer the size in force', async () => {
      const connection = await place.connection();
      const session = await bash(connection);
      const screen = await attach(connection, session);
      const sizes: string[] = [];
      screen.attachment.onResize(({ cols, rows }) => sizes.push(`${cols}x${rows}`));
      const other = await attach(connection, session, { size: { cols: 100, rows: 30 } });
      await until('the first viewer knows', () => sizes.includes('100x30'));
      screen.attachment.focus();
      await until('the first viewer is in force again', () => sizes.at(-1) === '80x24');
      other.attachment.detach();
      assert.equal(other.end, 'requested');
    });

    it('that reads nothing is shown fresh screens and ends with the exact state', async () => {
      const connection = await place.connection();
      const session = await bash(connection);
      const screen = await attach(connection, session, { flow: 'manual' });
      let unread = 0;
      screen.attachment.onData((data) => {
        unread += data.length;
      });
      screen.attachment.write('seq 2000000; echo the-$((1+1))-end\r');
      await until('it has fallen behind', () => screen.attachment.state === 'catching-up');
      assert.ok(unread < 2 * 1024 * 1024, `${unread} bytes wait`);
      const reader = setInterval(() => {
        screen.attachment.acknowledge(unread);
        unread = 0;
      }, 5);
      try {
        await screen.shows('the-2-end');
        await until('it is live again', () => screen.attachment.state === 'live');
        screen.attachment.write('echo live-$((1+1))\r');
        await screen.shows('live-2');
      } finally {
        clearInterval(reader);
      }
      assert.ok(screen.text.includes('\x1bc'), 'a screen begins with a reset');
      assert.ok(screen.text.length < 14_000_000, `${screen.text.length} of 15 MB were spared`);
    });
  });
});
