import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWelcome } from './hello';

test('an answer to a hello that lacks something is one of another age', () => {
  const whole = { ok: true, protocol: 1, version: '1.0.0', pid: 4711 };
  assert.deepEqual(decodeWelcome(JSON.stringify(whole)), whole);
  for (const name of ['ok', 'protocol', 'version', 'pid'] as const) {
    const { [name]: _, ...rest } = whole;
    assert.throws(() => decodeWelcome(JSON.stringify(rest)), { code: 'PROTOCOL_MISMATCH' }, name);
  }
});
