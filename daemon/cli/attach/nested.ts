import { HoldfastError } from '../../protocol/errors';
import { SessionList, SessionShow, type Target } from '../../protocol/sessions';
import { Variable } from '../../protocol/variables';
import type { Context } from '../context';

/**
 * A session shown inside itself would draw its own drawing for ever. The variables are set in every Holdfast
 * terminal, to ids; a name in HOLDFAST_SESSION is somebody's default TARGET and means nothing here.
 * @throws HoldfastError NESTED_SESSION; SESSION_NOT_FOUND and the like
 */
export const refuseNested = async (context: Context, target: Target): Promise<void> => {
  const shown = await context.call(SessionShow.type, { target });
  const session = context.env[Variable.SESSION];
  const terminal = context.env[Variable.TERMINAL];
  if (session === undefined || session === '') {
    return;
  }
  const inside =
    shown.session !== undefined
      ? shown.session.id === session || shown.session.terminals.some(({ id }) => id === terminal)
      : shown.terminal.id === terminal || (await holds(context, session, shown.terminal.id));
  if (inside) {
    throw new HoldfastError(
      'NESTED_SESSION',
      'this terminal is inside the session it would show',
      'Attach to another session, or run this from a terminal outside Holdfast.',
    );
  }
};

const holds = async (context: Context, session: string, terminal: string): Promise<boolean> => {
  const { sessions } = await context.call(SessionList.type, { all: true });
  return sessions.some(({ id, terminals }) => id === session && terminals.some((one) => one.id === terminal));
};
