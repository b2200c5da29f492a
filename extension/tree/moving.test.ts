import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionId } from '../../daemon/protocol/ids';
import type { SessionInfo } from '../../daemon/protocol/model';
import { type Destination, neighbourOf, planMove } from './moving';
import { sampleSession } from './testing/sampleSessions';

const session = (name: string, change: Partial<SessionInfo> = {}): SessionInfo =>
  sampleSession({ id: name as SessionId, name, ...change });
const [a, b, c, d] = [session('a'), session('b'), session('c'), session('d')];
const guest = session('guest', { group: 'work' });
const on = (target: SessionInfo): Destination => ({ group: '', at: { session: target.id } });
const order = (moved: readonly SessionInfo[], to: Destination): string | undefined =>
  planMove(moved, [a, b, c, d], to).order?.join('');

describe('sessions that are moved', () => {
  it('take the place of the one they are dropped on, from above and from below', () => {
    assert.equal(order([a], on(c)), 'bcad');
    assert.equal(order([d], on(b)), 'adbc');
    assert.equal(order([a], on(d)), 'bcda');
    assert.equal(order([d], on(a)), 'dabc');
  });

  it('keep together and in their order, also from both sides of the place', () => {
    assert.equal(order([a, b], on(d)), 'cdab');
    assert.equal(order([a, d], on(c)), 'bcad');
  });

  it('come before the one they are dropped on when they are of another group', () => {
    assert.deepEqual(planMove([guest, d], [a, b, c, d], on(b)), {
      joining: ['guest'],
      order: ['a', 'guest', 'd', 'b', 'c'],
    });
  });

  it('change nothing when they are dropped on themselves, or where they are', () => {
    const nothing = { joining: [], order: undefined };
    assert.deepEqual(planMove([a, b], [a, b, c, d], on(b)), nothing);
    assert.deepEqual(planMove([d], [a, b, c, d], { group: '', at: 'end' }), nothing);
    assert.deepEqual(planMove([a], [a, b, c, d], { group: '', at: 'anywhere' }), nothing);
  });

  it('come to the end of what they are dropped below', () => {
    assert.equal(order([b], { group: '', at: 'end' }), 'acdb');
  });
});

describe('a step up or down', () => {
  it('goes past the one that is shown beside all that move', () => {
    assert.equal(neighbourOf([b], [a, b, d], 'down'), d);
    assert.equal(neighbourOf([b, c], [a, b, c, d], 'up'), a);
    assert.equal(neighbourOf([b, c], [a, b, c, d], 'down'), d);
  });

  it('ends at the ends, and where the pinned ones begin', () => {
    const pinned = session('pinned', { pinned: true });
    assert.equal(neighbourOf([a], [a, b], 'up'), undefined);
    assert.equal(neighbourOf([b], [a, b], 'down'), undefined);
    assert.equal(neighbourOf([a], [pinned, a, b], 'up'), undefined);
  });
});
