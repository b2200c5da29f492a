import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { firstCommand } from './commandMarks';

const NONCE = 'abcdefghij12';
const begin = (nonce = NONCE): string => `\x1b]633;C;${nonce};7;1700000000000\x07`;
const end = (nonce = NONCE): string => `\x1b]633;D;0;${nonce};7;1700000000001;1\x07`;
const between = (piece: string): string | undefined => {
  const span = firstCommand(piece, NONCE);
  return span === undefined ? undefined : piece.slice(span.from, span.to);
};

describe('the output of a command, in what a terminal has written', () => {
  it('stands between the marks of its shell', () => {
    const typed = `echo hi\r\n\x1b]633;E;echo hi;${NONCE}\x07`;
    assert.equal(between(`${typed}${begin()}hi\r\n${end()}$ `), 'hi\r\n');
    assert.equal(between(`${begin()}${end()}${begin()}second${end()}`), '');
  });

  it('is not ended by a program that prints such marks without the nonce', () => {
    const forged = `${begin('guessed')}x${end('guessed')}\x1b]633;D\x07`;
    assert.equal(between(`${begin()}${forged}y${end()}`), `${forged}y`);
  });

  it('begins with what is kept where its beginning is not', () => {
    assert.equal(between(`the rest\r\n${end()}`), 'the rest\r\n');
  });

  it('is none as long as the command runs', () => {
    assert.equal(between(`${begin()}still`), undefined);
  });

  it('is without the mark that zsh puts behind a last line, and with one that a program prints', () => {
    const mark = `\x1b[1m\x1b[7m%\x1b[27m\x1b[1m\x1b[0m${' '.repeat(79)}\r \r`;
    assert.equal(between(`${begin()}a\r\nb${mark}${end()}`), 'a\r\nb');
    assert.equal(between(`${begin()}100%   \r \r${end()}`), '100%   \r \r');
  });
});
