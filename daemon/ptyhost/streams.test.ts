import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { JournalReader } from '../journal/journalReader';
import { HoldfastError } from '../protocol/errors';
import { FIRST_STREAM_WINDOW, LAG_LIMIT, STREAM_WINDOW } from '../protocol/frames';
import {
  HostForget,
  HostResize,
  HostRevoke,
  HostStatus,
  HostTicket,
  MIRROR_ABSENT_MS,
  TICKET_TTL_MS,
} from '../protocol/host';
import { offset, type TerminalId, type ViewerId } from '../protocol/ids';
import { dial } from '../transport/dial';
import { until } from './testing/poll';
import { CLIENT, TestHost } from './testing/testHost';
import type { TestViewer } from './testing/testViewer';
import { MAX_TICKETS, Tickets } from './tickets';

const isCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof HoldfastError && error.code === code;

const idOf = (viewer: TestViewer): ViewerId => {
  assert.ok(viewer.id);
  return viewer.id;
};

/** Prints numbered lines up to a count, then waits for a line of input before it ends. */
const counter = (lines: number): string =>
  `let i=0;const f=()=>{for(;i<${lines};){i++;if(!process.stdout.write(i+'\\n'))return process.stdout.once('drain',f)}
   process.stdout.write('end\\n');process.stdin.once('data',()=>process.exit(3))};f()`;

const numbered = (lines: number): string =>
  `${Array.from({ length: lines }, (_, index) => `${index + 1}\r\n`).join('')}end\r\n`;

