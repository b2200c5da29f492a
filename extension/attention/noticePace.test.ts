import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { IN_SIGHT_MS, LONGEST_HELD_MS, MOST_IN_SIGHT, NoticePace } from './noticePace';

const SECOND_MS = 1000;

describe('the pace of notifications', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 0 });
    shown = [];
    over.clear();
    pace = new NoticePace<string>(
      (news) => shown.push({ at: Date.now(), news }),
      (one) => !over.has(one),
    );
  });
  afterEach(() => {
    pace.dispose();
    mock.timers.reset();
  });

  let pace: NoticePace<string>;
  let shown: { readonly at: number; readonly news: readonly string[] }[];
  const over = new Set<string>();
  const pass = (ms: number): void => mock.timers.tick(ms);
  const told = (): readonly string[] => shown.map(({ news }) => news.join(' '));
  const numbered = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${index + 1}`);

  it('shows each of three that come one after the other, and one of all that come then, when no more come', () => {
    for (const one of numbered(15)) {
      pace.tell([one]);
      pass(SECOND_MS);
    }
    assert.deepEqual(told(), ['1', '2', '3']);
    pass(IN_SIGHT_MS - SECOND_MS - 1);
    assert.equal(shown.length, 3);
    pass(1);
    assert.deepEqual(told(), ['1', '2', '3', numbered(15).slice(3).join(' ')]);
    pass(2 * LONGEST_HELD_MS);
    assert.equal(shown.length, 4, 'once');
  });

  it('never has more in sight than VS Code shows, whatever comes', () => {
    let number = 0;
    for (const pause of [0, 0, 100, 3000, 3000, 9000, 1, 2000, 2000, 2000, 11_000, 0, 0, 0, 0, 40_000, 500]) {
      pace.tell(numbered((number++ % 3) + 1).map((one) => `${number}-${one}`));
      pass(pause);
    }
    pass(LONGEST_HELD_MS);
    for (const { at } of shown) {
      const inSight = shown.filter((other) => other.at > at - IN_SIGHT_MS && other.at <= at);
      assert.ok(inSight.length <= MOST_IN_SIGHT, JSON.stringify(shown));
    }
    const all = shown.flatMap(({ news }) => news);
    assert.equal(new Set(all).size, all.length, 'each is told of once');
    assert.equal(all.length, 33, 'and all of them');
  });

  it('tells each half minute of what comes without a rest', () => {
    for (const one of numbered(100)) {
      pace.tell([one]);
      pass(SECOND_MS);
    }
    const times = shown.map(({ at }) => at / SECOND_MS);
    assert.deepEqual(times, [0, 1, 2, 33, 63, 93]);
    assert.deepEqual(
      shown.slice(3).map(({ news }) => news.length),
      [30, 30, 30],
    );
  });

  it('makes one of many that come at once, at once, and one more of all that come while it is in sight', () => {
    pace.tell(numbered(5));
    assert.deepEqual(told(), ['1 2 3 4 5']);
    pace.tell(['6', '7']);
    pass(SECOND_MS);
    pace.tell(['8']);
    assert.equal(shown.length, 1);
    pass(IN_SIGHT_MS);
    assert.deepEqual(told(), ['1 2 3 4 5', '6 7 8']);
  });

  it('makes one of those for which there is no room one by one', () => {
    pace.tell(['1', '2']);
    pace.tell(['3', '4']);
    assert.deepEqual(told(), ['1', '2', '3 4']);
  });

  it('shows the next one at once when the ones before have gone out of sight, or are over', () => {
    pace.tell(numbered(3));
    pass(IN_SIGHT_MS);
    pace.tell(['4']);
    pace.tell(['5', '6']);
    assert.equal(shown.length, 6);
    over.add('5');
    pace.tell(['7']);
    assert.equal(told().at(-1), '7');
    pace.tell(['8']);
    assert.equal(shown.length, 7, 'there is no more room');
  });

  it('tells nothing of what is over when the rest is told', () => {
    pace.tell(numbered(3));
    pace.tell(['4']);
    pace.tell(['5']);
    over.add('4');
    pass(IN_SIGHT_MS);
    assert.deepEqual(told().slice(3), ['5']);
    pace.tell(['6', '7', '8']);
    over.add('6').add('7').add('8');
    pass(LONGEST_HELD_MS);
    assert.equal(shown.length, 5, 'all that was held was over');
  });

  it('shows nothing after its end', () => {
    pace.tell(numbered(3));
    pace.tell(['4']);
    pace.dispose();
    pace.tell(['5']);
    pass(2 * LONGEST_HELD_MS);
    assert.deepEqual(told(), ['1', '2', '3']);
  });
});
