import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CutResult } from './model';
import { toldOf } from './tally';

const same: CutResult = {
  cut: 1,
  isSeen: true,
  isWhole: true,
  isExact: true,
  isEmulators: false,
  misses: [],
};
const inner: CutResult = {
  ...same,
  isExact: false,
  misses: [
    { cut: 1, moment: 'at the cut', what: ['inner charsets'], detail: 'inner charsets: a page of it' },
  ],
};

describe('what a run of the fidelity check says', () => {
  it('is nothing where all is the same', () => {
    assert.equal(toldOf('vim', [same], false), undefined);
  });

  it('counts differences that nobody can notice in one line, and shows them where that is asked for', () => {
    const told = toldOf('vim', [same, inner], false);
    assert.equal(told?.hasMissed, false);
    assert.equal(told.isDetailed, false);
    assert.match(told.text, /^ {2}vim: 1 of 2 cuts differ in inner values only.*--verbose.*$/);
    assert.match(toldOf('vim', [same, inner], true)?.text ?? '', /a page of it/);
  });

  it('shows what can be noticed, always', () => {
    const told = toldOf('vim', [{ ...inner, isWhole: false }], false);
    assert.equal(told?.hasMissed, true);
    assert.match(told.text, /MISSED vim:[\s\S]*a page of it/);
  });
});
