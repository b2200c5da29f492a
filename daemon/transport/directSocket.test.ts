import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { newSocketPath } from '../platform/socketPath';
import { DirectWriter, readDirectly } from './directSocket';
import { readHelloLine } from './helloLine';

/** More than any socket's buffers hold. */
const MUCH = 8 * 1024 * 1024;

describe('a socket that is read and written directly', () => {
  let folder: string;
  let server: Server;
  let accepted: Socket;
  let dialled: Socket;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hf-direct-'));
    const path = newSocketPath(folder, 'd-');
    server = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    const coming = new Promise<Socket>((resolve) => server.once('connection', resolve));
    dialled = connect(path);
    await new Promise<void>((resolve) => dialled.once('connect', resolve));
    accepted = await coming;
  });

  afterEach(async () => {
    dialled.destroy();
    accepted.destroy();
    // Waits for every connection it has accepted.
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Collects what arrives until it is as much as that. */
  const collect = (socket: Socket, length: number): { socket: Socket; all: Promise<Buffer> } => {
    const pieces: Buffer[] = [];
    let received = 0;
    let done: (all: Buffer) => void = () => undefined;
    const all = new Promise<Buffer>((resolve) => {
      done = resolve;
    });
    const reading = readDirectly(socket, (bytes) => {
      // The memory is used again for the next read.
      pieces.push(Buffer.from(bytes));
      received += bytes.length;
      if (received >= length) {
        done(Buffer.concat(pieces));
      }
    });
    reading.resume();
    return { socket: reading, all };
  };

  const send = (socket: Socket, bytes: Buffer): void => {
    const taken = new DirectWriter(socket).write(bytes);
    if (taken < bytes.length) {
      socket.write(bytes.subarray(taken));
    }
  };

  it('carries more than its buffers hold, in order, in both directions', async () => {
    const there = Buffer.from(Uint32Array.from({ length: MUCH / 4 }, (_, index) => index).buffer);
    const back = Buffer.from(Uint32Array.from({ length: MUCH / 4 }, (_, index) => ~index).buffer);
    const left = collect(dialled, MUCH);
    const right = collect(accepted, MUCH);
    for (let at = 0; at < MUCH; at += 100_000) {
      send(left.socket, there.subarray(at, at + 100_000));
      send(right.socket, back.subarray(at, at + 100_000));
    }
    assert.ok((await right.all).equals(there));
    assert.ok((await left.all).equals(back));
  });

  it('begins with what was read ahead behind the hello', async () => {
    dialled.write('hello\nfirst ');
    assert.equal(await readHelloLine(accepted, 5000), 'hello');
    const { socket, all } = collect(accepted, 'first second'.length);
    send(socket, Buffer.from('welcome'));
    const welcome = collect(dialled, 'welcome'.length);
    assert.equal((await welcome.all).toString(), 'welcome');
    send(welcome.socket, Buffer.from('second'));
    assert.equal((await all).toString(), 'first second');
  });

  it('ends when the other side does, and whoever holds the socket it was hears of it', async () => {
    const ended = new Promise((resolve) => accepted.once('close', resolve));
    const writer = new DirectWriter(collect(accepted, 1).socket);
    dialled.end();
    await ended;
    assert.equal(writer.write(Buffer.from('late')), 0);
  });

  it('is destroyed with the socket it was', async () => {
    const { socket } = collect(accepted, 1);
    const writer = new DirectWriter(socket);
    const ended = new Promise((resolve) => socket.once('close', resolve));
    accepted.destroy();
    await ended;
    assert.equal(writer.write(Buffer.from('late')), 0);
  });
});
