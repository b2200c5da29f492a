import type { HostLink } from '../hosts/hostLink';
import { HoldfastError } from '../protocol/errors';
import { HostRead } from '../protocol/host';
import { type Offset, offset, type TerminalId } from '../protocol/ids';
import type { TerminalOutput } from '../protocol/terminals';
import { endsInString, plainPiece } from '../screen/plainText';
import { coveredOffset, readJournalEnd, readJournalOutput } from './journals';

/** Where a terminal's output is read: its PTY host, or the ring file once that has let go of it. */
export type OutputSource =
  | { readonly host: HostLink; readonly head: Offset; readonly isEnded: boolean }
  | { readonly dataDir: string; readonly host?: undefined };

/** A range that was read; it begins later than asked for when older output is gone. */
interface Range {
  readonly from: Offset;
  readonly data: Buffer;
  /** What comes behind it, as far as it was asked for, can't be read. */
  readonly isEndLost?: boolean;
}

const LINE_FEED = 0x0a;
/** Tails are looked for backwards in steps of this size; a screenful fits in one. */
const TAIL_STEP = 256 * 1024;
/** Output without any control sequence is looked through no further: it is text then. */
const LOOK_BACK = 1024 * 1024;
const LOOK_BACK_STEP = 64 * 1024;

/** @throws INVALID_INPUT when `since` lies behind what has been written */
export const readOutput = async (
  terminal: TerminalId,
  source: OutputSource,
  params: Pick<TerminalOutput.Params, 'since' | 'until' | 'tail' | 'ansi'>,
): Promise<TerminalOutput.Result> => {
  const journal = source.host === undefined ? readJournalEnd(source.dataDir, terminal) : undefined;
  const head =
    source.host === undefined ? (journal?.head ?? coveredOffset(source.dataDir, terminal)) : source.head;
  const isGone = source.host === undefined && journal === undefined;
  const isCut = journal?.isCut === true || (isGone && head > 0);
  // Who has read what is lost may know a later offset.
  const since = offset(isCut ? Math.min(params.since ?? 0, head) : (params.since ?? 0));
  if (since > head) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `the offset ${since} lies behind the newest output, ${head}`,
      'Pass the offset that an earlier call returned.',
      { field: 'since', head },
    );
  }
  const end = offset(Math.max(since, Math.min(head, params.until ?? head)));
  const read = (from: Offset, to: Offset): Promise<Range> =>
    source.host === undefined
      ? Promise.resolve(readFile(source.dataDir, terminal, from, to, journal?.tail ?? head))
      : readHost(source.host, terminal, from, to);
  const { from, data, isTorn, isEndLost } =
    params.tail === undefined
      ? await everything(read, since, end)
      : await lastLines(read, since, end, params.tail);
  const endLost = isCut || isEndLost === true;
  const lacks = { truncated: isTorn || endLost || isGone, ...(endLost ? { endLost: true as const } : {}) };
  const behindLost = isCut ? head : end;
  if (params.ansi === true) {
    return {
      offset: endLost ? behindLost : offset(from + data.length),
      from,
      ...lacks,
      text: data.toString('base64'),
    };
  }
  const isContinued = params.tail === undefined && from === params.since;
  const piece = plainPiece(data, {
    inString: isContinued && (await beginsInString(read, from)),
    // What is asked for ends here, whatever follows.
    isLast: source.host === undefined || source.isEnded || params.until !== undefined || endLost,
  });
  return { offset: endLost ? behindLost : offset(from + piece.length), from, ...lacks, text: piece.text };
};

/** Looks behind what is read on for a sequence whose string was too long to be held back whole. */
const beginsInString = async (read: Read, from: Offset): Promise<boolean> => {
  const oldest = Math.max(0, from - LOOK_BACK);
  for (let begin = from; begin > oldest; ) {
    const wanted = offset(Math.max(oldest, begin - LOOK_BACK_STEP));
    // One byte more: a control of two bytes may lie across the steps.
    const range = await read(wanted, offset(Math.min(begin + 1, from)));
    const verdict = endsInString(range.data);
    if (verdict !== undefined) {
      return verdict;
    }
    if (range.from > wanted) {
      break;
    }
    begin = wanted;
  }
  return false;
};

interface Found extends Range {
  /** Whether part of what was asked for is no longer kept. */
  readonly isTorn: boolean;
}

type Read = (from: Offset, to: Offset) => Promise<Range>;

const everything = async (read: Read, since: Offset, head: Offset): Promise<Found> => {
  const range = await read(since, head);
  return { ...range, isTorn: range.from > since };
};

/** Reads backwards until there are enough lines, or nothing older. */
const lastLines = async (read: Read, since: Offset, head: Offset, count: number): Promise<Found> => {
  let data: Buffer = Buffer.alloc(0);
  let begin = head;
  let isEndLost = false;
  const found = (start: number, isTorn: boolean): Found => ({
    from: offset(begin + start),
    data: data.subarray(start),
    isTorn,
    isEndLost,
  });
  while (begin > since) {
    const start = lineStart(data, count);
    if (start > 0) {
      return found(start, false);
    }
    const wanted = offset(Math.max(since, begin - TAIL_STEP));
    const range = await read(wanted, begin);
    if (range.isEndLost === true && begin < head) {
      return found(start, true);
    }
    isEndLost ||= range.isEndLost === true;
    data = Buffer.concat([range.data, data]);
    begin = range.from;
    if (range.from > wanted) {
      const first = lineStart(data, count);
      return found(first, first === 0);
    }
  }
  return found(lineStart(data, count), false);
};

/** Where the last `count` lines begin; 0 when there are not more. A line feed at the very end begins no line. */
const lineStart = (data: Buffer, count: number): number => {
  if (count === 0) {
    return data.length;
  }
  let position = data.length - 1;
  for (let lines = 0; lines < count; lines += 1) {
    position = position <= 0 ? -1 : data.lastIndexOf(LINE_FEED, position - 1);
    if (position < 0) {
      return 0;
    }
  }
  return position + 1;
};

const readFile = (dataDir: string, terminal: TerminalId, from: Offset, to: Offset, tail: Offset): Range => {
  const start = offset(Math.min(Math.max(from, tail), to));
  const range = readJournalOutput(dataDir, terminal, start, to);
  return { ...range, isEndLost: range.from + range.data.length < to };
};

const readHost = async (host: HostLink, terminal: TerminalId, from: Offset, to: Offset): Promise<Range> => {
  const pieces: Buffer[] = [];
  let begin: Offset | undefined;
  let next = from;
  while (next < to) {
    const range = await host.call(HostRead.type, { terminal, from: next, to });
    const data = Buffer.from(range.data, 'base64');
    if (range.from >= to) {
      return { from: begin ?? to, data: Buffer.concat(pieces), isEndLost: true };
    }
    if (begin !== undefined && range.from > next) {
      // What comes between the pieces was dropped by the ring, or can't be read: only the newer one is a whole.
      pieces.length = 0;
      begin = range.from;
    }
    begin ??= range.from;
    pieces.push(data);
    if (data.length === 0) {
      break;
    }
    next = offset(range.from + data.length);
  }
  return { from: begin ?? to, data: Buffer.concat(pieces) };
};
