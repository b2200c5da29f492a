import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { forgetSetAside } from '../platform/brokenFile';
import { writePrivateFile } from '../platform/privateFile';
import { requireOwnFolder } from '../platform/privateFolder';
import { whatIsThere } from '../platform/whatIsThere';
import type { Millis, Offset, TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { ThemeColors } from '../protocol/terminals';
import type { HistorySum } from './historyState';
import type { RevisionState } from './revision';

/**
 * A mirror on disk: with the history up to `historyLength` and the journal from `offset` on, everything
 * needed to go on. One text line with a checksum, one with JSON, then `snapshot` and `continuation`.
 */
export interface Keyframe {
  readonly offset: Offset;
  readonly size: Size;
  readonly historyLength: number;
  /** How the end of the history is recognised. */
  readonly historySum?: HistorySum;
  /** The width at which the history's last row is full and goes on in the first one of the snapshot. */
  readonly openCols?: number;
  /** Rows above the screen since the scrollback was last cleared; ED 3 moves a saved cursor by them. */
  readonly rowsAbove?: number;
  /** The row of the normal screen's saved cursor, counted from the screen's first one. Below 0: in the scrollback. */
  readonly savedRow?: number;
  readonly lastOutputAt: Millis;
  readonly revision: RevisionState | null;
  /** The colours of the viewer that told them last. */
  readonly theme?: ThemeColors;
  /** What draws the mirror's own rows and state in an empty emulator of `size`. */
  readonly snapshot: string;
  readonly continuation: Buffer;
}

const MAGIC = 'holdfast-keyframe-1';

export const writeKeyframe = (folder: string, terminal: TerminalId, keyframe: Keyframe): void => {
  const { snapshot, continuation, ...rest } = keyframe;
  const text = Buffer.from(snapshot);
  const header = JSON.stringify({ ...rest, snapshotBytes: text.length });
  const body = Buffer.concat([Buffer.from(`${header}\n`), text, continuation]);
  // Another may have been put in its place since this process began.
  requireOwnFolder(folder);
  writePrivateFile(
    keyframePath(folder, terminal),
    Buffer.concat([Buffer.from(`${MAGIC} ${checksum(body)}\n`), body]),
  );
};

/**
 * The terminal's keyframe, or undefined when there is none.
 * @throws Error when it can't be read now and may well be later
 */
export const readKeyframe = (folder: string, terminal: TerminalId): Keyframe | 'broken' | undefined => {
  const path = keyframePath(folder, terminal);
  let bytes: Buffer;
  try {
    if (whatIsThere(path)?.isFile() === false) {
      // A folder stands in its place, and none could be written; or a pipe, which keeps who reads it.
      return 'broken';
    }
    bytes = readFileSync(path);
  } catch (error) {
    if (isForNow(error)) {
      throw error;
    }
    // None was written yet, or nobody can read it.
    return undefined;
  }
  const firstEnd = bytes.indexOf(0x0a);
  const [magic, sum] = bytes.subarray(0, Math.max(0, firstEnd)).toString('latin1').split(' ');
  const body = bytes.subarray(firstEnd + 1);
  if (magic !== MAGIC || sum !== checksum(body)) {
    return 'broken';
  }
  const headerEnd = body.indexOf(0x0a);
  const header = JSON.parse(body.subarray(0, headerEnd).toString('utf8')) as Omit<
    Keyframe,
    'snapshot' | 'continuation'
  > & { readonly snapshotBytes: number };
  const { snapshotBytes, ...rest } = header;
  const start = headerEnd + 1;
  return {
    ...rest,
    snapshot: body.subarray(start, start + snapshotBytes).toString('utf8'),
    continuation: Buffer.from(body.subarray(start + snapshotBytes)),
  };
};

/** Too many open files: taking the keyframe for lost would cost what it holds. */
const isForNow = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');

/** Deletes it, and what was set aside of it. */
export const forgetKeyframe = (folder: string, terminal: TerminalId): void => {
  const path = keyframePath(folder, terminal);
  rmSync(path, { force: true });
  forgetSetAside(folder, (name) => name === basename(path));
};

export const keyframePath = (folder: string, terminal: TerminalId): string =>
  join(folder, `${terminal}.keyframe`);
const checksum = (body: Buffer): string => createHash('sha256').update(body).digest('hex');
