import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { JournalReader } from '../journal/journalReader';
import { processState } from '../platform/processIdentity';
import {
  HostEnd,
  HostForget,
  HostRegister,
  HostRelease,
  HostStatus,
  type LaunchLine,
} from '../protocol/host';
import { until } from './testing/poll';
import { NO_DAEMON, TestHost } from './testing/testHost';

const withHost = async (
  options: Parameters<typeof TestHost.start>[0],
  use: (host: TestHost) => Promise<void>,
): Promise<void> => {
  const host = await TestHost.start(options);
  try {
    await use(host);
  } finally {
    await host.dispose();
  }
};

/** A daemon that notes that it was started, which descriptors it has, and ends. */
const noting = (folder: string): LaunchLine => ({
  executable: process.execPath,
  args: [
    '-e',
    `const fs=require('fs');const t=fs.readdirSync('/proc/self/fd').map((f)=>{try{return fs.readlinkSync('/proc/self/fd/'+f)}catch{return ''}});
     fs.appendFileSync(process.env.NOTES,JSON.stringify(t)+'\\n')`,
  ],
  environment: { NOTES: join(folder, 'notes') },
});

const notes = (folder: string): string[] => {
  const path = join(folder, 'notes');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
};

describe('a PTY host’s life', { skip: process.platform === 'win32' }, () => {
  test('goes on after SIGHUP, and so do its programs', () =>
    withHost({}, async (host) => {
      const { terminal } = await host.spawn(['sh']);
      const viewer = await host.view(terminal);
      viewer.type('kept=before\r');
      host.process.kill('SIGHUP');
      viewer.type('echo "<$kept>"\r');
      await viewer.shows('<before>\r\n');
    }));

  test('is in a session of its own, with a private socket and record', () =>
    withHost({}, async (host) => {
      const { record } = host;
      assert.ok(record);
      assert.equal(record.pid, host.process.pid);
      assert.equal(statSync(record.socket).mode & 0o777, 0o600);
      assert.equal(statSync(join(host.folder, 'data', 'hosts', `${host.id}.json`)).mode & 0o777, 0o600);
    }));

  test('starts a daemon that broke off again, more slowly when that one dies at once, and hands it no terminal', () =>
    withHost({}, async (host) => {
      const { terminal } = await host.spawn(['cat']);
      const other = await host.connect();
      await host.peer.call(HostRegister.type, { launch: noting(host.folder) });
      const broken = Date.now();
      host.peer.dispose();
      await until('it was started three times', () => notes(host.folder).length >= 3);
      assert.ok(Date.now() - broken >= 750, 'a daemon that dies at once was started without a delay');
      assert.doesNotMatch(notes(host.folder).join(), /ptmx/);
      await other.call(HostRegister.type, { launch: NO_DAEMON });
      const { terminals } = await other.call(HostStatus.type, {});
      assert.deepEqual(
        terminals.map(({ id, exit }) => [id, exit]),
        [[terminal, null]],
      );
    }));

  test('is not taken over by a connection that only looks, nor by the end of a daemon that was followed', () =>
    withHost({ launch: NO_DAEMON }, async (host) => {
      const { terminal } = await host.spawn(['cat']);
      const next = await host.connect();
      await next.call(HostStatus.type, {});
      await next.call(HostRegister.type, { launch: noting(host.folder) });
      host.peer.dispose();
      const probe = await host.connect();
      await probe.call(HostStatus.type, {});
      probe.dispose();
      const viewer = await host.view(terminal, { via: next });
      viewer.type('x\r');
      await viewer.shows('x\r\nx\r\n');
      assert.deepEqual(notes(host.folder), []);
    }));

  test('ends when it is told to stop and is empty, with its record and socket', () =>
    withHost({}, async (host) => {
      const { record } = host;
      const { terminal } = await host.spawn(['true']);
      await host.exitOf(terminal);
      await host.peer.call(HostForget.type, { terminal });
      await host.peer.call(HostRelease.type, { reason: 'stop' });
      await host.ended();
      assert.equal(host.process.exitCode, 0);
      assert.equal(host.record, undefined);
      assert.equal(existsSync(record?.socket ?? ''), false);
    }));

  test('that was told to stop goes on while a program runs, and starts no daemon', () =>
    withHost({}, async (host) => {
      const { pid } = await host.spawn(['cat']);
      await host.peer.call(HostRegister.type, { launch: noting(host.folder) });
      await host.peer.call(HostRelease.type, { reason: 'stop' });
      host.peer.dispose();
      process.kill(pid, 'SIGHUP');
      await host.ended();
      assert.equal(host.process.exitCode, 0);
      assert.deepEqual(notes(host.folder), []);
    }));

  test('leaves when it has held nothing for a while, also when no terminal ever came', () =>
    withHost({ environment: { HOLDFAST_PTY_HOST_EMPTY_MS: '2000' } }, async (host) => {
      await host.ended();
      assert.equal(host.process.exitCode, 0);
      assert.equal(host.record, undefined);
    }));

  test('stays while an end is not acknowledged, and leaves a while after it was', () =>
    withHost({ environment: { HOLDFAST_PTY_HOST_EMPTY_MS: '3000' } }, async (host) => {
      const { terminal } = await host.spawn(['true']);
      await host.exitOf(terminal);
      await host.peer.call(HostForget.type, { terminal });
      const { terminal: next, session } = await host.spawn(['cat']);
      assert.deepEqual(
        (await host.peer.call(HostStatus.type, {})).terminals.map(({ id }) => id),
        [next],
      );
      await host.peer.call(HostEnd.type, { session });
      await host.exitOf(next);
      await host.peer.call(HostForget.type, { terminal: next });
      await host.ended();
      assert.equal(host.process.exitCode, 0);
    }));

  test('starts a daemon when none has followed the one that made room', () =>
    withHost({ environment: { HOLDFAST_PTY_HOST_REPLACE_MS: '200' } }, async (host) => {
      await host.spawn(['cat']);
      await host.peer.call(HostRegister.type, { launch: noting(host.folder) });
      await host.peer.call(HostRelease.type, { reason: 'replace' });
      host.peer.dispose();
      await until('a daemon was started', () => notes(host.folder).length > 0);
    }));

  test('goes on after SIGTERM while its daemon is there, and leaves at once when nothing runs', () =>
    withHost({}, async (host) => {
      const { terminal, session } = await host.spawn(['sh']);
      const viewer = await host.view(terminal);
      viewer.type('kept=before\r');
      host.process.kill('SIGTERM');
      viewer.type('echo "<$kept>"\r');
      await viewer.shows('<before>\r\n');
      await host.peer.call(HostEnd.type, { session });
      await host.exitOf(terminal);
      host.process.kill('SIGTERM');
      await host.ended();
      assert.equal(host.process.exitCode, 0);
    }));

  test('ends its programs and leaves when SIGTERM and the leaving of its daemon come together', () =>
    withHost({}, async (host) => {
      const { terminal, pid, startTime } = await host.spawn(['sh']);
      host.process.kill('SIGTERM');
      await host.peer.call(HostStatus.type, {});
      await host.peer.call(HostRelease.type, { reason: 'stop' });
      await host.ended();
      assert.equal(host.process.exitCode, 0);
      assert.equal(processState(pid, startTime), 'dead');
      const journal = JournalReader.open(host.journalOf(terminal)) ?? assert.fail('there is no journal');
      assert.equal(journal.exit, null, 'it is lost with the machine, and has not ended by itself');
      journal.dispose();
    }));

  test('listens under a fresh name when its socket has vanished, and keeps its connections', () =>
    withHost({}, async (host) => {
      const { terminal } = await host.spawn(['cat']);
      const viewer = await host.view(terminal);
      const old = host.record?.socket;
      rmSync(join(host.folder, 'run'), { recursive: true });
      await until('it has a new socket', () => host.record?.socket !== old || undefined);
      const peer = await host.connect();
      assert.equal((await peer.call(HostStatus.type, {})).terminals.length, 1);
      viewer.type('x\r');
      await viewer.shows('x\r\nx\r\n');
    }));

  test('writes its record again when that is not what it wrote', () =>
    withHost({}, async (host) => {
      const record = host.record ?? assert.fail('it has written none');
      const path = join(host.folder, 'data', 'hosts', `${host.id}.json`);
      const others = [
        JSON.stringify({ ...record, token: 'f'.repeat(64) }),
        JSON.stringify({ ...record, pid: 1 }),
        '{"id":',
        '',
      ];
      for (const other of others) {
        writeFileSync(path, other);
        await until(
          'it is what it was',
          () => JSON.stringify(host.record) === JSON.stringify(record) || undefined,
        );
      }
      await host.connect();
    }));

  test('has written its record again before it starts a daemon that looks for it', () =>
    withHost({}, async (host) => {
      const path = join(host.folder, 'data', 'hosts', `${host.id}.json`);
      await host.spawn(['cat']);
      await host.peer.call(HostRegister.type, {
        launch: {
          executable: '/bin/sh',
          args: ['-c', 'test -e "$RECORD" && echo there >>"$NOTES" || echo missing >>"$NOTES"'],
          environment: { RECORD: path, NOTES: join(host.folder, 'notes') },
        },
      });
      rmSync(path);
      host.peer.dispose();
      await until('a daemon was started', () => notes(host.folder).length > 0 || undefined);
      assert.equal(notes(host.folder)[0], 'there');
    }));
});
