import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { HoldfastError, MAY_HAVE_HAPPENED } from './errors';

describe('an error', () => {
  test('of the system, out of files or of room on the disk, says what to do', () => {
    for (const code of ['EMFILE', 'ENFILE']) {
      const error = HoldfastError.from(Object.assign(new Error('too many'), { code }));
      assert.equal(error.code, 'SESSION_LIMIT');
      assert.match(error.suggestion, /ulimit -n/);
    }
    for (const code of ['ENOSPC', 'EDQUOT']) {
      const error = HoldfastError.from(Object.assign(new Error('no room'), { code }));
      assert.deepEqual([error.code, error.retryable], ['STORE_ERROR', true]);
      assert.match(error.suggestion, /Free some disk space/);
    }
    assert.equal(HoldfastError.from(Object.assign(new Error(), { code: 'EIO' })).code, 'INTERNAL_ERROR');
    assert.equal(HoldfastError.from(null).code, 'INTERNAL_ERROR');
  });

  test('of something that does not answer is to be tried again, unless that could do it twice', () => {
    const again = new HoldfastError('SESSION_UNREACHABLE', 'it does not answer', 'Try again.');
    assert.equal(again.retryable, true);
    const sent = new HoldfastError('SESSION_UNREACHABLE', 'it was sent', 'Look first.', MAY_HAVE_HAPPENED);
    assert.equal(sent.retryable, false);
    // The same on the other side of a wire.
    assert.equal(HoldfastError.fromWire(sent.toWire()).retryable, false);
    assert.equal(HoldfastError.fromWire(again.toWire()).retryable, true);
  });
});
