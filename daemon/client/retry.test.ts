import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HoldfastError, MAY_HAVE_HAPPENED } from '../protocol/errors';
import { HistoryList } from '../protocol/history';
import { SessionList } from '../protocol/sessions';
import { TerminalType } from '../protocol/terminals';
import { withOneRetry } from './retry';

const broken = (): HoldfastError =>
  new HoldfastError('DAEMON_UNAVAILABLE', 'it may have been done', 'Look.', MAY_HAVE_HAPPENED);

/** A call that breaks off so often, and then succeeds. */
const breaking = (times: number): { readonly call: () => Promise<string>; readonly made: () => number } => {
  let made = 0;
  return {
    call: () => (made++ < times ? Promise.reject(broken()) : Promise.resolve('answered')),
    made: () => made,
  };
};

describe('a call that breaks off', () => {
  it('is made once more when it only looks', async () => {
    for (const { method } of [SessionList.type, HistoryList.type]) {
      const { call, made } = breaking(1);
      assert.equal(await withOneRetry(method, call), 'answered');
      assert.equal(made(), 2);
    }
  });

  it('is never made again when it does something, and says that it may have', async () => {
    const { call, made } = breaking(1);
    await assert.rejects(withOneRetry(TerminalType.type.method, call), {
      code: 'DAEMON_UNAVAILABLE',
      retryable: false,
    });
    assert.equal(made(), 1);
  });

  it('can be tried again when it only looks, however often it broke off', async () => {
    const { call, made } = breaking(2);
    await assert.rejects(withOneRetry(SessionList.type.method, call), {
      code: 'DAEMON_UNAVAILABLE',
      retryable: true,
      details: undefined,
    });
    assert.equal(made(), 2);
  });

  it('fails with what the daemon said', async () => {
    const refused = new HoldfastError('SESSION_NOT_FOUND', 'none', 'List them.');
    await assert.rejects(
      withOneRetry(SessionList.type.method, () => Promise.reject(refused)),
      refused,
    );
  });
});
