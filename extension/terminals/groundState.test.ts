import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GroundState } from './groundState';

const isGroundBehind = (...chunks: readonly string[]): boolean => {
  const state = new GroundState();
  for (const chunk of chunks) {
    state.push(chunk);
  }
  return state.isGround;
};

describe('GroundState', () => {
  const closed: readonly (readonly [string, readonly string[]])[] = [
    ['text', ['hello\r\n']],
    ['a complete CSI', ['\x1b[31m']],
    ['a CSI over three chunks', ['\x1b', '[3', '1m']],
    ['an OSC ended by BEL', ['\x1b]0;title\x07']],
    ['an OSC ended by ST', ['\x1b]8;;http://x\x1b\\']],
    ['a DCS with a BEL inside, ended by ST', ['\x1bPq\x07#0\x1b\\']],
    ['an OSC cancelled by CAN', ['\x1b]0;x\x18']],
    ['a charset designation', ['\x1b(B']],
    ['C1 CSI', ['\x9b1m']],
    ['C1 OSC ended by C1 ST', ['\x9d0;x\x9c']],
    ['a CSI restarted by another', ['\x1b[3\x1b[1m']],
    ['surrogate pairs', ['\u{1f642}\u{1f642}']],
  ];
  for (const [name, chunks] of closed) {
    it(`is between sequences behind ${name}`, () => assert.equal(isGroundBehind(...chunks), true));
  }

  const open: readonly (readonly [string, readonly string[]])[] = [
    ['a lone ESC', ['text\x1b']],
    ['a CSI without its final byte', ['\x1b[38;5']],
    ['an OSC without its end', ['\x1b]0;tit']],
    ['an OSC whose ST is half there', ['\x1b]0;t\x1b']],
    ['a DCS that holds a BEL', ['\x1bPq\x07']],
    ['a charset designation without its final byte', ['\x1b(']],
  ];
  for (const [name, chunks] of open) {
    it(`is inside a sequence behind ${name}`, () => assert.equal(isGroundBehind(...chunks), false));
  }

  it('forgets an open sequence on reset', () => {
    const state = new GroundState();
    state.push('\x1b]0;x');
    state.reset();
    assert.equal(state.isGround, true);
  });
});
