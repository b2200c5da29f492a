import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { restartDaemon, stopDaemon } from '../../daemon/client/index';
import { connectOrStart } from '../../daemon/client/launcher';
import { processState } from '../../daemon/platform/processIdentity';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { SessionList } from '../../daemon/protocol/sessions';
import { Place, startProgram, until } from './clientFixture';

describe('the client library', () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.leave());

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
      const foreign = started.filter((entry) => /^(ELECTRON_|VSCODE_|NODE_)/.test(entry));
      assert.deepEqual(
        foreign.filter((entry) => !entry.startsWith(`NODE_COMPILE_CACHE=${place.dataDir}/`)),
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

    it('ends the daemon it has started when it gives up on it, and says so', async () => {
      const dist = join(place.folder, 'deaf');
      const pidFile = join(place.folder, 'deaf.pid');
      mkdirSync(dist);
      writeFileSync(
        join(dist, 'daemon.js'),
        `process.on('SIGTERM', () => undefined);
         require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
         setInterval(() => undefined, 1000);`,
      );
      await assert.rejects(place.connection({ distFolder: dist, timeoutMs: 1500 }), {
        code: 'DAEMON_UNAVAILABLE',
        message: /within 1500 ms; process \d+, which was started for it, was ended$/,
      });
      assert.equal(processState(Number(readFileSync(pidFile, 'utf8')), null), 'dead');
    });

    it('names the lock file that keeps it from starting one, and is not kept by what is no lock of ours', async () => {
      (await place.connection()).dispose();
      await stopDaemon(place.options, 'force');
      const other = spawn('sleep', ['600'], { stdio: 'ignore' });
      try {
        for (const prefix of ['daemon.lock.', 'launch.lock.']) {
          const file = join(place.dataDir, `${prefix}1000`);
          writeFileSync(file, JSON.stringify({ pid: other.pid, startTime: null }));
          await assert.rejects(place.connection({ timeoutMs: 1000 }), {
            code: 'DAEMON_UNAVAILABLE',
            message: new RegExp(`within 1000 ms;.* ${file} says that process ${other.pid}`),
            suggestion: new RegExp(`delete ${file} `),
          });
          writeFileSync(file, JSON.stringify({ pid: other.pid }));
        }
        (await place.connection()).dispose();
      } finally {
        other.kill('SIGKILL');
      }
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
      const session = await startProgram(connection);
      const screen = await place.attach(connection, session);
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

    it('stays, and serves a newer client, where the next one could not be started', async () => {
      const connection = await place.connection();
      const file = join(place.folder, 'file');
      writeFileSync(file, '');
      const environment = { ...place.options.environment, HOLDFAST_SOCKET_DIR: join(file, 'run') };
      const newer = await connectOrStart({ ...place.options, environment, version: '99.0.0' });
      newer.socket.destroy();
      assert.equal(newer.endpoint.pid, connection.endpoint?.pid);
      await connection.call(DaemonStatus.type, {});
    });

    it('restarts and stops on request', async () => {
      const connection = await place.connection();
      const session = await startProgram(connection);
      const before = connection.endpoint?.pid;
      const { pid } = await restartDaemon(place.options);
      assert.notEqual(pid, before);
      await assert.rejects(stopDaemon(place.options, 'if-idle'), { code: 'SESSIONS_RUNNING' });
      assert.equal((await connection.call(SessionList.type, {})).sessions[0]?.id, session);
      assert.equal((await stopDaemon(place.options, 'force'))?.killed, 1);
      assert.equal(await stopDaemon(place.options, 'force'), undefined);
    });

    for (const deleted of ['data', 'what is in it']) {
      it(`stops although its data folder was deleted a moment ago (${deleted})`, async () => {
        const connection = await place.connection();
        await startProgram(connection);
        const { pid } = await connection.call(DaemonStatus.type, {});
        const { dataDir } = place;
        // So that it can say where it is only after somebody has begun to look for it.
        process.kill(pid, 'SIGSTOP');
        const paths =
          deleted === 'data' ? [dirname(dataDir)] : readdirSync(dataDir).map((name) => join(dataDir, name));
        for (const path of paths) {
          rmSync(path, { recursive: true });
        }
        const stopping = stopDaemon(place.options, 'force');
        process.kill(pid, 'SIGCONT');
        assert.deepEqual(await stopping, { pid, killed: 1, survivors: [], keep: false });
        await until('the daemon to end', () => processState(pid, null) === 'dead');
      });
    }

    it('is not waited for to the end when the system says that it is stopped', {
      skip: process.platform !== 'linux',
    }, async () => {
      const { pid } = await (await place.connection()).call(DaemonStatus.type, {});
      process.kill(pid, 'SIGSTOP');
      try {
        const timeoutMs = 120_000;
        const from = performance.now();
        await assert.rejects(place.connection({ timeoutMs }), {
          code: 'DAEMON_UNAVAILABLE',
          message: /is stopped and does not answer/,
        });
        assert.ok(performance.now() - from < timeoutMs / 2);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      assert.equal((await (await place.connection()).call(DaemonStatus.type, {})).pid, pid);
    });

    it('is not waited for in a data folder that has none, beside one of another folder', async () => {
      await place.connection();
      const from = performance.now();
      const other = { ...place.environment, HOLDFAST_DATA_DIR: join(place.folder, 'other') };
      assert.equal(await stopDaemon({ environment: other }, 'force'), undefined);
      assert.ok(performance.now() - from < 10_000, 'for long');
      await stopDaemon(place.options, 'force');
      const left = performance.now();
      assert.equal(await stopDaemon(place.options, 'force'), undefined);
      assert.ok(performance.now() - left < 2000, 'one that has left is not looked for');
    });
  });
});
