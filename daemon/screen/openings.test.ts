import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_UNGREETED } from '../transport/accept';
import { MOST_AT_ONCE, Openings } from './openings';

/** Streams by number; each opens until it is told that it is done. */
const streams = (): {
  readonly begun: number[];
  open(number: number, isNeeded?: boolean): Promise<void>;
  need(number: number): void;
  done(number: number, error?: Error): Promise<void>;
} => {
  const openings = new Openings();
  const keys = new Map<number, object>();
  const ends = new Map<number, (error?: Error) => void>();
  const begun: number[] = [];
  return {
    begun,
    open: (number, isNeeded = false) => {
      const key = {};
      keys.set(number, key);
      return openings.run(key, isNeeded, () => {
        begun.push(number);
        return new Promise((resolve, reject) => {
          ends.set(number, (error) => (error === undefined ? resolve() : reject(error)));
        });
      });
    },
    need: (number) => openings.need(keys.get(number) ?? {}),
    done: async (number, error) => {
      ends.get(number)?.(error);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

test('streams are opened some at a time, in the order they came, also behind one that fails', async () => {
  const { begun, open, done } = streams();
  const all = upTo(MOST_AT_ONCE + 3).map((number) => open(number).catch(() => undefined));
  await settled();
  assert.deepEqual(begun, upTo(MOST_AT_ONCE));
  await done(5);
  assert.deepEqual(begun, upTo(MOST_AT_ONCE + 1));
  await done(0, new Error('refused'));
  assert.deepEqual(begun, upTo(MOST_AT_ONCE + 2));
  for (const number of upTo(all.length)) {
    await done(number);
  }
  await Promise.all(all);
  assert.deepEqual(begun, upTo(MOST_AT_ONCE + 3));
});

test('one that somebody waits for comes first, also where others take long; of those, too, there are some at a time', async () => {
  const { begun, open, need, done } = streams();
  const all = upTo(3 * MOST_AT_ONCE).map((number) => open(number));
  need(40);
  await settled();
  assert.deepEqual(begun.slice(MOST_AT_ONCE), [40]);
  const needed = upTo(2 * MOST_AT_ONCE).map((number) => open(100 + number, true));
  await settled();
  assert.equal(begun.length, 2 * MOST_AT_ONCE);
  await done(0);
  assert.deepEqual(begun.slice(-1), [100 + MOST_AT_ONCE - 1]);
  assert.ok(2 * begun.length < MAX_UNGREETED, 'viewers have room, too');
  while (begun.length < all.length + needed.length) {
    for (const number of [...begun]) {
      await done(number);
    }
  }
  for (const number of begun) {
    await done(number);
  }
  await Promise.all([...all, ...needed]);
});
