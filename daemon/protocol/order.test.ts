import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionInfo } from './model';
import { asArranged, byText } from './order';

const session = (name: string, change: Partial<SessionInfo> = {}): SessionInfo =>
  ({ name, group: null, pinned: false, position: null, ...change }) as SessionInfo;

const order = (...sessions: readonly SessionInfo[]): string =>
  asArranged(sessions, (one) => one)
    .map(({ name }) => name)
    .join(' ');

describe('sessions in the order that people have given them', () => {
  it('are as they were where nobody has given any', () => {
    assert.equal(order(session('b'), session('a', { group: 'g' }), session('c', { pinned: true })), 'b a c');
  });

  it('stand by group, pinned ones first, then as they were put, then by name', () => {
    const sessions = [
      session('z', { position: 0 }),
      session('web-10'),
      session('web-2'),
      session('last', { pinned: true }),
      session('in', { group: 'g' }),
    ];
    assert.equal(order(...sessions), 'in last z web-2 web-10');
  });

  it('stand by group as the groups were put, also where one of their sessions has not heard of it', () => {
    const sessions = [
      session('a1', { group: 'a' }),
      session('c1', { group: 'c', groupPosition: 1 }),
      session('b1', { group: 'b', groupPosition: 0 }),
      session('c0', { group: 'c', groupPosition: null }),
      session('loose'),
    ];
    assert.equal(order(...sessions), 'b1 c0 c1 a1 loose');
  });

  it('do not mix groups whose names read the same', () => {
    const [a, b] = [session('1', { group: 'x1', position: 0 }), session('2', { group: 'x01' })];
    assert.equal(order(a, b, session('3', { group: 'x1' })), '2 1 3');
    assert.notEqual(byText('x1', 'x01'), 0);
  });
});
