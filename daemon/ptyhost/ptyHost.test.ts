import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { JournalReader } from '../journal/journalReader';
import {
  HostRead,
  HostResize,
  HostStatus,
  HostSync,
  HostTicket,
  HostWrite,
  TICKET_TTL_MS,
} from '../protocol/host';
import { offset } from '../protocol/ids';
import { dial } from '../transport/dial';
import { until } from './testing/poll';
import { CLIENT, TestHost } from './testing/testHost';
import { Tickets } from './tickets';

describe('a PTY host', () => {
  let host: TestHost;
  before(async () => {
    host = await TestHost.start();
  });
  after(() => host.dispose());

  test('what is typed reaches the program, and what it writes reaches the viewer', async () => {
    const { terminal } = await host.spawn(['cat']);
    const viewer = await host.view(terminal);
    viewer.type('hello\r');
    await viewer.shows('hello\r\nhello\r\n');
    viewer.type('\x04');
    assert.equal((await viewer.frame('exited')).exitCode, 0);
    assert.deepEqual((await host.exitOf(terminal)).exit.exitCode, 0);
  });

  test('a program that is ended by a signal exits with it', async () => {
    const { terminal, pid } = await host.spawn(['sleep', '1000']);
    process.kill(pid, 'SIGKILL');
    const { exit } = await host.exitOf(terminal);
    assert.deepEqual([exit.exitCode, exit.signal], [0, 9]);
  });
});
