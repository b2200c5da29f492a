import assert from 'node:assert/strict';
import type { Attachment, Connection } from '../../daemon/client/index';
import { offset } from '../../daemon/protocol/ids';
import type { SessionInfo } from '../../daemon/protocol/model';
import { SessionList } from '../../daemon/protocol/sessions';
import { TerminalOutput, TerminalSnapshot } from '../../daemon/protocol/terminals';
import { poll } from '../support/poll';

/** For everything that is waited for: a machine that does other things, too. */
export const PATIENCE_MS = 20_000;
const LINE = /^line (\d+) of what a build prints\r$/;
/** A viewer is sent a chunk of output just before it is appended to the journal: a SIGKILL may fall in between. */
const CHUNK_BYTES = 64 * 1024;

/** What a viewer was sent, with its place in the output. */
export class Seen {
  private readonly _pieces: Buffer[] = [];
  private _end = 0;

  public constructor(attachment: Attachment) {
    attachment.onData((data) => {
      this._pieces.push(Buffer.from(data));
      this._end = attachment.offset;
    });
    attachment.start();
  }

  public get bytes(): Buffer {
    return Buffer.concat(this._pieces);
  }

  public get from(): number {
    return this._end - this.bytes.length;
  }

  public get length(): number {
    return this._pieces.reduce((sum, piece) => sum + piece.length, 0);
  }
}

export const sessionOf = async (connection: Connection, id: string): Promise<SessionInfo> => {
  const { sessions } = await connection.call(SessionList.type, { all: true });
  return sessions.find((session) => session.id === id) ?? assert.fail(`${id} is not listed`);
};

export const untilSession = (
  connection: Connection,
  id: string,
  what: string,
  is: (session: SessionInfo) => boolean,
): Promise<SessionInfo> => {
  let last: unknown;
  return poll(
    async () => {
      const session = await sessionOf(connection, id);
      last = session;
      return is(session) ? session : undefined;
    },
    { timeoutMs: PATIENCE_MS, intervalMs: 5, what, state: () => last },
  );
};

export interface Checked {
  /** The offset behind the last byte that is kept. */
  readonly head: number;
  readonly bytes: number;
}

/**
 * The output of a lost session of NUMBERING, `from` where it began: line after line with no hole, with every byte that a viewer saw, and
 * its last lines on the screen.
 */
export const checkLost = async (
  connection: Connection,
  id: string,
  from: number,
  seen: Seen,
): Promise<Checked> => {
  const target = { text: id };
  const output = await connection.call(TerminalOutput.type, { target, since: offset(from), ansi: true });
  const kept = Buffer.from(output.text, 'base64');
  const begin: number = output.from;
  const { bytes } = seen;
  const skipped = Math.max(0, begin - seen.from);
  const common = bytes.subarray(skipped, Math.max(skipped, begin + kept.length - seen.from));
  const at = seen.from + skipped - begin;
  assert.ok(kept.subarray(at, at + common.length).equals(common), 'what a viewer saw is kept, to the byte');
  const beyond = seen.from + bytes.length - (begin + kept.length);
  assert.ok(beyond <= CHUNK_BYTES, `${beyond} bytes that a viewer saw are not kept`);
  const lines = kept
    .toString()
    .split('\n')
    .slice(output.truncated ? 1 : 0, -1);
  const numbers = lines.map((line) => Number(LINE.exec(line)?.[1] ?? Number.NaN));
  const first = output.truncated ? (numbers[0] ?? 0) : 0;
  const wrong = numbers.findIndex((number, index) => number !== first + index);
  assert.equal(wrong, -1, `line ${first + wrong} was to come, and ${JSON.stringify(lines[wrong])} came`);
  const { lines: rows, state } = await connection.call(TerminalSnapshot.type, { target, scrollback: 500 });
  assert.equal(state, 'lost');
  const shown = rows.map((row) => LINE.exec(`${row}\r`)?.[1]).filter((number) => number !== undefined);
  assert.deepEqual(
    shown.map(Number),
    numbers.slice(-shown.length),
    'the screen and its scrollback show the last lines, all of them',
  );
  assert.ok(shown.length >= Math.min(400, numbers.length), `${shown.length} lines are shown`);
  return { head: begin + kept.length, bytes: kept.length };
};
