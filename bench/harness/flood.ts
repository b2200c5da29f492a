import { closeSync, openSync, writeSync } from 'node:fs';

const PIECE_BYTES = 1_000_000;

/** What a build prints: lines of ordinary length, some of them coloured. The same in every run. */
const pieceOfLog = (): Buffer => {
  const lines: string[] = [];
  for (let line = 0, bytes = 0; bytes < PIECE_BYTES; line++) {
    const text =
      line % 5 === 0
        ? `\x1b[1;34m[${line}]\x1b[0m \x1b[32mcompiled\x1b[m src/main/app${line % 97}.ts in ${line % 300} ms\n`
        : `${line} the quick brown fox jumps over the lazy dog and runs away\n`;
    lines.push(text);
    bytes += text.length;
  }
  return Buffer.from(lines.join('')).subarray(0, PIECE_BYTES);
};

/** Writes a file of so many megabytes of log. */
export const writeLog = (path: string, megabytes: number): void => {
  const piece = pieceOfLog();
  const file = openSync(path, 'w', 0o600);
  try {
    for (let written = 0; written < megabytes; written++) {
      writeSync(file, piece);
    }
  } finally {
    closeSync(file);
  }
};
