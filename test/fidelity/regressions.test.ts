import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Size } from '../../daemon/protocol/model';
import { EMULATORS } from './emulators';
import { checkModel } from './model';
import { holdfast } from './restorers';
import { missText } from './tally';

/** Output, and sizes that the terminal gets between. */
type Step = string | Size;

/** Streams that generated ones have found, as short as they could be made. */
const STREAMS: Readonly<Record<string, readonly Step[]>> = {
  'keyboard flags when the normal screen is switched to that is shown already': ['\x1b[=3;1u\x1b[?47lx'],
  'keyboard flags of the alternate screen while the normal one is shown': [
    '\x1b[>1u\x1b[?1049h\x1b[=5u\x1b[>2u\x1b[?1049lx\x1b[?1049h\x1b[<u',
  ],
  'keyboard flags when the alternate screen is shown for the second time': [
    '\x1b[=1u\x1b[?47h\x1b[=2u\x1b[?47l\x1b[?47h\x1b[=4u\x1b[?47h\x1b[?47lx',
  ],
  'keyboard flags of which the last pushed is popped': ['\x1b[=3u\x1b[>1u\x1b[>8u\x1b[<u\x1b[<ux'],
  'keyboard flags and modes that DECSTR resets': ['\x1b[=4;2u\x1b[>1u\x1b[?2031;9001;1004h\x1b[!px'],
  'a wide character cut in two by a narrower size, then a wider one': [
    'ab漢\r\nabcd漢',
    { cols: 5, rows: 6 },
    'x',
    { cols: 20, rows: 6 },
    'y',
  ],
  'a wide character cut in two where the row is reflowed': [
    ' 0~ a0~한0b́b_0_a‍😀xq_漢',
    { cols: 10, rows: 8 },
    '_Z_~a0xx',
    { cols: 8, rows: 8 },
    'y',
  ],
  'a mark behind a row that a narrower size has filled': [
    'ZZZZZZ\x1b]7;file:///tmp\x07',
    { cols: 5, rows: 2 },
    'a漢',
  ],
  'a cursor saved in a row that has left the screen, and ED 3': [
    '>\r\n\x1b7\x1b[2J\r\x1b[?1049h\x1b[?1049l\x1b[3Jx\x1b8y',
    '>\r\nab\x1b[31m\x1b7\x1b[H\x1b[2J\x1b[3J\x1b8y',
  ],
  'a screen pushed into the scrollback, cleared with it': [
    'one\r\ntwo\x1b[H\x1b[2J\x1b[3Jthree\x1b[2J\x1b[Hfour',
  ],
};

for (const [name, steps] of Object.entries(STREAMS)) {
  for (const emulator of EMULATORS) {
    test(`regression in xterm.js ${emulator}: ${name}`, () => {
      const bytes = Buffer.from(steps.filter((step) => typeof step === 'string').join(''));
      let offset = 0;
      const resizes: { offset: number; size: Size }[] = [];
      for (const step of steps) {
        if (typeof step === 'string') {
          offset += Buffer.byteLength(step);
        } else {
          resizes.push({ offset, size: step });
        }
      }
      const recording = { name, program: '', size: { cols: 20, rows: 6 }, bytes, resizes, chunks: [] };
      const cuts = Array.from({ length: bytes.length + 1 }, (_, cut) => cut);
      const results = checkModel(recording, cuts, emulator, holdfast);
      const own = results.filter(({ isEmulators }) => !isEmulators);
      assert.ok(own.length > 0);
      assert.equal(
        own.every(({ isExact }) => isExact),
        true,
        missText(own.flatMap(({ misses }) => misses)),
      );
    });
  }
}
