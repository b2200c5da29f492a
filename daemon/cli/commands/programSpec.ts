import path from 'node:path';
import type { ProgramSpec } from '../../protocol/sessions';
import { environmentOf } from '../arguments/environment';
import type { Context } from '../context';
import type { Input } from '../input';

/** The program behind `--`, with the caller's environment and folder. @throws HoldfastError CWD_NOT_FOUND */
export const programOf = (context: Context, input: Input): ProgramSpec => {
  const added = input.list<readonly [string, string]>('env') ?? [];
  return {
    cwd: folderOf(context, input.text('cwd')),
    environment: environmentOf(context.env, added),
    ...(added.length === 0 ? {} : { added: Object.fromEntries(added) }),
    ...(input.flag('shellIntegration') === false ? { shellIntegration: false } : {}),
    ...(input.program === undefined ? {} : { command: input.program }),
  };
};

/** An absolute one is taken as it is, even where the caller's own folder is gone. */
const folderOf = (context: Context, given: string | undefined): string =>
  given === undefined
    ? context.workingFolder()
    : path.isAbsolute(given)
      ? given
      : path.resolve(context.workingFolder(), given);
