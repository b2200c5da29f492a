import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Variable } from '../protocol/variables';
import { closePlugs, plugsIn } from './plugs';

describe('descriptors that stand for nothing', { skip: process.platform === 'win32' }, () => {
  it('are named, but for those of the standard streams', () => {
    assert.deepEqual(plugsIn([7, 'ignore', 7, 'ignore', 7, 7]), { [Variable.PLUGS]: '4,5' });
    assert.deepEqual(plugsIn(['ignore', 'ignore', 7]), {});
  });

  it('are closed, and nothing else that has such a number', () => {
    const [nothing, other] = [openSync('/dev/null', 'r+'), openSync(process.execPath, 'r')];
    const env = { [Variable.PLUGS]: `${nothing},${other},x,1,99999` };
    closePlugs(env);
    assert.deepEqual(env, {});
    assert.throws(() => closeSync(nothing), /EBADF/);
    closeSync(other);
  });
});
