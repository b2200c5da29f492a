/**
 * The environment that VS Code's own terminals get, out of the extension host's: what the host process has for
 * itself must not reach programs. The patterns are those of VS Code's `sanitizeProcessEnvironment`
 * (src/vs/base/common/processes.ts) and of code-server's addition to it.
 */
const REMOVED: readonly RegExp[] = [
  /^ELECTRON_.+$/,
  /^VSCODE_(?!(PORTABLE|SHELL_LOGIN|ENV_REPLACE|ENV_APPEND|ENV_PREPEND)).+$/,
  /^SNAP(|_.*)$/,
  /^GDK_PIXBUF_.+$/,
  /^CODE_SERVER_.+$/,
  /^CS_.+$/,
];
/** Dangerous to hand on: they change what every program loads. */
const DANGEROUS: ReadonlySet<string> = new Set([
  'DEBUG',
  'NODE_OPTIONS',
  'VSCODE_NODE_OPTIONS',
  'LD_PRELOAD',
  'DYLD_INSERT_LIBRARIES',
]);
/** Belong to this window, not to the host process: `code FILE` and git's questions reach the window by them. */
const KEPT: ReadonlySet<string> = new Set([
  'VSCODE_IPC_HOOK_CLI',
  'VSCODE_GIT_IPC_HANDLE',
  'VSCODE_GIT_ASKPASS_NODE',
  'VSCODE_GIT_ASKPASS_EXTRA_ARGS',
  'VSCODE_GIT_ASKPASS_MAIN',
]);

export const cleanEnvironment = (host: NodeJS.ProcessEnv): Record<string, string> => {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(host)) {
    if (value !== undefined && (KEPT.has(name) || !isUnwanted(name))) {
      clean[name] = value;
    }
  }
  return clean;
};

const isUnwanted = (name: string): boolean =>
  DANGEROUS.has(name) || REMOVED.some((pattern) => pattern.test(name));

/** Sets or, with null, removes variables; names differ in case only on Windows. */
export const applyChanges = (
  environment: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
  platform: NodeJS.Platform,
): Record<string, string> => {
  const result = { ...environment };
  for (const [name, value] of Object.entries(changes)) {
    const existing =
      platform === 'win32'
        ? Object.keys(result).find((key) => key.toLowerCase() === name.toLowerCase())
        : undefined;
    const key = existing ?? name;
    if (value === null) {
      delete result[key];
    } else {
      result[key] = value;
    }
  }
  return result;
};

export interface Variables {
  readonly workspaceFolder: string | undefined;
  readonly userHome: string;
}

/** The variables of settings that `terminal.integrated.env.*` is commonly written with; unknown ones stay as they are. */
export const resolveVariables = (
  text: string,
  environment: Readonly<Record<string, string>>,
  variables: Variables,
): string =>
  text.replace(
    /\$\{(?:(env):([^}]+)|([A-Za-z]+))\}/g,
    (whole, env: string | undefined, name: string, plain: string) => {
      if (env !== undefined) {
        return environment[name] ?? '';
      }
      switch (plain) {
        case 'workspaceFolder':
          return variables.workspaceFolder ?? whole;
        case 'userHome':
          return variables.userHome;
        default:
          return whole;
      }
    },
  );

/** Puts a folder in front of the search path, once. */
export const prependToPath = (
  environment: Readonly<Record<string, string>>,
  folder: string,
  platform: NodeJS.Platform,
): Record<string, string> => {
  const separator = platform === 'win32' ? ';' : ':';
  const name =
    Object.keys(environment).find((key) => (platform === 'win32' ? key.toUpperCase() : key) === 'PATH') ??
    'PATH';
  const rest = (environment[name] ?? '').split(separator).filter((entry) => entry !== '' && entry !== folder);
  return { ...environment, [name]: [folder, ...rest].join(separator) };
};
