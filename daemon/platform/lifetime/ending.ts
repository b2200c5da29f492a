import { type Container, containerOf } from './container';
import { killsUserProcesses, lingers } from './logind';
import type { SystemFiles } from './systemFiles';
import { type Unit, unitOf } from './unit';

/** What ends programs that nobody ends, because of where they run. */
export type Ending =
  /** systemd, when this login session ends: KillUserProcesses=yes. */
  | { readonly kind: 'logout'; readonly unit: string }
  /** The user's own systemd, which ends with their last login. */
  | { readonly kind: 'lastLogout'; readonly unit: string }
  | { readonly kind: 'stop'; readonly container: Container };

/** Whose programs, and where they are asked for. */
export interface Place {
  readonly files: SystemFiles;
  readonly env: NodeJS.ProcessEnv;
  /** The user's name. */
  readonly user: string;
}

/**
 * What ends the programs of a process; nothing where that is not known.
 *
 * @param pid `self` for a daemon that would be started from here
 */
export const endingsOf = (place: Place, pid: number | 'self'): readonly Ending[] => {
  const container = containerOf(place.files, place.env);
  // One that is started where its user lingers is given a scope of its own.
  const isSafe = pid === 'self' && lingers(place.files, place.user);
  const logout = isSafe ? undefined : logoutOf(place, unitOf(place.files, pid));
  return [
    ...(container === undefined ? [] : [{ kind: 'stop', container } as const]),
    ...(logout === undefined ? [] : [logout]),
  ];
};

const logoutOf = ({ files, user }: Place, unit: Unit | undefined): Ending | undefined => {
  if (unit === undefined) {
    return undefined;
  }
  if (unit.kind === 'session') {
    return killsUserProcesses(files, user) === true ? { kind: 'logout', unit: unit.name } : undefined;
  }
  return lingers(files, user) ? undefined : { kind: 'lastLogout', unit: unit.name };
};

/**
 * Whether a daemon lives longer in a scope of its own below the user's systemd (`systemd-run --user --scope`) than where it is started.
 * The user's systemd ends with their last login unless they linger, so a login session that is left alone at logout is the better place.
 */
export const wantsOwnScope = ({ files, user }: Place): boolean => {
  const isLeftAlone = unitOf(files, 'self')?.kind === 'session' && killsUserProcesses(files, user) === false;
  return lingers(files, user) || !isLeftAlone;
};
