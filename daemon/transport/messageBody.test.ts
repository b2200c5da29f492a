import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message } from 'vscode-jsonrpc';
import { decodeBody, encodeBody } from './messageBody';

const through = (message: object): object => decodeBody(Buffer.concat(encodeBody(message as Message)));

test('a message without bytes is JSON', () => {
  const message = { jsonrpc: '2.0', id: 1, result: { text: 'ä\u0000\x1b[m', list: [1, null] } };
  assert.equal(Buffer.concat(encodeBody(message)).toString(), JSON.stringify(message));
  assert.deepEqual(through(message), message);
  for (const result of [null, 'text', 7, [1, 2], {}]) {
    assert.deepEqual(through({ jsonrpc: '2.0', id: 2, result }), { jsonrpc: '2.0', id: 2, result });
  }
  assert.deepEqual(through({ jsonrpc: '2.0', method: 'm' }), { jsonrpc: '2.0', method: 'm' });
});

test('bytes of a result travel as they are', () => {
  const all = Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index));
  for (const bytes of [all, Buffer.alloc(0), all.subarray(3, 5)]) {
    const received = through({ jsonrpc: '2.0', id: 3, result: { before: 1, bytes, after: 'ä' } }) as {
      result: object;
    };
    assert.deepEqual(received.result, { before: 1, bytes, after: 'ä' });
  }
});

test('what is no message is refused', () => {
  for (const body of [[], [0], [0, 0, 0, 0, 9], [0, 255, 255, 255, 255, 123]]) {
    assert.throws(() => decodeBody(Uint8Array.from(body)));
  }
});
