import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { JournalReader } from '../journal/journalReader';
import { newId } from '../platform/secrets';
import { HoldfastError } from '../protocol/errors';
import {
  HostActivity,
  HostEnd,
  HostForget,
  HostRead,
  HostResize,
  type HostSpawn,
  HostStatus,
  HostSync,
  HostWrite,
  type TerminalActivity,
} from '../protocol/host';
import { offset, type SessionId, type TerminalId } from '../protocol/ids';
import { MAX_CALL_BYTES } from '../protocol/message';
import { dial } from '../transport/dial';
import { until } from './testing/poll';
import { CLIENT, SIZE, TestHost } from './testing/testHost';

const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof HoldfastError && error.code === code && error.suggestion !== '';

describe('a PTY host', { skip: process.platform === 'win32' }, () => {
  let host: TestHost;
  before(async () => {
    host = await TestHost.start();
  });
  after(() => host.dispose());

  const status = async (terminal: TerminalId) => {
    const { terminals } = await host.peer.call(HostStatus.type, {});
    const found = terminals.find(({ id }) => id === terminal);
    assert.ok(found);
    return found;
  };

  test('what is typed reaches the program, and what it writes reaches the viewer', async () => {
    const { terminal } = await host.spawn(['cat']);
    const viewer = await host.view(terminal);
    viewer.type('hello\r');
    await viewer.shows('hello\r\nhello\r\n');
    viewer.type('\x04');
    assert.equal((await viewer.frame('exited')).exitCode, 0);
    assert.equal((await host.exitOf(terminal)).exit.exitCode, 0);
  });

  test('a call that is too long is refused before it is read', async () => {
    const { record } = host;
    assert.ok(record);
    const { socket } = await dial({ socket: record.socket, token: record.token }, CLIENT);
    let answer = '';
    socket.on('data', (data: Buffer) => {
      answer += data.toString();
    });
    socket.resume();
    socket.write(`Content-Length: ${MAX_CALL_BYTES + 1}\r\n\r\n{`);
    await until('the refusal', () => answer.includes('"code":"INVALID_INPUT"'));
  });

  test('a program that is ended by a signal exits with it, and the exit is kept until it is forgotten', async () => {
    const { terminal, pid } = await host.spawn(['sleep', '1000']);
    process.kill(pid, 'SIGKILL');
    const { exit } = await host.exitOf(terminal);
    assert.deepEqual([exit.exitCode, exit.signal], [0, 9]);
    assert.deepEqual((await status(terminal)).exit, exit);
    await host.peer.call(HostForget.type, { terminal });
    const { terminals } = await host.peer.call(HostStatus.type, {});
    assert.ok(terminals.every(({ id }) => id !== terminal));
  });

  test('only terminals in which something has happened are told again', async () => {
    const quiet = await host.spawn(['cat']);
    const busy = await host.spawn(['cat']);
    let upTo = 0;
    let running = 0;
    const programs = new Map<TerminalId, string | null>();
    const next = async (): Promise<readonly TerminalActivity[]> => {
      const answer = await host.peer.call(HostActivity.type, { since: upTo });
      ({ upTo, running } = answer);
      for (const { id, foreground } of answer.terminals) {
        programs.set(id, foreground);
      }
      return answer.terminals;
    };
    await until('cat to have taken the place of what was forked', async () => {
      await next();
      return [quiet, busy].every(({ terminal }) => programs.get(terminal) === 'cat');
    });
    const viewer = await host.view(busy.terminal);
    viewer.type('hello\r');
    await viewer.shows('hello\r\nhello\r\n');
    const told = await next();
    assert.deepEqual(
      told.map(({ id }) => id),
      [busy.terminal],
    );
    const before = running;
    process.kill(busy.pid, 'SIGKILL');
    await host.exitOf(busy.terminal);
    assert.deepEqual(
      (await next()).map(({ id, ended }) => [id, ended]),
      [[busy.terminal, true]],
    );
    assert.equal(running, before - 1);
    assert.deepEqual(await next(), []);
  });

  test('a program gets its arguments, folder and environment as they were given, and nothing else', async () => {
    const { terminal } = await host.spawn(['/usr/bin/env'], {
      environment: { TERM: 'dumb', 'ODD NAME': 'ä\tb' },
    });
    const viewer = await host.view(terminal);
    await viewer.frame('exited');
    assert.deepEqual(viewer.text.trim().split('\r\n').sort(), ['ODD NAME=ä\tb', 'TERM=dumb']);
  });

  test('a program inherits no descriptor but its terminal', {
    skip: process.platform !== 'linux',
  }, async () => {
    await host.spawn(['cat']);
    const { terminal, ptsName } = await host.spawn(['ls', '-l', '/proc/self/fd']);
    const viewer = await host.view(terminal);
    await viewer.frame('exited');
    const targets = viewer.text.match(/-> \S+/g)?.map((target) => target.slice(3));
    assert.deepEqual(targets?.slice(0, 3), [ptsName, ptsName, ptsName]);
    // The fourth is the folder that ls itself reads.
    assert.equal(targets.length, 4);
    assert.match(targets[3] ?? '', /^\/proc\//);
  });

  test('the line discipline erases whole characters', async () => {
    const { terminal } = await host.spawn(['cat']);
    const viewer = await host.view(terminal);
    viewer.type('aé\x7fb\r');
    await viewer.shows('\r\nab\r\n');
  });

  test('a program that can not be started is refused, and leaves nothing', async () => {
    writeFileSync(join(host.folder, 'plain'), 'x');
    writeFileSync(join(host.folder, 'orphan'), '#!/no/such/interpreter\n');
    chmodSync(join(host.folder, 'orphan'), 0o755);
    const before = await host.peer.call(HostStatus.type, {});
    const journals = (): string[] => readdirSync(host.folder).filter((name) => name.endsWith('.journal'));
    const journalsBefore = journals();
    for (const command of [
      ['/no/such/program'],
      ['no-such-program'],
      ['./plain'],
      ['./orphan'],
      ['/'],
      [''],
    ] as const) {
      await assert.rejects(host.spawn([...command]), isCode('SPAWN_FAILED'), command[0]);
    }
    await assert.rejects(host.spawn(['cat'], { cwd: '/no/such/folder' }), isCode('SPAWN_FAILED'));
    await assert.rejects(host.spawn(['cat'], { environment: { PATH: '/no/such' } }), isCode('SPAWN_FAILED'));
    await assert.rejects(host.spawn(['cat'], { size: { cols: 0, rows: 5 } }), isCode('INVALID_INPUT'));
    assert.equal((await host.peer.call(HostStatus.type, {})).terminals.length, before.terminals.length);
    assert.deepEqual(journals(), journalsBefore);
  });

  test('a program that fails like a start that failed is not mistaken for one', async () => {
    const { terminal } = await host.spawn(['sh', '-c', 'echo "no: such"; exit 1']);
    assert.equal((await host.exitOf(terminal)).exit.exitCode, 1);
  });

  test('the wrong token is refused', async () => {
    const { record } = host;
    assert.ok(record);
    await assert.rejects(dial({ ...record, token: 'guess' }, CLIENT), isCode('AUTH_FAILED'));
  });

  test('a synchronised head is behind everything the program had written', async () => {
    const flag = join(host.folder, 'flag');
    const { terminal } = await host.spawn([
      'sh',
      '-c',
      `while read line; do echo "<$line>"; : > "${flag}$line"; done`,
    ]);
    for (let round = 0; round < 50; round += 1) {
      const data = Buffer.from(`${round}\r`).toString('base64');
      await host.peer.call(HostWrite.type, { terminal, data });
      await until('the program has written', () => existsSync(`${flag}${round}`));
      const { head } = await host.peer.call(HostSync.type, { terminal });
      const read = await host.peer.call(HostRead.type, { terminal, from: offset(0), to: head });
      assert.ok(Buffer.from(read.data, 'base64').includes(`<${round}>\r\n`));
    }
  });

  test('a size is set in order with the output around it', async () => {
    const { terminal } = await host.spawn(['cat']);
    const viewer = await host.view(terminal);
    viewer.type('before\r');
    await viewer.shows('before\r\nbefore\r\n');
    const { offset: at } = await host.peer.call(HostResize.type, { terminal, size: { cols: 100, rows: 30 } });
    assert.equal(at, viewer.text.length);
    viewer.type('after\r');
    await viewer.shows('after\r\nafter\r\n');
    assert.deepEqual(viewer.all('resized').at(-1), { kind: 'resized', offset: at, cols: 100, rows: 30 });
    const late = await host.view(terminal);
    await late.shows('after\r\nafter\r\n');
    assert.deepEqual(
      late.all('resized').map((frame) => [frame.offset, frame.cols]),
      [
        [0, 80],
        [at, 100],
      ],
    );
  });

  test('input that a program does not read is bounded, and holds up nobody else', async () => {
    const { terminal } = await host.spawn(['sh', '-c', 'stty raw -echo; echo ready; exec sleep 1000']);
    await (await host.view(terminal)).shows('ready');
    const other = await host.spawn(['cat']);
    const viewer = await host.view(other.terminal);
    const megabyte = Buffer.alloc(1024 * 1024, 'x').toString('base64');
    const stuck = host.peer.call(HostWrite.type, { terminal, data: megabyte });
    const refused = assert.rejects(stuck, isCode('TIMEOUT'));
    viewer.type('alive\r');
    await viewer.shows('alive\r\nalive\r\n');
    await refused;
    assert.equal((await status(terminal)).exit, null);
  });

  test('a write is answered once the program’s terminal has taken all of it', async () => {
    const { terminal } = await host.script(
      `process.stdin.setRawMode(true);let n=0;console.log('ready');
       process.stdin.on('data',(d)=>{n+=d.length;if(n>=500000)console.log('got '+n)})`,
    );
    const viewer = await host.view(terminal);
    await viewer.shows('ready');
    const data = Buffer.alloc(500_000, 'y').toString('base64');
    assert.deepEqual(await host.peer.call(HostWrite.type, { terminal, data }), { bytes: 500_000 });
    await viewer.shows('got 500000');
  });

  test('a restarted program goes on behind the old one’s output', async () => {
    const first = await host.spawn(['echo', 'one']);
    const { head } = await host.exitOf(first.terminal);
    const second = await host.spawn(['echo', 'two'], { terminal: first.terminal, base: head });
    const viewer = await host.view(second.terminal);
    const exited = await viewer.frame('exited');
    assert.equal(viewer.text, 'one\r\ntwo\r\n');
    assert.equal(exited.offset, head + 5);
    assert.equal(viewer.all('exited').length, 1);
    const raw = await host.peer.call(HostRead.type, {
      terminal: first.terminal,
      from: offset(2),
      to: offset(7),
    });
    assert.equal(Buffer.from(raw.data, 'base64').toString(), 'e\r\ntw');
  });

  test('ending a session ends its jobs too, also those that ignore the hang-up', async () => {
    const session = newId() as SessionId;
    const script = `trap '' HUP; set -m; sleep 1000 & echo job $!; sleep 1000`;
    const { terminal } = await host.spawn(['bash', '-c', script], { session });
    const viewer = await host.view(terminal);
    const job = await until('the job runs', () => /job (\d+)\r\n/.exec(viewer.text)?.[1]);
    assert.deepEqual(await host.peer.call(HostEnd.type, { session }), { ended: 1 });
    assert.equal((await host.exitOf(terminal)).exit.signal, 9);
    await until('the job has ended', () => {
      try {
        process.kill(Number(job), 0);
        return false;
      } catch {
        return true;
      }
    });
  });

  test('the folder’s journal can be read after the host was killed, up to the last byte it had read', async () => {
    const other = await TestHost.start();
    try {
      const { terminal } = await other.spawn(['sh', '-c', 'echo last words; exec sleep 1000']);
      const viewer = await other.view(terminal, { size: { cols: 90, rows: 30 } });
      await viewer.shows('last words\r\n');
      // The first one is of the size that it began with.
      await until('it has the viewer’s size', () => viewer.all('resized').at(-1)?.cols === 90);
      const ended = other.ended();
      other.process.kill('SIGKILL');
      await ended;
      const reader = JournalReader.open(other.journalOf(terminal));
      assert.ok(reader);
      assert.equal(reader.head, viewer.next);
      assert.deepEqual(reader.size, { cols: 90, rows: 30 });
      assert.equal(reader.exit, null);
      const output = [...reader.read(reader.tail)].map((record) =>
        record.kind === 'output' ? `${record.data}` : '',
      );
      assert.equal(output.join(''), 'last words\r\n');
      reader.dispose();
    } finally {
      await other.dispose();
    }
  });

  test('the echo of a key is in the journal for whoever asks, and in its file a moment later', async () => {
    const { terminal } = await host.spawn(['sh', '-c', 'stty raw -echo; echo ready; exec cat']);
    const viewer = await host.view(terminal);
    await viewer.shows('ready\n');
    const at = viewer.next ?? offset(0);
    viewer.send({ kind: 'input', data: Buffer.from('x') });
    await viewer.shows('x');
    const raw = await host.peer.call(HostRead.type, { terminal, from: at, to: offset(at + 1) });
    assert.equal(Buffer.from(raw.data, 'base64').toString(), 'x');
    viewer.send({ kind: 'input', data: Buffer.from('y') });
    await viewer.shows('xy');
    await until('the echo is in the file', () => {
      const reader = JournalReader.open(host.journalOf(terminal));
      const head = reader?.head;
      reader?.dispose();
      return head === at + 2;
    });
  });

  test('a PTY that can not be opened is a limit, not a failure of the program', async () => {
    const other = await TestHost.start({ limitFiles: 300 });
    try {
      const spawned: Promise<HostSpawn.Result>[] = Array.from({ length: 110 }, () => other.spawn(['cat']));
      const results = await Promise.allSettled(spawned);
      const refused = results.filter((result) => result.status === 'rejected');
      assert.ok(refused.length > 0 && refused.length < 110, `${refused.length} were refused`);
      for (const result of refused) {
        assert.ok(isCode('SESSION_LIMIT')(result.reason), String(result.reason));
      }
      const { terminals } = await other.peer.call(HostStatus.type, {});
      assert.equal(terminals.length, 110 - refused.length);
      assert.deepEqual(terminals[0]?.size, SIZE);
    } finally {
      await other.dispose();
    }
  });
});
