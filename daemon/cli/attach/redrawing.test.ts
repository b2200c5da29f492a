import assert from 'node:assert/strict';
import { afterEach, describe, mock, test } from 'node:test';
import { Redrawing } from './redrawing';

const OWN = { cols: 100, rows: 30 };
const OTHER = { cols: 60, rows: 20 };

afterEach(() => mock.timers.reset());

describe('the screen is drawn anew', () => {
  /** Answers of a daemon, the last one for all that follow; how often it was asked. */
  const watched = (...answers: boolean[]): { readonly redrawing: Redrawing; drawn(): number } => {
    mock.timers.enable({ apis: ['setTimeout'] });
    let count = 0;
    const redrawing = new Redrawing(OWN, OWN, () => {
      count++;
      return Promise.resolve(answers.length > 1 ? answers.shift() === true : answers[0] !== false);
    });
    return { redrawing, drawn: () => count };
  };
  const pass = async (ms: number): Promise<void> => {
    mock.timers.tick(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };

  test('when the session has its size again after it had another', async () => {
    const { redrawing, drawn } = watched();
    redrawing.follow(OTHER);
    await pass(5000);
    assert.equal(drawn(), 0);
    redrawing.follow(OWN);
    await pass(5000);
    await pass(5000);
    assert.equal(drawn(), 1);
  });

  test('when the terminal gets the size that the session has', async () => {
    const { redrawing, drawn } = watched();
    redrawing.follow(OTHER);
    redrawing.resize(OTHER);
    await pass(5000);
    assert.equal(drawn(), 1);
  });

  test('once when the session has followed its own changes', async () => {
    const { redrawing, drawn } = watched();
    const sizes = [90, 80, 70].map((cols) => ({ cols, rows: 30 }));
    for (const size of sizes) {
      redrawing.resize(size);
    }
    for (const size of sizes) {
      await pass(60);
      assert.equal(drawn(), 0);
      redrawing.follow(size);
    }
    await pass(5000);
    await pass(5000);
    assert.equal(drawn(), 1);
  });

  test('also when the session keeps the size of another viewer, and again once it does not', async () => {
    const { redrawing, drawn } = watched();
    redrawing.follow(OTHER);
    redrawing.resize({ cols: 120, rows: 40 });
    await pass(5000);
    await pass(5000);
    assert.equal(drawn(), 1);
    redrawing.follow({ cols: 120, rows: 40 });
    await pass(5000);
    assert.equal(drawn(), 2);
  });

  test('once when many sizes follow each other', async () => {
    const { redrawing, drawn } = watched();
    for (let round = 0; round < 60; round++) {
      redrawing.follow(OTHER);
      redrawing.follow(OWN);
      await pass(8);
    }
    await pass(5000);
    assert.equal(drawn(), 1);
  });

  test('again when there was no screen to be had', async () => {
    const { redrawing, drawn } = watched(false, true);
    redrawing.follow(OTHER);
    redrawing.follow(OWN);
    await pass(50);
    assert.equal(drawn(), 1);
    await pass(5000);
    assert.equal(drawn(), 2);
    await pass(5000);
    assert.equal(drawn(), 2);
  });

  test('and knows whether something was written while the session had the size of another viewer', async () => {
    const { redrawing } = watched();
    redrawing.wrote();
    assert.equal(redrawing.isAskew, false, 'in its own size');
    redrawing.resize({ cols: 90, rows: 30 });
    redrawing.wrote();
    redrawing.follow({ cols: 90, rows: 30 });
    await pass(5000);
    assert.equal(redrawing.isAskew, false, 'while the session follows this terminal');
    redrawing.follow(OTHER);
    redrawing.wrote();
    assert.equal(redrawing.isAskew, true);
    redrawing.follow({ cols: 90, rows: 30 });
    await pass(5000);
    assert.equal(redrawing.isAskew, false, 'drawn anew');
  });

  test('not any more when it is over', async () => {
    const { redrawing, drawn } = watched();
    redrawing.follow(OTHER);
    redrawing.follow(OWN);
    redrawing.dispose();
    await pass(5000);
    assert.equal(drawn(), 0);
  });
});
