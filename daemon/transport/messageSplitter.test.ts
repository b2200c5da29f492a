import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageSplitter } from './messageSplitter';

const MAX = 1000;
const framed = (body: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n`), Buffer.from(body)]);

/** Everything that comes out of pieces whose memory is used again for the next. */
const split = (pieces: readonly Buffer[], max = MAX): string[] => {
  const splitter = new MessageSplitter(max);
  const bodies: string[] = [];
  const shared = Buffer.alloc(Math.max(1, ...pieces.map(({ length }) => length)));
  for (const piece of pieces) {
    piece.copy(shared);
    splitter.push(shared.subarray(0, piece.length), (body) => bodies.push(body.toString()));
    shared.fill(0xff);
  }
  return bodies;
};

const BODIES = ['{"a":1}', '', 'ä\r\n\r\nContent-Length: 7\r\n\r\n', 'x'.repeat(MAX), '{}'];
const STREAM = Buffer.concat([
  ...BODIES.map(framed),
  // Other fields, other case, as a peer that is not ours may write it.
  Buffer.from('Content-Type: application/vscode-jsonrpc; charset=utf-8\r\ncontent-length:2\r\n\r\n[]'),
]);

test('bodies come out whole, wherever the stream is cut', () => {
  assert.deepEqual(split([STREAM]), [...BODIES, '[]']);
  for (let at = 0; at <= STREAM.length; at++) {
    assert.deepEqual(split([STREAM.subarray(0, at), STREAM.subarray(at)]), [...BODIES, '[]'], `cut at ${at}`);
  }
  assert.deepEqual(split([...STREAM].map((byte) => Buffer.from([byte]))), [...BODIES, '[]']);
});

test('a message beyond the bound is refused by its header alone, and those before it are not lost', () => {
  const splitter = new MessageSplitter(MAX);
  const bodies: string[] = [];
  const announced = Buffer.concat([framed('first'), Buffer.from(`Content-Length: ${MAX + 1}\r\n\r\n`)]);
  assert.throws(() => splitter.push(announced, (body) => bodies.push(body.toString())), {
    code: 'INVALID_INPUT',
    message: /1001 bytes/,
  });
  assert.deepEqual(bodies, ['first']);
});

test('what is no header is refused', () => {
  for (const header of [
    'Content-Length: -1\r\n\r\n',
    'Content-Length: 1e3\r\n\r\n',
    'Content-Length: 0x10\r\n\r\n',
    'Content-Length: 99999999999999999999\r\n\r\n',
    'Content-Length:\r\n\r\n',
    'X-Content-Length: 5\r\n\r\n',
    '\r\n\r\n{}',
    '{"jsonrpc":"2.0"}\r\n\r\n',
  ]) {
    assert.throws(() => split([Buffer.from(header)]), { code: 'INVALID_INPUT' }, JSON.stringify(header));
  }
});

test('a header that does not end is refused, at once or in pieces', () => {
  assert.throws(() => split([Buffer.alloc(2000, 0x61)]), { message: /without an end/ });
  assert.throws(() => split(Array.from({ length: 2000 }, () => Buffer.from('a'))), {
    message: /without an end/,
  });
});
