import { resolveLocations } from '../platform/locations';
import { newSocketPath } from '../platform/socketPath';
import { HoldfastError } from '../protocol/errors';
import { examine } from './doctor/finding';
import { checkFolder } from './doctor/folders';

/**
 * Why no daemon could be started, where this side can see it: the daemon itself had no way to tell.
 * @returns the error to show instead, or the one that was there
 */
export const explainStartFailure = (thrown: unknown, env: NodeJS.ProcessEnv): unknown => {
  if (!(thrown instanceof HoldfastError) || thrown.code !== 'DAEMON_UNAVAILABLE') {
    return thrown;
  }
  const { runtimeDir, dataDir } = resolveLocations(env);
  try {
    newSocketPath(runtimeDir, 'd-');
  } catch (error) {
    return error;
  }
  for (const [what, folder] of [
    ['data folder', dataDir],
    ['runtime folder', runtimeDir],
  ] as const) {
    const finding = examine(what, () => checkFolder(what, folder));
    if (finding.status === 'error') {
      return new HoldfastError(
        'AUTH_FAILED',
        finding.message,
        finding.suggestion ?? "Run 'holdfast doctor'.",
      );
    }
  }
  return thrown;
};
