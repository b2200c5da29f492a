import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { once } from '../lifecycle/event';
import { DisposableStore } from '../lifecycle/lifecycle';
import { newSocketPath } from '../platform/socketPath';
import { HoldfastError } from '../protocol/errors';
import { MAX_HELLO_BYTES, PROTOCOL } from '../protocol/hello';
import type { Ticket, ViewerId } from '../protocol/ids';
import { MAX_MESSAGE_BYTES, notification, request } from '../protocol/message';
import { listen, type ServerOptions } from './accept';
import { dial } from './dial';
import { RpcPeer } from './rpc';

const CLIENT = { kind: 'test', version: '0', pid: process.pid } as const;
const Double = request<number, number>('test/double');
const Never = request<number, number>('test/never');
const Ping = notification<string>('test/ping');

describe('a connection', () => {
  let folder: string;
  let store: DisposableStore;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-transport-'));
    store = new DisposableStore();
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
        version: '1.2.3',
        onControl: ({ socket }) => {
          const peer = store.add(new RpcPeer(socket));
          peer.handle(Double, (n) => {
            if (n < 0) {
              throw new HoldfastError('INVALID_INPUT', 'negative', 'Take a positive number.', { n });
            }
            return n * 2;
          });
          peer.handle(Never, () => new Promise<number>(() => undefined));
          peer.onNotification(Ping, (text) => peer.notify(Ping, `${text}!`));
          peer.listen();
        },
        ...options,
      }),
    );
    return { socket: server.path, token: 'right' };
  };

  const call = async (address: { socket: string; token: string }): Promise<RpcPeer> => {
    const { socket } = await dial(address, CLIENT);
    const peer = store.add(new RpcPeer(socket));
    peer.listen();
    return peer;
  };

  it('carries calls, their errors with code and suggestion, and notifications', async () => {
    const peer = await call(await serve());
    assert.equal(await peer.call(Double, 21), 42);
    await assert.rejects(peer.call(Double, -1), (error: unknown) => {
      assert.ok(error instanceof HoldfastError);
      assert.deepEqual(error.toWire(), {
        code: 'INVALID_INPUT',
        message: 'negative',
        suggestion: 'Take a positive number.',
        retryable: false,
        details: { n: -1 },
      });
      return true;
    });
    const answer = new Promise<string>((resolve) => peer.onNotification(Ping, resolve));
    peer.notify(Ping, 'hello');
    assert.equal(await answer, 'hello!');
  });

  it('is private to its user', {
    skip: process.platform === 'win32' && 'a pipe has no mode',
  }, async () => {
    const { socket } = await serve();
    assert.equal(statSync(socket).mode & 0o777, 0o600);
  });

  it('refuses a wrong token', async () => {
    const address = await serve();
    await assert.rejects(dial({ ...address, token: 'wrong' }, CLIENT), {
      code: 'AUTH_FAILED',
    });
  });

  it('refuses a peer of another age, and says what to do', async () => {
    const { socket, token } = await serve();
    const line = await rawHello(
      socket,
      JSON.stringify({ token, protocol: { min: 99, max: 99 }, client: CLIENT }),
    );
    const refusal = JSON.parse(line) as {
      ok: boolean;
      error: { code: string; suggestion: string };
    };
    assert.equal(refusal.ok, false);
    assert.equal(refusal.error.code, 'PROTOCOL_MISMATCH');
    assert.match(refusal.error.suggestion, /daemon restart/);
  });

  it('refuses what is no hello, however long', async () => {
    const { socket } = await serve();
    for (const line of ['GET / HTTP/1.1', '{}', '[]', 'null', 'x'.repeat(MAX_HELLO_BYTES * 4)]) {
      const answer = JSON.parse(await rawHello(socket, line)) as {
        ok: boolean;
        error: { code: string };
      };
      assert.equal(answer.error.code, 'AUTH_FAILED', line.slice(0, 20));
    }
  });

  it('refuses streams where none are served', async () => {
    await assert.rejects(dial(await serve(), CLIENT, { ticket: 'x' as Ticket }), { code: 'AUTH_FAILED' });
  });

  it('hands a stream over with every byte behind the hello', async () => {
    const received = new Promise<string>((resolve) => {
      store.add({ dispose: () => undefined });
      void serve({
        onStream: () => ({
          viewer: 'v1' as ViewerId,
          start: (socket: Socket) => {
            let text = '';
            socket.on('data', (data) => {
              text += data.toString();
              if (text.endsWith('END')) {
                resolve(text);
              }
            });
          },
        }),
      }).then(({ socket, token }) => {
        const raw = connect(socket);
        store.add({ dispose: () => raw.destroy() });
        raw.write(`${JSON.stringify({ token, protocol: PROTOCOL, client: CLIENT, ticket: 't' })}\nfirst`);
        raw.once('data', () => raw.write(' second END'));
      });
    });
    assert.equal(await received, 'first second END');
  });

  it('says DAEMON_UNAVAILABLE when nobody listens', async () => {
    await assert.rejects(dial({ socket: join(folder, 'nobody.sock'), token: '' }, CLIENT), {
      code: 'DAEMON_UNAVAILABLE',
    });
  });

  it('refuses a socket path that the system would cut', async () => {
    const path = join(folder, 'x'.repeat(110));
    await assert.rejects(listen({ path, token: '', version: '', onControl: () => undefined }), {
      code: 'INVALID_INPUT',
    });
  });

  it('rejects pending calls when the other side leaves, and times out when it is silent', async () => {
    const peer = await call(await serve());
    await assert.rejects(peer.call(Never, 1, { timeoutMs: 20 }), {
      code: 'TIMEOUT',
    });
    const pending = assert.rejects(peer.call(Never, 1), {
      code: 'DAEMON_UNAVAILABLE',
      retryable: false,
      details: { mayHaveHappened: true },
    });
    const closed = once(peer.onClose);
    store.dispose();
    await pending;
    await closed;
    // What was never sent can be sent again.
    await assert.rejects(peer.call(Double, 1), { code: 'DAEMON_UNAVAILABLE', retryable: true });
  });

  it('says DAEMON_UNAVAILABLE to a call at any moment of the other side leaving', async () => {
    const address = await serve({ onControl: ({ socket }) => socket.end() });
    const { socket } = await dial(address, CLIENT);
    const peer = store.add(new RpcPeer(socket));
    peer.listen();
    const calls: Promise<void>[] = [];
    while (!peer.isClosed) {
      calls.push(assert.rejects(peer.call(Double, 1), { code: 'DAEMON_UNAVAILABLE' }));
      await turn();
    }
    await Promise.all(calls);
    await assert.rejects(peer.call(Double, 1), { code: 'DAEMON_UNAVAILABLE' });
  });

  it('takes in order all that is said in one moment, and what is said last before leaving', async () => {
    const heard: unknown[] = [];
    const address = await serve({
      onControl: ({ socket }) => {
        const peer = store.add(new RpcPeer(socket));
        peer.onNotification(Ping, (text) => {
          peer.notify(Ping, `${text} 1`);
          peer.notify(Ping, `${text} 2`);
        });
        peer.handle(Double, (n) => {
          peer.notify(Ping, 'before the answer');
          setImmediate(() => peer.end());
          return n * 2;
        });
        peer.listen();
      },
    });
    const peer = await call(address);
    const closed = once(peer.onClose);
    peer.onNotification(Ping, (text) => heard.push(text));
    peer.notify(Ping, 'a');
    peer.notify(Ping, 'b');
    heard.push(await peer.call(Double, 4));
    await closed;
    assert.deepEqual(heard, ['a 1', 'a 2', 'b 1', 'b 2', 'before the answer', 8]);
  });

  it('lets whoever waits for an answer go on before what was said behind it is handed on', async () => {
    const framed = (message: object): string => {
      const text = JSON.stringify({ jsonrpc: '2.0', ...message });
      return `Content-Length: ${text.length}\r\n\r\n${text}`;
    };
    const address = await serve({
      onControl: ({ socket }) => {
        socket.once('data', (asked) => {
          const id = Number(/"id":(\d+)/.exec(String(asked))?.[1]);
          socket.write(framed({ id, result: 8 }) + framed({ method: Ping.method, params: ['behind'] }));
        });
        socket.resume();
      },
    });
    const peer = await call(address);
    const heard: unknown[] = [];
    const behind = new Promise<void>((resolve) =>
      peer.onNotification(Ping, (text) => {
        heard.push(text);
        resolve();
      }),
    );
    const through = async (depth: number): Promise<number> =>
      depth === 0 ? await peer.call(Double, 4) : await through(depth - 1);
    heard.push(await through(20));
    await behind;
    assert.deepEqual(heard, [8, 'behind']);
  });

  it('carries bytes of an answer, few or many, beside other answers', async () => {
    const Bytes = request<number, { readonly bytes: Uint8Array; readonly length: number }>('test/bytes');
    const address = await serve({
      onControl: ({ socket }) => {
        const peer = store.add(new RpcPeer(socket));
        peer.handle(Bytes, (length) => ({ bytes: Buffer.alloc(length, length % 251), length }));
        peer.listen();
      },
    });
    const peer = await call(address);
    const lengths = [0, 1, 5000, 3 * 1024 * 1024, 2, 700_000];
    const answers = await Promise.all(lengths.map((length) => peer.call(Bytes, length)));
    // What came first is still there when the last has come: it shares no memory with what is read into.
    for (const [index, { bytes, length }] of answers.entries()) {
      assert.equal(length, lengths[index]);
      assert.ok(Buffer.alloc(length, length % 251).equals(bytes), `${length} bytes`);
    }
  });

  it('drops a peer that sends what is no message, and serves others', async () => {
    const address = await serve();
    for (const garbage of ['Content-Length: 3\r\n\r\n{"a', 'GET / HTTP/1.1\r\n\r\n', '\0'.repeat(5000)]) {
      const { socket } = await dial(address, CLIENT);
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.resume();
      socket.write(garbage);
      await closed;
    }
    assert.equal(await (await call(address)).call(Double, 2), 4);
  });

  it('keeps nothing running for a peer that died in the midst of a message', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const address = await serve({ onControl: ({ socket }) => socket.end('Content-Length: 100\r\n\r\n{') });
    const { socket } = await dial(address, CLIENT);
    const before = timers();
    const peer = store.add(new RpcPeer(socket));
    const closed = once(peer.onClose);
    peer.listen();
    await closed;
    assert.equal(timers(), before);
  });

  it('drops a peer that announces a message beyond the bound, before reading it, and serves others', async () => {
    const address = await serve();
    const { socket } = await dial(address, CLIENT);
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.resume();
    socket.write(`Content-Length: ${MAX_MESSAGE_BYTES + 1}\r\n\r\n{`);
    await closed;
    assert.equal(await (await call(address)).call(Double, 2), 4);
  });
});

const rawHello = (path: string, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
      if (text.includes('\n')) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.on('error', reject);
    socket.write(`${line}\n`);
  });
