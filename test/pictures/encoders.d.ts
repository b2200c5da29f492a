/** As much of two packages without types as the pictures need. */
declare module 'gifenc' {
  export type Palette = readonly (readonly number[])[];
  export function quantize(rgba: Uint8Array, maxColors: number): Palette;
  export function applyPalette(rgba: Uint8Array, palette: Palette): Uint8Array;
  export function GIFEncoder(): {
    writeFrame(
      indices: Uint8Array,
      width: number,
      height: number,
      options: {
        /** The first frame's serves all others. */
        readonly palette?: Palette;
        /** Milliseconds. */
        readonly delay: number;
        readonly transparent?: boolean;
        readonly transparentIndex?: number;
        /** 1: what is there stays below the next frame. */
        readonly dispose: number;
      },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
}

declare module 'pngjs' {
  export class PNG {
    public constructor(size: { readonly width: number; readonly height: number });
    public readonly width: number;
    public readonly height: number;
    /** Four bytes a pixel: red, green, blue, opacity. */
    public readonly data: Buffer;
    public static readonly sync: { read(png: Buffer): PNG; write(png: PNG): Buffer };
  }
}
