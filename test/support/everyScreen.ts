import assert from 'node:assert/strict';
import type { Connection } from '../../daemon/client/index';
import { TerminalOutput, TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { poll } from './poll';

/** So many calls are under way at once. */
export const ABREAST = 8;

/** Does the same with all of them, some at a time. */
export const withEach = async <T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
): Promise<void> => {
  const entries = items.entries();
  const next = async (): Promise<void> => {
    for (const [index, item] of entries) {
      await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, next));
};

/** Types a line into every session, which run `cat` each, and checks that its screen has it, and its echo. */
export const everyScreenShows = (
  connection: Connection,
  sessions: readonly string[],
  word: string,
): Promise<void> =>
  withEach(sessions, async (session, index) => {
    const target = { text: session };
    const line = `${word}-${index}`;
    await connection.call(TerminalType.type, { target, text: line, enter: true });
    await poll(
      async () => {
        const { text } = await connection.call(TerminalOutput.type, { target });
        return text.split('\n').filter((row) => row === line).length === 2;
      },
      { what: `${line} and its echo`, timeoutMs: 20_000 },
    );
    const { lines } = await connection.call(TerminalSnapshot.type, { target });
    assert.equal(lines.filter((row) => row === line).length, 2, `${line}: ${lines.join('|')}`);
  });
