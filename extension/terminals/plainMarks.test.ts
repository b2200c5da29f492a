import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CommandInFlight } from './commandInFlight';
import { PlainMarks } from './plainMarks';

const NONCE = '0d3c6f3e-9b0f-4c59-a51b-16a6f6e0a7f1';
const OURS = `\x1b]633;E;ls;${NONCE}\x07\x1b]633;C;${NONCE};12;1700000000000\x07a\r\nb\x1b]633;D;7;${NONCE};12;1700000000000;25\x07\x1b]633;A\x07$ `;
const VSCODE = `\x1b]633;E;ls;${NONCE}\x07\x1b]633;C\x07a\r\nb\x1b]633;D;7\x07\x1b]633;A\x07$ `;

/** @returns what is handed on of a text that comes in pieces */
const handedOn = (text: string, size: number): string[] => {
  const marks = new PlainMarks(new CommandInFlight());
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += size) {
    pieces.push(marks.push(text.slice(at, at + size)));
  }
  return [...pieces, marks.end()];
};

describe('PlainMarks', () => {
  it('leaves of the marks of a command what VS Code looks for, wherever the output is cut', () => {
    for (let size = 1; size <= OURS.length; size++) {
      assert.equal(handedOn(OURS, size).join(''), VSCODE, `in pieces of ${size}`);
    }
  });

  it('hands each mark on in one piece', () => {
    for (let size = 1; size <= OURS.length; size++) {
      const pieces = handedOn(OURS, size);
      for (const mark of ['\x1b]633;C\x07', '\x1b]633;D;7\x07']) {
        assert.ok(
          pieces.some((piece) => piece.includes(mark)),
          `${JSON.stringify(mark)} in pieces of ${size}`,
        );
      }
    }
  });

  it('tells of the commands of a shell that runs, and of none that a screen shows again', () => {
    const told: string[] = [];
    const marks = new PlainMarks({ began: () => told.push('began'), ended: () => told.push('ended') });
    marks.push('\x1b]633;C\x1b\\\x1b]633;D;0\x1b\\');
    assert.deepEqual(told, []);
    marks.push(OURS);
    assert.deepEqual(told, ['began', 'ended']);
  });

  it('keeps everything else as it came, and back no more than a mark may have', () => {
    const others = [
      '\x1b]633;D\x07\x1b]633;P;Cwd=/\x07\x1b]133;C;x\x07\x1b]633;D;;n\x07',
      '\x1b[31mred\x1b[m\x1b]8;;http://a\x07b\x1b]8;;\x07',
      `\x1b]633;C;${'x'.repeat(1000)}`,
      `\x1b]633;C;broken off\x1b[m${'text '.repeat(100)}\x07`,
    ];
    for (const text of others) {
      for (const size of [1, 7, text.length]) {
        assert.equal(handedOn(text, size).join(''), text);
      }
    }
    const marks = new PlainMarks(new CommandInFlight());
    const begun = `\x1b]633;C;${'x'.repeat(1000)}`;
    assert.equal(marks.push(begun), begun);
    assert.equal(marks.push('ends with an escape\x1b'), 'ends with an escape');
  });
});
