import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TokenStripper } from './parseTokens';

const ANSWER = '\x1b[?7000001;0$y';

describe('TokenStripper', () => {
  it('takes answers out from between keys', () => {
    const stripper = new TokenStripper();
    assert.deepEqual(stripper.push(`a${ANSWER}b${ANSWER}${ANSWER}`, true), { input: 'ab', answers: 3 });
  });

  it('takes an answer out wherever it is split, and in single characters', () => {
    for (let at = 1; at < ANSWER.length; at++) {
      const stripper = new TokenStripper();
      const first = stripper.push(`x${ANSWER.slice(0, at)}`, true);
      assert.deepEqual(first, { input: 'x', answers: 0 }, `split at ${at}`);
      assert.deepEqual(
        stripper.push(`${ANSWER.slice(at)}y`, true),
        { input: 'y', answers: 1 },
        `split at ${at}`,
      );
    }
    const stripper = new TokenStripper();
    const results = [...`${ANSWER}k`].map((character) => stripper.push(character, true));
    assert.equal(results.map((result) => result.input).join(''), 'k');
    assert.equal(
      results.reduce((sum, result) => sum + result.answers, 0),
      1,
    );
  });

  it('lets a lone ESC and other answers through at once when no token is out', () => {
    const stripper = new TokenStripper();
    assert.deepEqual(stripper.push('\x1b', false), { input: '\x1b', answers: 0 });
    assert.deepEqual(stripper.push('\x1b[?2004;1$y', false), { input: '\x1b[?2004;1$y', answers: 0 });
    assert.equal(stripper.isHolding, false);
  });

  it('gives back what was held and was the user’s own', () => {
    const stripper = new TokenStripper();
    assert.deepEqual(stripper.push('\x1b', true), { input: '', answers: 0 });
    assert.equal(stripper.isHolding, true);
    assert.equal(stripper.flush(), '\x1b');
    assert.deepEqual(stripper.push('\x1b', true), { input: '', answers: 0 });
    assert.deepEqual(stripper.push('[A', true), { input: '\x1b[A', answers: 0 });
  });
});
