import type { TerminalState } from '../../protocol/model';
import { SessionList } from '../../protocol/sessions';
import type { Context } from '../context';
import type { Input } from '../input';
import { sessionTable } from '../output/sessionTable';

export const run = async (context: Context, input: Input): Promise<void> => {
  const filter = input.text('filter');
  const group = input.text('group');
  // The table's parser has checked it.
  const state = input.text('state') as TerminalState | undefined;
  const { sessions, sessionsBytes } = await context.call(SessionList.type, {
    ...(filter === undefined ? {} : { filter }),
    ...(group === undefined ? {} : { group }),
    ...(state === undefined ? {} : { state }),
    ...(input.flag('all') === true ? { all: true } : {}),
    ...(context.json ? { bytes: true } : {}),
  });
  if (sessionsBytes !== undefined) {
    // Piece by piece: with many sessions, a copy of them would take as long as writing them.
    for (const piece of ['{"sessions":', sessionsBytes, '}\n']) {
      context.print(piece);
    }
    return;
  }
  if (sessions.length === 0 && !context.json) {
    context.notice(
      filter === undefined && group === undefined && state === undefined
        ? "No sessions. 'holdfast new' creates one."
        : 'No session matches.',
    );
    return;
  }
  context.result({ sessions }, () => sessionTable(sessions, Date.now(), context.width, context.style));
};
