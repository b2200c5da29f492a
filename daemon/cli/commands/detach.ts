import type { ViewerId } from '../../protocol/ids';
import { SessionDetach } from '../../protocol/sessions';
import { invalid } from '../arguments/invalid';
import type { Context } from '../context';
import type { Input } from '../input';

export const run = async (context: Context, input: Input): Promise<void> => {
  const text = input.argument('TARGET');
  const viewer = input.text('viewer');
  const all = input.flag('all') === true;
  if (all && viewer !== undefined) {
    throw invalid('--viewer and --all exclude each other', 'Give one of them.');
  }
  const { detached } = await context.call(SessionDetach.type, {
    target: all ? context.target(text) : await context.toldTarget(text),
    ...(viewer === undefined ? {} : { viewer: viewer as ViewerId }),
    // With a TARGET, all means all of its viewers, which is what happens anyway.
    ...(all && text === undefined ? { all: true } : {}),
  });
  context.result({ detached }, () => `detached ${detached} ${detached === 1 ? 'viewer' : 'viewers'}\n`);
};
