import { userInfo } from 'node:os';
import type { Place } from './ending';
import { SystemFiles } from './systemFiles';

/** This machine and this process's user. */
export const placeHere = (env: NodeJS.ProcessEnv): Place => ({
  files: SystemFiles.from(env),
  env,
  user: userName(env),
});

const userName = (env: NodeJS.ProcessEnv): string => {
  try {
    return userInfo().username;
  } catch {
    // A user id without an account, as some containers have.
    return env['USER'] ?? '';
  }
};
