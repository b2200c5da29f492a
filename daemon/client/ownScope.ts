import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { wantsOwnScope } from '../platform/lifetime/ending';
import { placeHere } from '../platform/lifetime/here';

/**
 * Where systemd runs the login session, a process stays in its login's or editor's scope and is killed with
 * it (`KillUserProcesses=`, logind.conf(5); a desktop's per-application scopes). `systemd-run --user --scope`
 * gives it one of its own and then becomes the program. Undefined where there is no user manager to ask, or
 * where a program lives longer without.
 */
export const ownScope = (
  line: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): readonly [string, ...string[]] | undefined => {
  const runtimeDir = env['XDG_RUNTIME_DIR'];
  const place = placeHere(env);
  if (process.platform !== 'linux' || runtimeDir === undefined || !place.files.has('/run/systemd/system')) {
    return undefined;
  }
  const onPath = (env['PATH'] ?? '').split(delimiter).some((part) => existsSync(join(part, 'systemd-run')));
  return onPath && existsSync(join(runtimeDir, 'systemd', 'private')) && wantsOwnScope(place)
    ? ['systemd-run', '--user', '--scope', '--collect', '--quiet', '--', ...line]
    : undefined;
};
