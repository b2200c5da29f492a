import { applyPalette, GIFEncoder, type Palette, quantize } from 'gifenc';
import { PNG } from 'pngjs';

/** One of the 256 is for "as before". */
const COLOURS = 255;
const AS_BEFORE = 255;
/** How many pixels the colours are chosen by: all of them take a minute and choose the same. */
const SAMPLED_PIXELS = 400_000;
const CHANNELS = 4;

interface Frame {
  readonly rgba: Uint8Array;
  milliseconds: number;
}

/** Screenshots one after the other, as a GIF that says of each frame only what is new in it. */
export class MovingPicture {
  private readonly _frames: Frame[] = [];
  private _width = 0;
  private _height = 0;

  /** One more screenshot (PNG), shown for so long; one like the last only makes that one last longer. */
  public add(png: Buffer, milliseconds: number): void {
    const { width, height, data } = PNG.sync.read(png);
    const last = this._frames.at(-1);
    if (last !== undefined && (width !== this._width || height !== this._height)) {
      throw new Error(`a frame of ${width}×${height} in a picture of ${this._width}×${this._height}`);
    }
    [this._width, this._height] = [width, height];
    if (last !== undefined && data.equals(last.rgba)) {
      last.milliseconds += milliseconds;
    } else {
      this._frames.push({ rgba: data, milliseconds });
    }
  }

  public encode(): Uint8Array {
    const palette = this._palette();
    const gif = GIFEncoder();
    let shown: Uint8Array | undefined;
    for (const { rgba, milliseconds } of this._frames) {
      const indices = applyPalette(rgba, palette);
      const before = shown;
      const changed =
        before === undefined
          ? indices
          : indices.map((colour, at) => (colour === before[at] ? AS_BEFORE : colour));
      gif.writeFrame(changed, this._width, this._height, {
        ...(before === undefined ? { palette: [...palette, ...rest(palette)] } : {}),
        delay: milliseconds,
        transparent: before !== undefined,
        transparentIndex: AS_BEFORE,
        dispose: 1,
      });
      shown = indices;
    }
    gif.finish();
    return gif.bytes();
  }

  /** The same for all frames, chosen by pixels of all of them. */
  private _palette(): Palette {
    const pixels = this._frames.length * this._width * this._height;
    const step = Math.max(1, Math.floor(pixels / SAMPLED_PIXELS));
    const sample: number[] = [];
    for (const { rgba } of this._frames) {
      for (let at = 0; at < rgba.length; at += CHANNELS * step) {
        sample.push(...rgba.subarray(at, at + CHANNELS));
      }
    }
    return quantize(Uint8Array.from(sample), COLOURS);
  }
}

/** A GIF's table has as many colours as its indices can name. */
const rest = (palette: Palette): Palette =>
  Array.from({ length: AS_BEFORE + 1 - palette.length }, () => [0, 0, 0]);
