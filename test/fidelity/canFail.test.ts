import assert from 'node:assert/strict';
import { test } from 'node:test';
import { interestingCuts, spread } from './cuts';
import { checkModel } from './model';
import { readRecording } from './recording';
import { holdfast, type MakeRestorer, serializeAddon } from './restorers';
import { shrink } from './shrink';
import { tallyOf } from './tally';

/** Snapshots as a serializer with a fault would make them. */
const spoiled =
  (spoil: (snapshot: string) => string): MakeRestorer =>
  (recording, emulator) => {
    const restorer = holdfast(recording, emulator);
    return {
      play: (from, to) => restorer.play(from, to),
      snapshot: () => Buffer.from(spoil(restorer.snapshot().toString('latin1')), 'latin1'),
      dispose: () => restorer.dispose(),
    };
  };

const FAULTS: readonly {
  readonly what: string;
  readonly recording: string;
  readonly spoil: (s: string) => string;
}[] = [
  { what: 'the modes', recording: 'vim-splits-mouse', spoil: (s) => s.replace(/\x1b\[\?[\d;]+h/g, '') },
  { what: 'the colours', recording: 'links-and-colours', spoil: (s) => s.replace(/\x1b\[[\d:;]*m/g, '') },
  {
    what: 'hyperlinks',
    recording: 'links-and-colours',
    spoil: (s) => s.replace(/\x1b\]8;[^\x1b\x07]*(?:\x1b\\|\x07)/g, ''),
  },
  { what: 'the scrollback', recording: 'git-log', spoil: (s) => s.slice(s.length / 2) },
  { what: 'the cursor', recording: 'bash-editing', spoil: (s) => s.replace(/\x1b\[\d*;\d*H/g, '') },
  {
    what: 'the title',
    recording: 'vim-splits-mouse',
    spoil: (s) => s.replace(/\x1b\][012];[^\x1b\x07]*(?:\x1b\\|\x07)/g, ''),
  },
  {
    what: 'the open sequence',
    recording: 'flood-while-open',
    spoil: (s) => s.replace(/\x1b[^\x1b]{0,12}$/, ''),
  },
];

for (const { what, recording: name, spoil } of FAULTS) {
  test(`a serializer that drops ${what} is found out`, () => {
    const recording = readRecording(name);
    const { cuts, whole } = tallyOf(
      checkModel(recording, spread(interestingCuts(recording), 8), '6.0', spoiled(spoil)),
    );
    assert.ok(whole < cuts, `${whole} of ${cuts} cuts are whole all the same`);
  });
}

test('a miss is shrunk to what it needs', () => {
  const restorer = spoiled((snapshot) => snapshot.replace(/\x1b\[[\d:;]*m/g, ''));
  const bytes = Buffer.from(`${'text \r\n'.repeat(20)}\x1b[?25l\x1b[31mred\x1b[m ${'more\r\n'.repeat(9)}`);
  const recording = { name: '', program: '', size: { cols: 20, rows: 6 }, bytes, resizes: [], chunks: [] };
  const shrunk = shrink(recording, 156, '6.0', restorer);
  assert.equal(shrunk?.recording.bytes.toString(), '\x1b[31m');
  assert.equal(shrunk.cut, 5);
});

test('what xterm.js loses with its own serializer is counted as lost', () => {
  const recording = readRecording('mc');
  const { cuts, seen, whole } = tallyOf(
    checkModel(recording, spread(interestingCuts(recording), 20), '6.0', serializeAddon),
  );
  assert.ok(whole <= seen && whole < cuts);
});
