/** How long after a key another one is likely, in milliseconds. */
const TYPING_MS = 500;
/** What the kernel hands out at once. */
const PIECE_BYTES = 4 * 1024;

let typedAt = Number.NEGATIVE_INFINITY;
let typedInto: object | undefined;

/** Somebody has typed into this terminal. */
export const noteTyped = (pty: object): void => {
  typedAt = performance.now();
  typedInto = pty;
};

/**
 * How much of a terminal is read before the others are looked at. While somebody types into another one that is little:
 * a key waits for it, and its echo again.
 * @param usual in bytes
 */
export const mostToRead = (pty: object, usual: number): number =>
  pty === typedInto || performance.now() - typedAt > TYPING_MS ? usual : PIECE_BYTES;
