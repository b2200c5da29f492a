import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Size } from '../../daemon/protocol/model';
import { RESIZE_DELAY_MS, ResizeDelay, SizeInForce } from './viewerSize';

const SMALL = { cols: 80, rows: 24 };
const LARGE = { cols: 120, rows: 40 };

describe('the size of a viewer', () => {
  it('is sent once when it is corrected at once', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const sent: Size[] = [];
    const delay = new ResizeDelay((size) => sent.push(size));
    delay.push(SMALL);
    t.mock.timers.tick(RESIZE_DELAY_MS - 1);
    delay.push(LARGE);
    t.mock.timers.tick(RESIZE_DELAY_MS);
    assert.deepEqual(sent, [LARGE]);
  });

  it('is not overridden by the echo of an older one of its own', () => {
    const inForce = new SizeInForce();
    inForce.sent(SMALL);
    inForce.sent(LARGE);
    assert.equal(inForce.arrived(SMALL, LARGE), undefined);
    assert.equal(inForce.arrived(LARGE, LARGE), 'own');
  });

  it('is overridden by another viewer’s until its own is in force again', () => {
    const inForce = new SizeInForce();
    assert.deepEqual(inForce.arrived(SMALL, LARGE), SMALL);
    inForce.sent(LARGE);
    assert.equal(inForce.arrived(LARGE, LARGE), 'own');
  });

  it('forgets a size that never came back', () => {
    let now = 0;
    const inForce = new SizeInForce(() => now);
    inForce.sent(SMALL);
    now = 5000;
    assert.deepEqual(inForce.arrived(SMALL, LARGE), SMALL);
  });
});
