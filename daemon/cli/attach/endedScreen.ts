import type { Attachment } from '../../client/attachmentTypes';
import type { Connection } from '../../client/connection';
import { printable } from '../../platform/printable';
import { TerminalSnapshot } from '../../protocol/terminals';

/**
 * The last screen of a program that had ended in the alternate screen, as text: leaving takes the alternate screen
 * away, and nobody comes back to it. Nothing for others, whose screen stays where it was drawn.
 */
export const endedScreen = async (
  connection: Connection,
  { info }: Attachment,
  timeoutMs: number,
): Promise<string> => {
  try {
    const target = { text: `${info.session}:${info.terminal.id}` };
    const screen = await connection.call(TerminalSnapshot.type, { target }, { timeoutMs });
    const last = screen.buffer === 'alternate' ? screen.lines.findLastIndex((line) => line !== '') : -1;
    return screen.lines
      .slice(0, last + 1)
      .map((line) => `${printable(line)}\n`)
      .join('');
  } catch {
    // No daemon at the moment: it was shown for a moment all the same.
    return '';
  }
};
