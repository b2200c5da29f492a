import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { HOSTS_FOLDER } from '../../daemon/protocol/endpoint';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { HostRecord } from '../../daemon/protocol/host';
import { SessionKill, SessionList } from '../../daemon/protocol/sessions';
import { TerminalAttach, TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { dial } from '../../daemon/transport/dial';
import { Place, startProgram } from './clientFixture';

const CLIENT = { kind: 'test', version: '0.0.0', pid: process.pid } as const;

const isRefused = (capability: string) => (error: unknown) => {
  assert.ok(error instanceof HoldfastError);
  assert.equal(error.code, 'NOT_PERMITTED');
  assert.ok(error.message.includes(`'${capability}'`), error.message);
  assert.notEqual(error.suggestion, '');
  return true;
};

describe('a connection that asked to look only', () => {
  const place = new Place();
  after(() => place.leave());

  test('sees sessions and screens, and can neither type, nor end, nor come to more', async () => {
    const full = await place.connection();
    const session = await startProgram(full, 'cat');
    const target = { text: session };
    const observer = await place.connection({ capabilities: ['observe'] });
    assert.equal((await observer.call(SessionList.type, {})).sessions.length, 1);
    const screen = await place.attach(observer, session, { mode: 'read-only' });

    await assert.rejects(observer.call(TerminalType.type, { target, text: 'no' }), isRefused('input'));
    await assert.rejects(place.attach(observer, session), isRefused('input'));
    await assert.rejects(
      place.attach(observer, session, { mode: 'read-only', takeOver: true }),
      isRefused('manage'),
    );
    await assert.rejects(observer.call(SessionKill.type, { target }), isRefused('manage'));
    await full.call(TerminalType.type, { target, text: 'yes', enter: true });
    await screen.shows('yes\r\nyes\r\n');
    const { lines } = await observer.call(TerminalSnapshot.type, { target });
    assert.deepEqual(
      lines.filter((line) => line !== ''),
      ['yes', 'yes'],
    );

    // What it is told to open a stream with opens nothing else.
    const { stream } = await observer.call(TerminalAttach.type, { target, mode: 'read-only' });
    assert.ok(stream);
    await assert.rejects(dial(stream, CLIENT), { code: 'AUTH_FAILED' });
    const folder = join(place.dataDir, HOSTS_FOLDER);
    const record = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8')) as HostRecord;
    assert.notEqual(stream.token, record.token);
    const { socket } = await dial(stream, CLIENT, { ticket: stream.ticket });
    socket.destroy();
    await assert.rejects(dial(record, CLIENT, { capabilities: ['observe'] }), { code: 'NOT_PERMITTED' });
  });

  test('that has asked for input types, and ends nothing', async () => {
    const full = await place.connection();
    const session = await startProgram(full, 'cat');
    const typist = await place.connection({ capabilities: ['observe', 'input'] });
    const screen = await place.attach(typist, session);
    screen.attachment.write(Buffer.from('typed\r'));
    await screen.shows('typed\r\ntyped');
    await assert.rejects(typist.call(SessionKill.type, { target: { text: session } }), isRefused('manage'));
  });
});
