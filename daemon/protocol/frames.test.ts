import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeFrame, type Frame, FrameDecoder, MAX_FRAME_BYTES } from './frames';
import { offset } from './ids';

const bytes = fc.uint8Array({ maxLength: 300 }).map((data) => Buffer.from(data));
const at = fc.maxSafeNat().map(offset);
const u16 = fc.integer({ min: 0, max: 0xffff });
const plain = { noNullPrototype: true } as const;
const frame: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({ kind: fc.constant('output' as const), offset: at, data: bytes }, plain),
  fc.record({ kind: fc.constant('answer' as const), offset: at, data: bytes }, plain),
  fc.record({ kind: fc.constant('input' as const), data: bytes }, plain),
  fc.record({ kind: fc.constant('resized' as const), offset: at, cols: u16, rows: u16 }, plain),
  fc.record({ kind: fc.constant('resize' as const), cols: u16, rows: u16 }, plain),
  fc.record(
    {
      kind: fc.constant('exited' as const),
      offset: at,
      exitCode: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
      signal: fc.integer({ min: 0, max: 255 }),
    },
    plain,
  ),
  fc.record(
    {
      kind: fc.constantFrom('lagged', 'gap', 'ack', 'seek', 'cover'),
      offset: at,
    },
    plain,
  ) as fc.Arbitrary<Frame>,
  fc.record(
    {
      kind: fc.constant('detached' as const),
      reason: fc.string({ unit: 'grapheme' }),
    },
    plain,
  ),
  fc.record({ kind: fc.constant('focus' as const) }, plain),
);

describe('stream frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 50 })),
        (frames, cuts) => {
          const wire = Buffer.concat(frames.map(encodeFrame));
          const decoder = new FrameDecoder();
          const received: Frame[] = [];
          let position = 0;
          for (let index = 0; position < wire.length; index += 1) {
            const length = cuts[index % Math.max(cuts.length, 1)] ?? 7;
            received.push(...decoder.push(wire.subarray(position, position + length)));
            position += length;
          }
          assert.deepEqual(received, frames);
        },
      ),
    );
  });

  it('refuse a length beyond the bound before it is read, an empty frame, and an unknown kind', () => {
    const length = Buffer.alloc(5);
    length.writeUInt32BE(MAX_FRAME_BYTES + 1);
    assert.throws(() => new FrameDecoder().push(length), RangeError);
    assert.throws(() => new FrameDecoder().push(Buffer.from([0, 0, 0, 0, 0])), RangeError);
    assert.throws(() => new FrameDecoder().push(Buffer.from([0, 0, 0, 1, 99])), RangeError);
    assert.throws(() => new FrameDecoder().push(Buffer.from([0, 0, 0, 2, 1, 0])), RangeError);
  });
});
