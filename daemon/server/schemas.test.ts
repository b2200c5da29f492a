import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Schema, validate } from './schemas';

const program = { cwd: '/', environment: {} };

describe('what clients send', () => {
  it('is passed on when it is right, without what nobody knows', () => {
    assert.deepEqual(validate(Schema.sessionCreate, { ...program, name: 'x', later: true }), {
      ...program,
      name: 'x',
    });
    assert.deepEqual(validate(Schema.sessionShow, { target: {} }), { target: {} });
    assert.deepEqual(validate(Schema.nothing, undefined), {});
  });

  it('is refused with the name of the field that is wrong', () => {
    const cases = [
      [Schema.sessionCreate, { environment: {} }, 'cwd'],
      [Schema.sessionCreate, { ...program, environment: { A: 1 } }, 'environment.A'],
      [Schema.sessionCreate, { ...program, command: [] }, 'command'],
      [Schema.sessionCreate, { ...program, ttlMs: 0 }, 'ttlMs'],
      [Schema.sessionCreate, { ...program, tags: ['a', 7] }, 'tags.1'],
      [Schema.sessionCreate, { ...program, tags: Array(101).fill('a') }, 'tags'],
      [Schema.sessionSet, { target: {}, note: 'x'.repeat(1001) }, 'note'],
      [Schema.terminalKey, { target: {}, keys: Array(10_001).fill('a') }, 'keys'],
      [Schema.eventsSubscribe, { of: Array(10_001).fill('a') }, 'of'],
      [Schema.sessionShow, { target: { text: '' } }, 'target.text'],
      [Schema.sessionShow, {}, 'target'],
      [Schema.sessionShow, { target: [] }, 'target'],
      [Schema.sessionShow, { target: null }, 'target'],
      [Schema.terminalAttach, { target: {}, mode: 'write' }, 'mode'],
      [Schema.terminalAttach, { target: {}, mode: 'read-only', size: { cols: 0, rows: 5 } }, 'size'],
      [Schema.terminalOutput, { target: {}, tail: -1 }, 'tail'],
      [Schema.terminalKey, { target: {}, keys: [7] }, 'keys.0'],
      [Schema.terminalMouse, { target: {}, action: 'poke' }, 'action'],
      [Schema.terminalMouse, { target: {}, action: 'move', at: { row: -1, col: 0 } }, 'at.row'],
      [Schema.terminalMouse, { target: {}, action: 'click' }, 'params'],
      [Schema.terminalMouse, { target: {}, action: 'drag', at: { row: 1, col: 0 } }, 'params'],
      [Schema.daemonShutdown, { mode: 'now' }, 'mode'],
      [Schema.daemonKeep, null, 'params'],
    ] as const;
    for (const [schema, params, field] of cases) {
      assert.throws(
        () => validate<unknown>(schema, params),
        (error: { code: string; details: unknown; suggestion: string }) => {
          assert.equal(error.code, 'INVALID_INPUT');
          assert.deepEqual(error.details, { field });
          return true;
        },
        field,
      );
    }
  });

  it('is told in words how much is too much', () => {
    const tooLong = { target: {}, note: 'x'.repeat(1001) };
    assert.throws(() => validate(Schema.sessionSet, tooLong), {
      message: 'note: has more than 1000 characters',
    });
    const tooMany = { target: {}, tags: Array(101).fill('a') };
    assert.throws(() => validate(Schema.sessionSet, tooMany), { message: 'tags: has more than 100 entries' });
  });
});
