import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Size } from '../../daemon/protocol/model';

/** The recordings that are checked. */
export const CORPUS = join(__dirname, 'corpus');
const EXTENSION = '.rec.gz';

/** The terminal has `size` from the byte `offset` on. */
export interface Resize {
  readonly offset: number;
  readonly size: Size;
}

/** What a program wrote to its terminal, and when that terminal changed its size. */
export interface Recording {
  readonly name: string;
  /** The program and its version, as it tells it itself. */
  readonly program: string;
  readonly size: Size;
  readonly bytes: Buffer;
  readonly resizes: readonly Resize[];
  /** Offsets at which the PTY handed over what it had. */
  readonly chunks: readonly number[];
}

/**
 * The file is gzip over lines of JSON, like an asciicast: a header, then `["o", text]` for output (one
 * character a byte, Latin-1, because output is not always UTF-8) and `["r", cols, rows]` for a resize.
 */
export const encodeRecording = (recording: Recording): Buffer => {
  const { name, program, size, bytes, resizes, chunks } = recording;
  const lines: unknown[] = [{ name, program, ...size }];
  let from = 0;
  const ends = [...new Set([...chunks, ...resizes.map(({ offset }) => offset), bytes.length])].sort(
    (a, b) => a - b,
  );
  for (const end of ends) {
    if (end > from) {
      lines.push(['o', bytes.toString('latin1', from, end)]);
      from = end;
    }
    for (const resize of resizes.filter(({ offset }) => offset === end)) {
      lines.push(['r', resize.size.cols, resize.size.rows]);
    }
  }
  return gzipSync(lines.map((line) => JSON.stringify(line)).join('\n'), { level: 9 });
};

export const decodeRecording = (file: Buffer): Recording => {
  const [header, ...events] = gunzipSync(file)
    .toString()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  const { name, program, cols, rows } = header as {
    name: string;
    program: string;
    cols: number;
    rows: number;
  };
  const parts: Buffer[] = [];
  const resizes: Resize[] = [];
  const chunks: number[] = [];
  let length = 0;
  for (const event of events as readonly (readonly ['o', string] | readonly ['r', number, number])[]) {
    if (event[0] === 'o') {
      const part = Buffer.from(event[1], 'latin1');
      parts.push(part);
      length += part.length;
      chunks.push(length);
    } else {
      resizes.push({ offset: length, size: { cols: event[1], rows: event[2] } });
    }
  }
  return { name, program, size: { cols, rows }, bytes: Buffer.concat(parts), resizes, chunks };
};

export const readRecording = (name: string): Recording =>
  decodeRecording(readFileSync(join(CORPUS, `${name}${EXTENSION}`)));

export const recordingNames = (): readonly string[] =>
  readdirSync(CORPUS)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => file.slice(0, -EXTENSION.length))
    .sort();

export const recordingFile = (name: string): string => join(CORPUS, `${name}${EXTENSION}`);
