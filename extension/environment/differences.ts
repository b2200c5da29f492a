import { isSecret } from '../../daemon/platform/secretNames';

/** A variable that two environments do not have alike. */
export interface Difference {
  readonly name: string;
  /** What the session's program was started with; undefined where it has no such variable. */
  readonly here: string | undefined;
  /** What a new terminal gets. */
  readonly there: string | undefined;
  /** By its name, or because there is a password in it: not to be shown unasked. */
  readonly isSecret: boolean;
}

export interface Differences {
  readonly different: readonly Difference[];
  readonly onlyHere: readonly Difference[];
  readonly onlyThere: readonly Difference[];
  /** Each terminal, or each window, has its own: no sign that anything has changed. */
  readonly byNature: readonly Difference[];
}

export type Environment = Readonly<Record<string, string>>;

export interface Comparing {
  readonly platform: NodeJS.Platform;
  /** Whether a path is a link that leads to the window which is there. */
  readonly isLink: (path: string) => boolean;
  /** Whether secrets of the session's program are known: where they are not, none is missing from it. */
  readonly knowsSecrets: boolean;
}

/** What shells and terminals set for themselves: folder, depth, size, terminal, and what marks this one. */
const OF_A_TERMINAL =
  /^(?:PWD|OLDPWD|SHLVL|_|COLUMNS|LINES|TTY|GPG_TTY|SSH_TTY|WINDOWID|TERM_SESSION_ID|VSCODE_NONCE|HOLDFAST_.*)$/;
/** By these a program reaches a window. */
const OF_A_WINDOW = /^(?:VSCODE_IPC_HOOK_CLI|VSCODE_GIT_IPC_HANDLE)$/;

/** Compares what a program was started with (here) with what a new one would get (there); each list by name. */
export const compareEnvironments = (
  here: Environment,
  there: Environment,
  { platform, isLink, knowsSecrets }: Comparing,
): Differences => {
  const key = (name: string): string => (platform === 'win32' ? name.toUpperCase() : name);
  const named = (environment: Environment): Map<string, [name: string, value: string]> =>
    new Map(Object.entries(environment).map(([name, value]) => [key(name), [name, value]]));
  const [left, right] = [named(here), named(there)];
  const all = [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((name): Difference[] => {
    const [mine, theirs] = [left.get(name), right.get(name)];
    const values = [mine, theirs].flatMap((found) => (found === undefined ? [] : [found[1]]));
    const isHidden = values.some((value) => isSecret(name, value));
    return mine?.[1] === theirs?.[1] || (mine === undefined && isHidden && !knowsSecrets)
      ? []
      : [{ name: (mine ?? theirs)?.[0] ?? name, here: mine?.[1], there: theirs?.[1], isSecret: isHidden }];
  });
  const isByNature = ({ name, here: mine }: Difference): boolean =>
    OF_A_TERMINAL.test(name) ||
    OF_A_WINDOW.test(name) ||
    // It has followed the windows since it began.
    (name === 'SSH_AUTH_SOCK' && mine !== undefined && isLink(mine));
  const others = all.filter((one) => !isByNature(one));
  return {
    different: others.filter((one) => one.here !== undefined && one.there !== undefined),
    onlyHere: others.filter((one) => one.there === undefined),
    onlyThere: others.filter((one) => one.here === undefined),
    byNature: all.filter(isByNature),
  };
};

/** How two lists differ, as PATH is one. */
export interface ListDifference {
  readonly onlyHere: readonly string[];
  readonly onlyThere: readonly string[];
}

/** Names of variables that hold folders, one behind the other: PATH, MANPATH, XDG_DATA_DIRS. */
const LISTS = /(?:PATH|PATHS|_DIRS)$/i;

/** @returns undefined where they are no lists, or a list of one: then the values say it best */
export const compareLists = (
  { name, here, there }: Difference,
  platform: NodeJS.Platform,
): ListDifference | undefined => {
  const separator = platform === 'win32' ? ';' : ':';
  if (here === undefined || there === undefined || !LISTS.test(name)) {
    return undefined;
  }
  const entries = (list: string): readonly string[] => [...new Set(list.split(separator))];
  const [mine, theirs] = [entries(here), entries(there)];
  return mine.length === 1 && theirs.length === 1
    ? undefined
    : {
        onlyHere: mine.filter((entry) => !theirs.includes(entry)),
        onlyThere: theirs.filter((entry) => !mine.includes(entry)),
      };
};
