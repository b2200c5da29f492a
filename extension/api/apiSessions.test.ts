import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { changeOf, endsOf, type Known } from './apiSessions';
import type { Session, SessionState } from './holdfast';

const BEGAN = 1000;

const session = (id: string, state: SessionState, more: Partial<Session> = {}): Session => ({
  ...{ id, name: id, state, group: null, tags: [], kind: 'persistent', cwd: '/', workspace: null },
  ...{ createdAt: BEGAN - 1, viewers: 0, terminals: [] },
  ...more,
});
const known = (...sessions: readonly Session[]): Known => new Map(sessions.map((one) => [one.id, one]));
const ends = (before: Known, now: Known): readonly string[] => {
  const change = changeOf(before, now);
  return change === undefined ? [] : endsOf(before, change, BEGAN).map((end) => end.session.id);
};

describe('what listeners are told of sessions', () => {
  it('is what came, what changed and what went, and nothing where nothing did', () => {
    const [a, b, c] = [session('a', 'running'), session('b', 'running'), session('c', 'running')];
    const renamed = { ...b, name: 'new' };
    assert.deepEqual(changeOf(known(a, b), known(a, renamed, c)), {
      added: [c],
      changed: [renamed],
      removed: [],
    });
    assert.deepEqual(changeOf(known(a, b), known(b))?.removed, [a]);
    assert.equal(changeOf(known(a, b), known({ ...b }, { ...a })), undefined);
  });

  it('is each end once, also of one that ended before anybody heard of it', () => {
    const [running, ended] = [session('a', 'running'), session('a', 'exited')];
    assert.deepEqual(ends(known(running), known(ended)), ['a']);
    assert.deepEqual(ends(known(ended), known({ ...ended, name: 'other' })), []);
    assert.deepEqual(ends(known(session('a', 'unreachable')), known(session('a', 'lost'))), ['a']);
    assert.deepEqual(ends(known(), known(session('quick', 'exited', { createdAt: BEGAN }))), ['quick']);
  });

  it('is no end of what had ended before anybody listened', () => {
    assert.deepEqual(ends(known(), known(session('old', 'exited'))), []);
  });
});
