import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CalmReads } from './calmReads';

const LONG_AGO = 0;

describe('reads of many things that seldom change', () => {
  const reader = (perRound: number) => {
    const reads = new CalmReads<string, string>(perRound);
    const asked: string[] = [];
    const keys = new Set<string>();
    const round = (activeAt: Readonly<Record<string, number>> = {}): readonly string[] => {
      asked.length = 0;
      reads.begin((key) => keys.has(key));
      for (const key of keys) {
        reads.get(key, activeAt[key] ?? LONG_AGO, () => {
          asked.push(key);
          return key;
        });
      }
      return [...asked];
    };
    return { keys, round };
  };

  it('are made anew in every round where there are few', () => {
    const { keys, round } = reader(2);
    keys.add('a').add('b');
    assert.deepEqual(round(), ['a', 'b']);
    assert.deepEqual(round(), ['a', 'b']);
  });

  it('go around where there are many, those read longest ago first', () => {
    const { keys, round } = reader(2);
    keys.add('a').add('b').add('c').add('d');
    assert.deepEqual(round(), ['a', 'b', 'c', 'd']);
    assert.deepEqual(round(), ['a', 'b']);
    assert.deepEqual(round(), ['c', 'd']);
    assert.deepEqual(round(), ['a', 'b']);
  });

  it('are made anew for what was active, and once more when that has settled', () => {
    const { keys, round } = reader(1);
    keys.add('a').add('b').add('c');
    round();
    assert.deepEqual(round({ c: Date.now() }), ['a', 'c']);
    assert.deepEqual(round({ c: Date.now() - 1000 }), ['b', 'c']);
    assert.deepEqual(round({ c: Date.now() - 10_000 }), ['a']);
  });

  it('forget what is no longer there', () => {
    const { keys, round } = reader(1);
    keys.add('a').add('b');
    round();
    keys.delete('a');
    assert.deepEqual(round(), []);
    assert.deepEqual(round(), ['b']);
    keys.add('a');
    assert.deepEqual(round(), ['b', 'a']);
  });
});
