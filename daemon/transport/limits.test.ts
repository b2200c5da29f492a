import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { once } from '../lifecycle/event';
import { DisposableStore, toDisposable } from '../lifecycle/lifecycle';
import { newSocketPath } from '../platform/socketPath';
import { MAX_CALL_BYTES, MAX_MESSAGE_BYTES, request } from '../protocol/message';
import { listen, MAX_UNGREETED, type ServerOptions } from './accept';
import { dial } from './dial';
import { RpcPeer } from './rpc';

const CLIENT = { kind: 'test', version: '0', pid: process.pid } as const;
const Length = request<string, number>('test/length');
const Text = request<number, string>('test/text');
const Gate = request<number, number>('test/gate');

const MAX_CALLS = 3;
const UNREAD_BYTES = 1024 * 1024;

/** What comes until something is in it, or the other side leaves. */
const readUntil = (socket: Socket, pattern: RegExp): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (pattern.test(text)) {
        resolve(text);
      }
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`only this came: ${text.slice(0, 500)}`)));
  });

describe('who goes over a limit is told so, and nobody else notices', () => {
  let folder: string;
  let store: DisposableStore;
  let open: (() => void)[];
  let served: RpcPeer[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-limits-'));
    store = new DisposableStore();
    open = [];
    served = [];
  });
  afterEach(() => {
    store.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const serve = async (options: Partial<ServerOptions> = {}): Promise<{ socket: string; token: string }> => {
    const server = store.add(
      await listen({
        path: newSocketPath(folder, 't-'),
        token: 'right',
        version: '1',
        onControl: ({ socket }) => {
          const peer = store.add(new RpcPeer(socket, { calls: MAX_CALLS, unreadBytes: UNREAD_BYTES }));
          served.push(peer);
          peer.handle(Length, (text) => text.length);
          peer.handle(Text, (length) => 'x'.repeat(length));
          peer.handle(Gate, (n) => new Promise<number>((resolve) => open.push(() => resolve(n))));
          peer.listen();
        },
        ...options,
      }),
    );
    return { socket: server.path, token: 'right' };
  };

  const call = async (address: { socket: string; token: string }): Promise<RpcPeer> => {
    const peer = store.add(new RpcPeer((await dial(address, CLIENT)).socket));
    peer.listen();
    return peer;
  };

  it('with a message that is too long, before it is read', async () => {
    const address = await serve();
    const other = await call(address);
    const { socket } = await dial(address, CLIENT);
    const answer = readUntil(socket, /"suggestion"/);
    socket.write(`Content-Length: ${MAX_CALL_BYTES + 1}\r\n\r\n{`);
    assert.match(await answer, /"id":null.*"code":"INVALID_INPUT"/);
    assert.equal(await other.call(Length, 'abc'), 3);
  });

  it('with a call that is too long, before it is sent, and with an answer that is', async () => {
    const peer = await call(await serve());
    await assert.rejects(peer.call(Length, 'x'.repeat(MAX_CALL_BYTES)), {
      code: 'INVALID_INPUT',
      message: /longer than/,
    });
    await assert.rejects(peer.call(Text, MAX_MESSAGE_BYTES), {
      code: 'INVALID_INPUT',
      message: /longer than/,
    });
    assert.equal(await peer.call(Length, 'abc'), 3);
    const most = MAX_CALL_BYTES + 1;
    assert.equal((await peer.call(Text, most)).length, most, 'an answer may be longer than a call');
  });

  it('with calls that wait for their answers', async () => {
    const address = await serve();
    const other = await call(address);
    const peer = await call(address);
    const waiting = Array.from({ length: MAX_CALLS }, (_, n) => peer.call(Gate, n));
    await assert.rejects(peer.call(Gate, 99), { code: 'LIMIT_REACHED', suggestion: /Wait/ });
    assert.equal(await other.call(Length, 'abc'), 3);
    open.forEach((let_) => {
      let_();
    });
    assert.deepEqual(await Promise.all(waiting), [0, 1, 2]);
    assert.equal(await peer.call(Length, 'abcd'), 4);
  });

  it('with connections', async () => {
    const address = await serve({ maxConnections: 2 });
    const first = await call(address);
    const second = await call(address);
    await assert.rejects(dial(address, CLIENT), { code: 'LIMIT_REACHED', suggestion: /Close/ });
    assert.equal(await first.call(Length, 'abc'), 3);
    const left = once(served[1]?.onClose ?? second.onClose);
    second.dispose();
    await left;
    assert.equal(await (await call(address)).call(Length, 'abc'), 3);
  });

  it('with connections that say nothing', async () => {
    const address = await serve();
    const other = await call(address);
    const silent = await Promise.all(
      Array.from(
        { length: MAX_UNGREETED },
        () =>
          new Promise<Socket>((resolve) => {
            const socket = connect(address.socket);
            store.add(toDisposable(() => socket.destroy()));
            socket.on('error', () => undefined);
            socket.once('connect', () => resolve(socket));
          }),
      ),
    );
    await assert.rejects(dial(address, CLIENT), { code: 'DAEMON_UNAVAILABLE', message: /being made/ });
    assert.equal(await other.call(Length, 'abc'), 3);
    for (const socket of silent) {
      socket.destroy();
    }
  });

  it('with answers that it does not read: it is not read from until it has', async () => {
    const address = await serve();
    const other = await call(address);
    const { socket } = await dial(address, CLIENT);
    const body = (id: number): string =>
      JSON.stringify({ jsonrpc: '2.0', id, method: Text.method, params: 1024 * 1024 });
    const COUNT = 40;
    for (let id = 1; id <= COUNT; id++) {
      const text = body(id);
      socket.write(`Content-Length: ${text.length}\r\n\r\n${text}`);
      // One by one, as somebody writes who never waits for an answer.
      assert.equal(await other.call(Length, 'abc'), 3);
    }
    const backlog = served[1]?.backlogBytes ?? 0;
    assert.ok(backlog > UNREAD_BYTES && backlog < 10 * UNREAD_BYTES, `${backlog} bytes are kept for it`);
    let taken = 0;
    let text = '';
    await new Promise<void>((resolve) => {
      socket.on('data', (bytes: Buffer) => {
        taken += bytes.length;
        text = (text + bytes.toString('latin1')).slice(-200_000);
        if (taken >= COUNT * 1024 * 1024 && text.endsWith('"}')) {
          resolve();
        }
      });
    });
    socket.destroy();
  });
});
