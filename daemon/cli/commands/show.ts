import { SessionShow } from '../../protocol/sessions';
import type { Context } from '../context';
import type { Input } from '../input';
import { describeSession, describeTerminal } from '../output/describe';

export const run = async (context: Context, input: Input): Promise<void> => {
  const shown = await context.call(SessionShow.type, { target: context.target(input.argument('TARGET')) });
  context.result(shown, () =>
    shown.session === undefined
      ? describeTerminal(shown.terminal, Date.now())
      : describeSession(shown.session, Date.now()),
  );
};
