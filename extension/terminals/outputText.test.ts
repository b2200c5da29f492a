import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { AttachState } from '../../daemon/client';
import { Emitter } from '../../daemon/lifecycle/event';
import { OUTPUT_WINDOW_BYTES } from './outputCredit';
import { OutputText } from './outputText';
import { PARSE_TOKEN } from './parseTokens';

const LINE = 'a line of a flood\u00e9\r\n';
const FLOOD = Buffer.from(LINE.repeat(64 * 1024));

interface Terminal {
  readonly output: OutputText;
  send(bytes: Uint8Array): void;
  enter(state: AttachState): void;
  /** What was written since this was asked last, tokens left out, with the answers to these tokens on their way. */
  take(): string;
  readonly acknowledged: () => number;
}

/** A terminal that parses what it was written when it is asked to. */
const open = (t: TestContext): Terminal => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const onData = new Emitter<Uint8Array>();
  const onState = new Emitter<AttachState>();
  let acknowledged = 0;
  const output = new OutputText(
    {
      onData: onData.event,
      onState: onState.event,
      acknowledge: (bytes) => {
        acknowledged += bytes;
      },
    },
    { pageAnswers: () => Promise.resolve() },
  );
  t.after(() => output.dispose());
  let written = '';
  output.onText((text) => {
    written += text;
  });
  return {
    output,
    send: (bytes) => onData.fire(bytes),
    enter: (state) => onState.fire(state),
    take: () => {
      const parts = written.split(PARSE_TOKEN);
      written = '';
      output.answered(parts.length - 1);
      return parts.join('');
    },
    acknowledged: () => acknowledged,
  };
};

describe('OutputText', () => {
  it('has no more than the window on its way, and all of it arrives in order', (t) => {
    const terminal = open(t);
    for (let at = 0; at < FLOOD.length; at += 50_000) {
      terminal.send(FLOOD.subarray(at, at + 50_000));
    }
    let shown = '';
    for (let taken = terminal.take(); taken !== ''; taken = terminal.take()) {
      assert.ok(Buffer.byteLength(taken) <= OUTPUT_WINDOW_BYTES, `${Buffer.byteLength(taken)} bytes`);
      shown += taken;
    }
    assert.equal(shown, FLOOD.toString());
  });

  it('drops what waits once whole screens are to follow, and counts it as shown', (t) => {
    const terminal = open(t);
    terminal.send(FLOOD);
    terminal.enter('catching-up');
    terminal.send(Buffer.from(`\x1bcthe screen${' '.repeat(8000)}`));
    let shown = '';
    for (let taken = terminal.take(); taken !== ''; taken = terminal.take()) {
      shown += taken;
    }
    assert.ok(Buffer.byteLength(shown) <= OUTPUT_WINDOW_BYTES + 9000, `${Buffer.byteLength(shown)} bytes`);
    assert.ok(shown.startsWith(LINE) && shown.trimEnd().endsWith('\x1bcthe screen'));
    assert.ok(FLOOD.length + 8000 - terminal.acknowledged() < 4096, 'all but a little was acknowledged');
  });

  it('shows all that waits when no more is to come', (t) => {
    const terminal = open(t);
    terminal.send(FLOOD);
    terminal.send(Buffer.from([0xc3]));
    terminal.output.end();
    assert.equal(terminal.take(), `${FLOOD.toString()}\ufffd`);
  });
});
