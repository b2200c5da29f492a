import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PNG } from 'pngjs';
import { MovingPicture } from './movingPicture';

const SIZE = 64;
/** Graphic Control Extension (GIF89a, 23): one before each frame, with its delay in hundredths of a second. */
const CONTROL = Buffer.from([0x21, 0xf9, 0x04]);

/** A grey screen with one white line. */
const screen = (line: number): Buffer => {
  const png = new PNG({ width: SIZE, height: SIZE });
  png.data.fill(0x80);
  png.data.fill(0xff, line * SIZE * 4, (line + 1) * SIZE * 4);
  return PNG.sync.write(png);
};

const delays = (gif: Buffer): readonly number[] => {
  const found: number[] = [];
  for (let at = gif.indexOf(CONTROL); at >= 0; at = gif.indexOf(CONTROL, at + 1)) {
    found.push(gif.readUInt16LE(at + 4) * 10);
  }
  return found;
};

describe('a moving picture', () => {
  it('shows each screenshot for as long as it stood, and one that is as before no second time', () => {
    const picture = new MovingPicture();
    picture.add(screen(1), 250);
    picture.add(screen(1), 250);
    picture.add(screen(2), 1000);
    const gif = Buffer.from(picture.encode());
    assert.equal(gif.toString('latin1', 0, 6), 'GIF89a');
    assert.deepEqual([gif.readUInt16LE(6), gif.readUInt16LE(8)], [SIZE, SIZE]);
    assert.deepEqual(delays(gif), [500, 1000]);
  });

  it('is made of frames of one size', () => {
    const picture = new MovingPicture();
    picture.add(screen(1), 250);
    const other = PNG.sync.write(new PNG({ width: SIZE, height: 8 }));
    assert.throws(() => picture.add(other, 250), /64×8 in a picture of 64×64/);
  });
});
