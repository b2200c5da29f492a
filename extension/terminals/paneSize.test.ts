import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import type { Attachment } from '../../daemon/client';
import type { Size } from '../../daemon/protocol/model';
import { PaneSize } from './paneSize';
import { takeSizeAnswers } from './sizeQuestion';
import { RESIZE_DELAY_MS, SETTLE_MS } from './viewerSize';

const NEVER_SHOWN = { cols: 80, rows: 30 };
const PANEL = { cols: 91, rows: 12 };
const OTHER = { cols: 60, rows: 10 };
const NO_OVERRIDE = { cols: 500, rows: 200 };

describe('the size of a pane', () => {
  let told: Size[];
  let overrides: Size[];
  let asked: number;
  let appeared: number;
  let attachment: Attachment;

  beforeEach(() => {
    // As much of an attachment as a pane uses.
    attachment = { resize: (size: Size) => told.push(size) } as unknown as Attachment;
    [told, overrides, asked, appeared] = [[], [], 0, 0];

    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  });

  afterEach(() => mock.timers.reset());

  const open = (size: Size | undefined, readOnly = false, before?: Size): PaneSize => {
    const pane = new PaneSize(readOnly, before === undefined ? undefined : () => before);
    pane.onDidOverride((shown) => overrides.push(shown));
    pane.onDidAsk(() => asked++);
    pane.onDidAppear(() => appeared++);
    // As VS Code does: both at once.
    pane.changed(size);
    pane.changed(size);
    return pane;
  };
  const attach = (pane: PaneSize, inForce: Size): void => {
    pane.attached(attachment, pane.wanted);
    pane.arrived(pane.wanted ?? inForce);
  };
  const settle = (): void => mock.timers.tick(RESIZE_DELAY_MS);

  it('is the room that there is, and told once more when that changes', () => {
    const pane = open(PANEL);
    assert.deepEqual(pane.wanted, PANEL);
    attach(pane, OTHER);
    pane.typed();
    settle();
    assert.deepEqual([told, asked, appeared], [[PANEL], 0, 0]);
    pane.changed(OTHER);
    settle();
    assert.deepEqual(told, [PANEL, OTHER]);
  });

  it('is another viewer’s while that is in force', () => {
    const pane = open(PANEL);
    attach(pane, PANEL);
    pane.arrived(OTHER);
    assert.deepEqual([overrides, pane.foreign], [[OTHER], OTHER]);
    pane.arrived(PANEL);
    assert.deepEqual([overrides, pane.foreign], [[OTHER, NO_OVERRIDE], undefined]);
  });

  it('is none as long as nobody has seen the tab, and typing there resizes nothing', () => {
    const pane = open(NEVER_SHOWN);
    assert.equal(pane.wanted, undefined);
    attach(pane, PANEL);
    pane.typed();
    pane.answered(NEVER_SHOWN, false);
    pane.answered(NEVER_SHOWN, false);
    settle();
    assert.deepEqual([told, overrides, pane.foreign, appeared], [[], [], undefined, 0]);
  });

  it('is asked for when the tab is looked at and VS Code says nothing, and attached with then', () => {
    const pane = open(NEVER_SHOWN);
    attach(pane, PANEL);
    pane.answered(NEVER_SHOWN, false);
    const before = asked;
    pane.lookedAt();
    assert.equal(asked, before + 1);
    pane.answered(PANEL, true);
    settle();
    assert.deepEqual([appeared, pane.wanted, told], [1, PANEL, []]);
    attach(pane, PANEL);
    pane.typed();
    settle();
    assert.deepEqual([told, overrides, asked], [[], [], before + 1]);
    // Known now: another viewer's is shown, and answers that come late say nothing new.
    pane.arrived(OTHER);
    pane.answered(OTHER, true);
    assert.deepEqual([overrides, pane.wanted], [[OTHER], PANEL]);
  });

  it('is asked for at the first key at the latest', () => {
    const pane = open(NEVER_SHOWN);
    attach(pane, PANEL);
    // From before it was shown, but it comes while somebody types.
    pane.typed();
    pane.answered(NEVER_SHOWN, true);
    settle();
    assert.deepEqual([pane.wanted, appeared], [undefined, 0]);
    pane.answered(PANEL, true);
    settle();
    assert.deepEqual([pane.wanted, appeared], [PANEL, 1]);
  });

  it('is what VS Code says when the tab is shown where there is room for another', () => {
    const pane = open(NEVER_SHOWN);
    attach(pane, PANEL);
    pane.changed(OTHER);
    settle();
    assert.deepEqual([pane.wanted, appeared], [OTHER, 1]);
    attach(pane, PANEL);
    // Whose answer is on its way yet is not asked any more.
    pane.answered(PANEL, true);
    settle();
    assert.deepEqual([pane.wanted, told, overrides], [OTHER, [], []]);
  });

  it('is told at once by a key that comes before what was attached anew', () => {
    const pane = open(NEVER_SHOWN);
    attach(pane, OTHER);
    pane.changed(PANEL);
    pane.typed();
    assert.deepEqual(told, [PANEL]);
  });

  it('becomes known while it is being attached', () => {
    const pane = open(NEVER_SHOWN);
    const { wanted } = pane;
    pane.changed(PANEL);
    pane.attached(attachment, wanted);
    settle();
    assert.deepEqual([pane.wanted, appeared], [PANEL, 1]);
  });

  it('can be just the one of a tab that was never shown: typing in it says so, until VS Code says another', () => {
    const pane = open(NEVER_SHOWN);
    attach(pane, PANEL);
    pane.answered(NEVER_SHOWN, true);
    pane.typed();
    pane.answered(NEVER_SHOWN, true);
    settle();
    assert.deepEqual([pane.wanted, appeared], [NEVER_SHOWN, 1]);
    attach(pane, PANEL);
    pane.answered(NEVER_SHOWN, true);
    pane.typed();
    pane.answered(PANEL, true);
    settle();
    assert.deepEqual([pane.wanted, told], [PANEL, [PANEL]]);
  });

  describe('where a window comes back', () => {
    it('is none while it is not what the program has, and attached with then', () => {
      const pane = open(PANEL, false, OTHER);
      assert.equal(pane.wanted, undefined);
      attach(pane, OTHER);
      mock.timers.tick(SETTLE_MS - 1);
      pane.changed(NEVER_SHOWN);
      mock.timers.tick(SETTLE_MS - 1);
      assert.equal(appeared, 0);
      pane.changed(OTHER);
      settle();
      assert.deepEqual([pane.wanted, appeared], [OTHER, 1]);
      attach(pane, OTHER);
      settle();
      assert.deepEqual([told, overrides], [[], []]);
    });

    it('is another one when it stays so, and soon what somebody makes it', () => {
      const pane = open(PANEL, false, OTHER);
      attach(pane, OTHER);
      mock.timers.tick(SETTLE_MS);
      assert.deepEqual([pane.wanted, appeared], [PANEL, 1]);
      attach(pane, PANEL);
      pane.changed(NEVER_SHOWN);
      settle();
      assert.deepEqual(told, [NEVER_SHOWN]);
    });

    it('is at once what the program has, through which it may pass on its way back to it', () => {
      const pane = open(OTHER, false, OTHER);
      assert.deepEqual(pane.wanted, OTHER);
      attach(pane, OTHER);
      settle();
      pane.changed(PANEL);
      mock.timers.tick(SETTLE_MS - 1);
      pane.changed(OTHER);
      settle();
      // Once more the one that it was attached with, which no program is told of.
      assert.deepEqual([told, appeared], [[OTHER, OTHER], 0]);
    });

    it('may pass in the first seconds only', () => {
      const pane = open(OTHER, false, OTHER);
      attach(pane, OTHER);
      mock.timers.tick(3000);
      pane.changed(PANEL);
      settle();
      assert.deepEqual(told, [OTHER, PANEL]);
    });

    it('is told as ever where nothing runs, and shown as ever to a viewer that only reads', () => {
      const ended = open(PANEL);
      assert.deepEqual(ended.wanted, PANEL);
      const reading = open(PANEL, true, OTHER);
      attach(reading, OTHER);
      settle();
      assert.deepEqual([told, overrides, appeared], [[], [OTHER], 0]);
    });

    it('may pass too where the tab is seen a moment later', () => {
      const pane = open(NEVER_SHOWN, false, OTHER);
      attach(pane, OTHER);
      pane.answered(PANEL, true);
      mock.timers.tick(SETTLE_MS - 1);
      pane.changed(OTHER);
      settle();
      assert.deepEqual([appeared, pane.wanted, told], [1, OTHER, []]);
    });

    it('is not told by what comes as a key does, such as the report that the tab has the focus', () => {
      const pane = open(PANEL, false, OTHER);
      attach(pane, OTHER);
      pane.typed();
      assert.deepEqual(told, []);
    });
  });

  it('is never told for a viewer that only reads, which is shown the size in force', () => {
    const pane = open(NEVER_SHOWN, true);
    attach(pane, OTHER);
    pane.answered(PANEL, true);
    settle();
    assert.deepEqual([pane.wanted, appeared], [undefined, 1]);
    attach(pane, OTHER);
    settle();
    assert.deepEqual([told, overrides, appeared], [[], [OTHER], 1]);
  });
});

describe('the answer to the question for the size', () => {
  it('is taken out of the input', () => {
    assert.deepEqual(takeSizeAnswers('a\x1b[8;12;91tb'), { input: 'ab', sizes: [PANEL] });
    assert.deepEqual(takeSizeAnswers('\x1b[8~\x1b[A'), { input: '\x1b[8~\x1b[A', sizes: [] });
  });
});
