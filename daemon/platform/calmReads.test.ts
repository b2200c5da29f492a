import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { CalmReads } from './calmReads';

const LONG_AGO = 0;

describe('reads of many things that seldom change', () => {
  const reader = (some: number) => {
    const asked: string[] = [];
    const keys = new Set<string>();
    const reads = new CalmReads<string, string>(
      some,
      (key) => {
        asked.push(key);
        return key;
      },
      (key) => keys.has(key),
    );
    const round = (activeAt: Readonly<Record<string, number>> = {}): readonly string[] => {
      asked.length = 0;
      reads.begin();
      for (const key of keys) {
        reads.get(key, activeAt[key] ?? LONG_AGO);
      }
      return [...asked];
    };
    /** What is asked for behind the round. */
    const behind = (): readonly string[] => {
      asked.length = 0;
      mock.timers.runAll();
      return [...asked];
    };
    return { keys, round, behind };
  };

  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('are made anew in every round where there are few', () => {
    const { keys, round } = reader(2);
    keys.add('a').add('b');
    assert.deepEqual(round(), ['a', 'b']);
    assert.deepEqual(round(), ['a', 'b']);
  });

  it('go around behind the rounds where there are many, those read longest ago first', () => {
    const { keys, round, behind } = reader(2);
    keys.add('a').add('b').add('c').add('d');
    assert.deepEqual(round(), ['a', 'b', 'c', 'd']);
    for (const others of [
      ['a', 'b'],
      ['c', 'd'],
      ['a', 'b'],
    ]) {
      assert.deepEqual(round(), []);
      assert.deepEqual(behind(), others);
    }
  });

  it('are made once behind rounds that follow each other quickly', () => {
    const { keys, round, behind } = reader(1);
    keys.add('a').add('b');
    round();
    round();
    round();
    assert.deepEqual(behind(), ['a']);
    assert.deepEqual(behind(), []);
  });

  it('are made anew for what was active, and once more when that has settled', () => {
    const { keys, round } = reader(1);
    keys.add('a').add('b').add('c');
    round();
    assert.deepEqual(round({ c: Date.now() }), ['c']);
    assert.deepEqual(round({ c: Date.now() - 1000 }), ['c']);
    assert.deepEqual(round({ c: Date.now() - 10_000 }), []);
  });

  it('forget what is no longer there', () => {
    const { keys, round, behind } = reader(1);
    keys.add('a').add('b');
    round();
    keys.delete('a');
    assert.deepEqual(round(), []);
    assert.deepEqual(behind(), []);
    // Those that are left are few.
    assert.deepEqual(round(), ['b']);
    keys.add('a');
    assert.deepEqual(round(), ['b', 'a']);
  });
});
