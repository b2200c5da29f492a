import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import {
  ANSWER_TIMEOUT_MS,
  CAPPED_BYTES_PER_MS,
  CAPPED_TICK_MS,
  OutputCredit,
  TOKEN_EVERY_BYTES,
  TOKEN_REST_BYTES,
  UNTOKENED_LIMIT_BYTES,
} from './outputCredit';
import { PARSE_TOKEN } from './parseTokens';

const KB = 1024;
const page = { pageAnswers: () => Promise.resolve() };

describe('OutputCredit', () => {
  it('asks once for each so many bytes and credits what the answer covers', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const given: number[] = [];
    const credit = new OutputCredit((bytes) => given.push(bytes), page);
    assert.equal(credit.push('small', 5, true), 'small');
    assert.equal(credit.isExpecting, false);
    assert.equal(credit.push('big\n', TOKEN_EVERY_BYTES, true), `big\n${PARSE_TOKEN}`);
    assert.equal(credit.isExpecting, true);
    assert.deepEqual(given, []);
    credit.answered();
    assert.deepEqual(given, [TOKEN_EVERY_BYTES + 5]);
    assert.equal(credit.isExpecting, false);
    credit.dispose();
  });

  it('puts no token inside a sequence, but behind its end', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const credit = new OutputCredit(() => {}, page);
    assert.equal(credit.push('\x1b]0;long', TOKEN_EVERY_BYTES, true), '\x1b]0;long');
    assert.equal(credit.push('\x07', 1, true), `\x07${PARSE_TOKEN}`);
    credit.dispose();
  });

  it('puts a token where nobody sees it: never behind a character that a mark may join or REP repeat', (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const written = (text: string): string => {
      const credit = new OutputCredit(() => {}, page);
      const result = credit.push(text, TOKEN_EVERY_BYTES, true);
      credit.dispose();
      return result.replace(PARSE_TOKEN, '|');
    };
    assert.equal(written('one\r\ntwo'), 'one\r\ntw|o');
    assert.equal(written('one\r\ne'), 'one\r\n|e');
    assert.equal(written('one\r\ne\u0301'), 'one\r\n|e\u0301');
    assert.equal(written('\x1b[1ma\x1b[2mb\x1b[3'), '\x1b[1ma\x1b[2m|b\x1b[3');
    assert.equal(written('e'), 'e');
  });

  it('asks behind what nothing follows, so that all but a little of it is credited soon', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    let given = 0;
    const credit = new OutputCredit((bytes) => {
      given += bytes;
    }, page);
    assert.equal(credit.push('a screen\n', TOKEN_REST_BYTES, false), `a screen\n${PARSE_TOKEN}`);
    credit.answered();
    // One that ends inside an image, say: by the clock.
    credit.push('a screen\n\x1bPq', 5 * TOKEN_REST_BYTES, false);
    credit.push('#', 5 * TOKEN_REST_BYTES, false);
    credit.answered();
    await turn();
    t.mock.timers.tick(CAPPED_TICK_MS);
    assert.equal(given, 11 * TOKEN_REST_BYTES);
    assert.equal(credit.unconfirmed, 0);
    // What a reset follows is asked for wherever it ends.
    assert.equal(credit.close(), '');
    credit.push('\x1bPq', TOKEN_EVERY_BYTES, true);
    assert.ok(credit.close().endsWith(PARSE_TOKEN));
    credit.answered();
    assert.equal(credit.unconfirmed, 0);
    credit.dispose();
  });

  it('puts a question between the sequences of the program: now, or where the next one ends', () => {
    const credit = new OutputCredit(() => {}, page);
    assert.equal(credit.insert('?'), '?');
    credit.push('\x1b]0;a title', 11, false);
    assert.equal(credit.insert('?'), '');
    assert.equal(credit.push(' goes on', 8, false), ' goes on');
    assert.equal(credit.push('\x07e', 2, false), '\x07?e');
    credit.push('\x1b[3', 3, false);
    assert.equal(credit.insert('?'), '');
    assert.equal(credit.takeInsert(), '?');
    credit.dispose();
  });

  it('falls back to a rate when no answer comes, and recovers with the first that does', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    let given = 0;
    const credit = new OutputCredit((bytes) => {
      given += bytes;
    }, page);
    for (let i = 0; i < 16; i++) {
      credit.push('x\n', 64 * KB, true);
    }
    t.mock.timers.tick(ANSWER_TIMEOUT_MS - 1);
    assert.equal(given, 0);
    t.mock.timers.tick(1);
    assert.equal(credit.isCapped, true);
    assert.equal(given, CAPPED_TICK_MS * CAPPED_BYTES_PER_MS);
    await turn();
    t.mock.timers.tick(CAPPED_TICK_MS);
    assert.equal(given, 2 * CAPPED_TICK_MS * CAPPED_BYTES_PER_MS);
    const before = given;
    credit.answered();
    assert.equal(credit.isCapped, false);
    assert.equal(given, before, 'bytes the clock has credited are not credited again');
    for (let i = 1; i < 16; i++) {
      credit.answered();
    }
    assert.equal(given, 16 * 64 * KB);
    credit.dispose();
  });

  it('gives nothing by the clock while the page does not answer at all, and goes on when it does', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    let given = 0;
    let answer = (): void => {};
    let asked = 0;
    const gone = {
      pageAnswers: () => {
        asked++;
        return new Promise<void>((resolve) => {
          answer = resolve;
        });
      },
    };
    const credit = new OutputCredit((bytes) => {
      given += bytes;
    }, gone);
    for (let i = 0; i < 64; i++) {
      credit.push('x\n', 64 * KB, true);
    }
    t.mock.timers.tick(ANSWER_TIMEOUT_MS);
    const first = CAPPED_TICK_MS * CAPPED_BYTES_PER_MS;
    t.mock.timers.tick(60_000);
    assert.equal(given, first, 'a page that is gone is sent no more');
    answer();
    await turn();
    t.mock.timers.tick(500);
    assert.ok(given > first, 'it is back');
    for (let i = 0; i < 100; i++) {
      t.mock.timers.tick(CAPPED_TICK_MS);
    }
    assert.equal(asked, 2, 'it is asked again and again');
    assert.ok(given < 64 * 64 * KB);
    credit.dispose();
    answer();
    await turn();
  });

  it('does not stall inside one endless sequence', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    let given = 0;
    const credit = new OutputCredit((bytes) => {
      given += bytes;
    }, page);
    credit.push('\x1bPq', UNTOKENED_LIMIT_BYTES, true);
    await turn();
    t.mock.timers.tick(CAPPED_TICK_MS);
    assert.ok(given > 0);
    t.mock.timers.tick(CAPPED_TICK_MS * 2);
    assert.equal(given, UNTOKENED_LIMIT_BYTES);
    credit.dispose();
  });

  it('leaves no timer behind', () => {
    const clear = mock.method(globalThis, 'clearTimeout');
    const credit = new OutputCredit(() => {}, page);
    credit.push('x\n', TOKEN_EVERY_BYTES, true);
    credit.dispose();
    assert.ok(clear.mock.callCount() > 0);
    clear.mock.restore();
  });
});