describe('a stream', { skip: process.platform === 'win32' }, () => {
  let host: TestHost;
  before(async () => {
    host = await TestHost.start();
  });
  after(() => host.dispose());

  const headOf = async (terminal: TerminalId): Promise<number> => {
    const { terminals } = await host.peer.call(HostStatus.type, {});
    return terminals.find(({ id }) => id === terminal)?.head ?? 0;
  };

  test('brings every byte in order to two viewers under load, and the exit behind the last', async () => {
    const { terminal } = await host.script(counter(200_000));
    const viewers = [await host.view(terminal), await host.view(terminal)] as const;
    for (const viewer of viewers) {
      await until('everything is there', () => viewer.text.endsWith('end\r\n'));
    }
    viewers[0].type('\r');
    for (const viewer of viewers) {
      const exited = await viewer.frame('exited');
      assert.equal(exited.exitCode, 3);
      assert.equal(exited.offset, viewer.next);
      assert.equal(viewer.text.replace(/end\r\n\r\n$/, 'end\r\n'), numbered(200_000));
    }
  });

  test('of a stalled viewer slows neither the program nor the others, and goes on where it seeks to', async () => {
    const { terminal } = await host.script(counter(700_000));
    const stalled = await host.view(terminal, { acks: false });
    const fast = await host.view(terminal);
    await until('the fast one has everything', () => fast.text.endsWith('end\r\n'));
    const lagged = await stalled.frame('lagged');
    assert.ok(lagged.offset > LAG_LIMIT);
    assert.equal(stalled.text.length, FIRST_STREAM_WINDOW);
    const head = await headOf(terminal);
    stalled.seek(head - 100);
    await until('it has the end', () => stalled.text.length === 100);
    assert.equal(stalled.text, fast.text.slice(-100));
    fast.type('\r');
    await stalled.frame('exited');
    await host.exitOf(terminal);
  });

  test('gives more credit to whoever acknowledges, up to the whole window', async () => {
    const { terminal } = await host.script(`process.stdout.write('x'.repeat(${LAG_LIMIT}))`);
    const viewer = await host.view(terminal, { acks: false });
    await host.exitOf(terminal);
    let acked = 0;
    for (const window of [FIRST_STREAM_WINDOW, 2 * FIRST_STREAM_WINDOW, 4 * FIRST_STREAM_WINDOW]) {
      await until(`${window} bytes beyond ${acked}`, () => viewer.next === acked + window);
      acked += window;
      viewer.send({ kind: 'ack', offset: offset(acked) });
    }
    await until('the whole window', () => viewer.next === acked + STREAM_WINDOW);
  });

  test('of a viewer that reads nothing at all does not delay the exit', async () => {
    const { terminal } = await host.script(`process.stdout.write('x'.repeat(5000000))`);
    const dead = await host.view(terminal, { acks: false });
    dead.socket.pause();
    const { head } = await host.exitOf(terminal);
    assert.equal(head, 5_000_000);
  });

  test('goes on to its end although its terminal has been forgotten', async () => {
    const { terminal } = await host.script(`process.stdout.write('x'.repeat(1500000))`);
    const slow = await host.view(terminal, { acks: false });
    await host.exitOf(terminal);
    await host.peer.call(HostForget.type, { terminal });
    for (const acked of [FIRST_STREAM_WINDOW, 3 * FIRST_STREAM_WINDOW, 7 * FIRST_STREAM_WINDOW]) {
      await until(`${acked} bytes`, () => slow.next === acked);
      slow.send({ kind: 'ack', offset: offset(acked) });
    }
    await slow.frame('exited');
    assert.equal(slow.text.length, 1_500_000);
  });

  test('from an offset that is gone begins with a gap', async () => {
    const { terminal } = await host.script(`process.stdout.write('x'.repeat(12000000))`);
    const { head } = await host.exitOf(terminal);
    const viewer = await host.view(terminal, { mode: 'mirror' });
    const gap = await viewer.frame('gap');
    await viewer.frame('exited');
    assert.equal(viewer.text.length, head - gap.offset);
    assert.ok(gap.offset > 0);
  });

  test('that is read-only takes the output and nothing else', async () => {
    const { terminal } = await host.spawn(['cat']);
    const reader = await host.view(terminal, { mode: 'read-only', size: { cols: 40, rows: 10 } });
    const writer = await host.view(terminal, { size: { cols: 90, rows: 30 } });
    reader.type('no\r');
    reader.send({ kind: 'resize', cols: 41, rows: 11 });
    reader.send({ kind: 'focus' });
    await until('its size is known', () =>
      host.viewerChanges.at(-1)?.viewers.some(({ cols }) => cols === 41),
    );
    writer.type('yes\r');
    await reader.shows('yes\r\nyes\r\n');
    assert.equal(reader.text, 'yes\r\nyes\r\n');
    assert.deepEqual(host.viewerChanges.at(-1)?.size, { cols: 90, rows: 30 });
  });

  test('of a viewer that speaks no frames, or a mirror’s, changes nothing', async () => {
    const { terminal } = await host.spawn(['cat']);
    const other = await host.view(terminal);
    const viewer = await host.view(terminal);
    viewer.send({ kind: 'answer', offset: offset(0), data: Buffer.from('answer\r') });
    viewer.send({ kind: 'cover', offset: offset(0) });
    viewer.socket.write(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
    await until('it is cut off', () => viewer.isClosed);
    other.type('alive\r');
    await other.shows('alive\r\nalive\r\n');
    assert.equal(other.text, 'alive\r\nalive\r\n');
  });

  test('opens once a ticket, and only with one', async () => {
    const { terminal } = await host.spawn(['cat']);
    const { ticket } = await host.peer.call(HostTicket.type, {
      terminal,
      mode: 'interactive',
      client: 'test',
      from: offset(0),
    });
    const { record } = host;
    assert.ok(record);
    const { socket } = await dial(record, CLIENT, { ticket });
    await assert.rejects(dial(record, CLIENT, { ticket }), isCode('AUTH_FAILED'));
    await assert.rejects(dial({ ...record, token: '' }, CLIENT, { ticket }), isCode('AUTH_FAILED'));
    socket.destroy();
  });

  test('does not open with a ticket that has expired', () => {
    let now = 0;
    const tickets = new Tickets(() => now);
    const request = {
      terminal: 'x' as TerminalId,
      mode: 'interactive',
      client: 'test',
      from: offset(0),
    } as const;
    const early = tickets.issue(request);
    now += 1;
    const late = tickets.issue(request);
    now += TICKET_TTL_MS - 1;
    assert.throws(() => tickets.use(early), isCode('AUTH_FAILED'));
    assert.equal(tickets.use(late), request);
  });

  test('does not open with a ticket of a terminal whose viewers were sent away; its mirror’s does', async () => {
    const { terminal } = await host.spawn(['cat']);
    const other = await host.spawn(['cat']);
    const issue = async (of: TerminalId, mode: 'interactive' | 'mirror') =>
      host.peer.call(HostTicket.type, { terminal: of, mode, client: 'test', from: offset(0) });
    const revoked = await issue(terminal, 'interactive');
    const mirrors = await issue(terminal, 'mirror');
    const others = await issue(other.terminal, 'interactive');
    await host.peer.call(HostRevoke.type, { viewers: [], tickets: [terminal], reason: 'detached' });
    const { record } = host;
    assert.ok(record);
    await assert.rejects(dial(record, CLIENT, revoked), isCode('AUTH_FAILED'));
    for (const { ticket } of [mirrors, others]) {
      (await dial(record, CLIENT, { ticket })).socket.destroy();
    }
  });

  test('is refused when thousands of tickets wait to be used, until they expire', () => {
    let now = 0;
    const tickets = new Tickets(() => now);
    const request = {
      terminal: 'x' as TerminalId,
      mode: 'interactive',
      client: 'test',
      from: offset(0),
    } as const;
    const first = tickets.issue(request);
    for (let count = 1; count < MAX_TICKETS; count++) {
      tickets.issue(request);
    }
    assert.throws(() => tickets.issue(request), isCode('LIMIT_REACHED'));
    assert.equal(tickets.use(first), request);
    tickets.issue(request);
    now += TICKET_TTL_MS;
    tickets.issue(request);
  });

  test('that is revoked says why, and leaves the table', async () => {
    const { terminal } = await host.spawn(['cat']);
    const viewer = await host.view(terminal);
    const revoked = await host.peer.call(HostRevoke.type, { viewers: [idOf(viewer)], reason: 'taken over' });
    assert.deepEqual(revoked, { revoked: 1 });
    assert.equal((await viewer.frame('detached')).reason, 'taken over');
    await until('it is closed', () => viewer.isClosed);
    assert.deepEqual(host.viewerChanges.at(-1)?.viewers, []);
  });

  test('gives its size to the terminal while its viewer is the active one', async () => {
    const { terminal } = await host.spawn(['cat']);
    const inForce = (cols: number): Promise<unknown> =>
      until(`${cols} columns`, () => {
        const change = host.viewerChanges.at(-1);
        return change?.terminal === terminal && change.size.cols === cols;
      });
    const a = await host.view(terminal, { size: { cols: 91, rows: 30 } });
    await inForce(91);
    const b = await host.view(terminal, { size: { cols: 92, rows: 30 } });
    await inForce(92);
    a.type('x');
    await inForce(91);
    b.send({ kind: 'focus' });
    await inForce(92);
    a.send({ kind: 'resize', cols: 95, rows: 30 });
    await inForce(95);
    await host.peer.call(HostResize.type, { terminal, size: { cols: 70, rows: 20 } });
    await inForce(70);
    b.type('x');
    await inForce(92);
    b.close();
    await inForce(95);
    a.close();
    await until('both have left', () => host.viewerChanges.at(-1)?.viewers.length === 0);
    assert.equal(host.viewerChanges.at(-1)?.size.cols, 95);
  });

  test('gives the terminal the smallest of all sizes while a viewer asks for it', async () => {
    const { terminal } = await host.spawn(['cat']);
    const inForce = (cols: number, rows: number): Promise<unknown> =>
      until(`${cols}x${rows}`, () => {
        const change = host.viewerChanges.at(-1);
        return change?.terminal === terminal && change.size.cols === cols && change.size.rows === rows;
      });
    await host.view(terminal, { mode: 'read-only', size: { cols: 20, rows: 5 } });
    const wide = await host.view(terminal, { size: { cols: 100, rows: 20 } });
    await inForce(100, 20);
    const asking = await host.view(terminal, { size: { cols: 80, rows: 40 }, sizing: 'smallest' });
    await inForce(80, 20);
    wide.type('x');
    wide.send({ kind: 'resize', cols: 120, rows: 30 });
    await inForce(80, 30);
    const coming = await host.peer.call(HostResize.type, {
      terminal,
      size: { cols: 90, rows: 50 },
      viewer: { sizing: 'active' },
    });
    assert.deepEqual(coming.size, { cols: 80, rows: 30 });
    await host.peer.call(HostResize.type, { terminal, size: { cols: 200, rows: 60 } });
    await inForce(200, 60);
    wide.type('x');
    await inForce(80, 30);
    asking.close();
    await inForce(120, 30);
  });

  test('of a mirror answers each query once, and of several mirrors the newest one’s counts', async () => {
    const { terminal } = await host.spawn(['sh', '-c', 'stty raw -echo; printf queries; exec cat']);
    const viewer = await host.view(terminal);
    await viewer.shows('queries');
    const old = await host.view(terminal, { mode: 'mirror' });
    const mirror = await host.view(terminal, { mode: 'mirror' });
    old.send({ kind: 'answer', offset: offset(2), data: Buffer.from('[old]') });
    mirror.send({ kind: 'answer', offset: offset(3), data: Buffer.from('[3]') });
    mirror.send({ kind: 'answer', offset: offset(3), data: Buffer.from('[3 again]') });
    mirror.send({ kind: 'answer', offset: offset(2), data: Buffer.from('[2]') });
    mirror.send({ kind: 'answer', offset: offset(7), data: Buffer.from('[7]') });
    await viewer.shows('[7]');
    assert.equal(viewer.text, 'queries[3][7]');
    const { terminals } = await host.peer.call(HostStatus.type, {});
    assert.equal(terminals.find(({ id }) => id === terminal)?.answeredUpTo, 7);
    assert.deepEqual(
      terminals.find(({ id }) => id === terminal)?.viewers.map(({ id }) => id),
      [viewer.id],
    );
  });

  test('of a mirror loses nothing: a full journal waits for its cover', async () => {
    const go = join(host.folder, 'go');
    const { terminal } = await host.spawn([
      'sh',
      '-c',
      `until [ -e ${go} ]; do sleep 0.01; done; head -c 30000000 /dev/zero; exit 5`,
    ]);
    const mirror = await host.view(terminal, { mode: 'mirror' });
    writeFileSync(go, '');
    let last = -1;
    let covers = 0;
    const started = Date.now();
    for (; mirror.all('exited').length === 0; covers += 1) {
      const next = await until('more output or the end', () => {
        const now = mirror.next ?? 0;
        return (mirror.all('exited').length > 0 || now > last + 6_000_000) && { now };
      });
      last = next.now;
      mirror.send({ kind: 'cover', offset: offset(last) });
    }
    assert.ok(covers >= 4);
    assert.ok(Date.now() - started < 5000, 'waited for the limit instead of the cover');
    assert.deepEqual(mirror.all('gap'), []);
    assert.equal(mirror.next, 30_000_000);
  });

  test('shows what Ctrl-C did while the program is held up for a mirror', async () => {
    const script = 'trap "printf %s%s stop ped" INT; printf %s%s be gins; yes; read end';
    const { terminal } = await host.spawn(['bash', '-c', script]);
    const mirror = await host.view(terminal, { mode: 'mirror' });
    const viewer = await host.view(terminal);
    let head = -1;
    await until('the program to be held up', async () => {
      const last = head;
      head = await headOf(terminal);
      return head > 6_000_000 && head === last;
    });
    const typed = Date.now();
    viewer.type('\x03');
    await until(`the end of ${viewer.text.length} bytes`, () => viewer.text.endsWith('stopped'));
    assert.ok(Date.now() - typed < MIRROR_ABSENT_MS / 2, 'not before the mirror is given up');
    assert.deepEqual(mirror.all('gap'), []);
    viewer.type('\r');
    await viewer.frame('exited');
  });

  test('drops what a viewer that is behind would be shown before what its Ctrl-C did, and for nobody else', async () => {
    const script =
      'trap "printf %s%s stop ped" INT; stty -echo; read go; head -c 1000000 /dev/zero; read a; read b';
    const { terminal } = await host.spawn(['bash', '-c', script]);
    const stalled = await host.view(terminal, { acks: false });
    const fast = await host.view(terminal);
    await host.view(terminal, { mode: 'mirror' });
    fast.type('\r');
    await until('all of the output', async () => (await headOf(terminal)) >= 1_000_000);
    await until('the fast one has it', () => (fast.next ?? 0) >= 1_000_000);
    fast.type('\x03');
    await fast.shows('stopped');
    stalled.type('\x03');
    const { offset: at } = await stalled.frame('lagged');
    assert.ok(at >= 1_000_000, `lagged at ${at}`);
    assert.deepEqual(fast.all('lagged'), []);
    stalled.seek(at);
    await stalled.shows('stopped');
    fast.type('\r\r');
  });

  test('of a mirror that somebody waits for holds the program up while it reads, and no more when it hangs', async () => {
    const go = join(host.folder, 'go-on');
    const { terminal } = await host.spawn([
      'sh',
      '-c',
      `until [ -e ${go} ]; do sleep 0.01; done; head -c 7000000 /dev/zero; read end`,
    ]);
    const stalled = await host.view(terminal, { acks: false });
    const mirror = await host.view(terminal, { mode: 'mirror', acks: false });
    writeFileSync(go, '');
    const behind: number[] = [];
    let read = 0;
    for (; read < 4_000_000; read += 64 * 1024) {
      await until(`the mirror to be sent more than ${read}`, () => (mirror.next ?? 0) > read);
      // Some 10 MB/s: less than a terminal brings, whatever machine this is.
      await new Promise((resolve) => setTimeout(resolve, 6));
      mirror.send({ kind: 'ack', offset: offset(Math.min(read + 64 * 1024, mirror.next ?? 0)) });
      behind.push((await headOf(terminal)) - read);
    }
    assert.equal(stalled.all('lagged').length, 1);
    // Until the viewer lags nobody waits; what came by then has to be read first.
    const later = behind.slice(behind.length / 2);
    assert.ok(Math.max(...later) < 2_000_000, `${Math.max(...later)} bytes behind`);
    const all = await until('the program to go on without the mirror', async () => {
      const head = await headOf(terminal);
      return head >= 7_000_000 && head;
    });
    assert.equal(all, 7_000_000);
    assert.ok((mirror.next ?? 0) < 6_000_000, 'the mirror had hung');
  });

  test('of a mirror that never covers holds the program up for a while, and then is told of the gap', async () => {
    const { terminal } = await host.spawn(['head', '-c', '30000000', '/dev/zero']);
    const mirror = await host.view(terminal, { mode: 'mirror', acks: false });
    const { head, exit } = await host.exitOf(terminal);
    assert.equal(head, 30_000_000);
    assert.equal(exit.exitCode, 0);
    mirror.send({ kind: 'ack', offset: offset(mirror.next ?? 0) });
    const gap = await mirror.frame('gap');
    assert.ok(gap.offset > 20_000_000, `a gap up to ${gap.offset}`);
    const reader = JournalReader.open(host.journalOf(terminal));
    assert.ok(reader);
    assert.equal(reader.head, head);
    assert.equal(reader.exit?.exitCode, 0);
    reader.dispose();
    assert.ok(existsSync(host.journalOf(terminal)));
  });
});
