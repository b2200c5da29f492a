import { Variable } from '../protocol/variables';

/**
 * The environment of the daemon and of PTY hosts: what a system service needs and nothing else, because both
 * live for weeks and what happened to stand in the first caller's environment must not shape what comes later.
 * Programs get theirs with each call (sessions/environment.ts), never from here.
 */
const KEPT: ReadonlySet<string> = new Set([
  ...['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TMP', 'TEMP'],
  ...['XDG_RUNTIME_DIR', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME'],
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA'],
  ...[
    'USERPROFILE',
    'USERNAME',
    'USERDOMAIN',
    'HOMEDRIVE',
    'HOMEPATH',
    'NUMBER_OF_PROCESSORS',
    'PSMODULEPATH',
  ],
  // What makes an editor's own executable a plain Node.
  'ELECTRON_RUN_AS_NODE',
  // A Node in a folder of its own finds its libraries by it (Nix, conda).
  ...['LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'],
  // Ours: a daemon's own is set by who starts it (client/startDaemon.ts).
  'NODE_COMPILE_CACHE',
  Variable.SOCKET_DIR,
  Variable.DATA_DIR,
  Variable.IDLE_EXIT_MS,
  Variable.EPHEMERAL_GRACE_MS,
  Variable.SLEEP_AFTER_MS,
  Variable.SCREEN_HEAP_MB,
  Variable.SESSION_LIMIT,
  Variable.PTY_HOST_EMPTY_MS,
  Variable.PTY_HOST_REPLACE_MS,
]);

export const launchEnvironment = (env: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> => {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && (KEPT.has(name.toUpperCase()) || name.startsWith('LC_'))) {
      kept[name] = value;
    }
  }
  return kept;
};
