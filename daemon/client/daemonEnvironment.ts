import type { Runtime } from './options';

/**
 * What a daemon is started with: enough to find its files, run programs and speak the user's language, and
 * nothing of the editor's (ELECTRON_*, VSCODE_*, NODE_OPTIONS …), because it outlives the editor. Programs
 * in terminals get the environment of whoever creates them, not this one.
 */
const KEPT: ReadonlySet<string> = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TERM'],
  // The user's systemd is asked for a scope of its own through this.
  'DBUS_SESSION_BUS_ADDRESS',
  // Windows can't start programs without these.
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP', 'OS'],
  ...['USERPROFILE', 'USERNAME', 'USERDOMAIN', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PUBLIC'],
  ...[
    'PROGRAMDATA',
    'PROGRAMFILES',
    'PROGRAMFILES(X86)',
    'PROGRAMW6432',
    'COMMONPROGRAMFILES',
    'PSMODULEPATH',
  ],
  ...['NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE', 'COMPUTERNAME'],
]);
const KEPT_PREFIXES = ['LC_', 'XDG_', 'HOLDFAST_'] as const;
/** A daemon that is started from inside a session is no part of it. */
const DROPPED: ReadonlySet<string> = new Set(['HOLDFAST_SESSION', 'HOLDFAST_TERMINAL']);

export const daemonEnvironment = (from: NodeJS.ProcessEnv, runtime: Runtime): Record<string, string> => {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    const upper = name.toUpperCase();
    const kept = KEPT.has(upper) || KEPT_PREFIXES.some((prefix) => upper.startsWith(prefix));
    if (value !== undefined && kept && !DROPPED.has(upper)) {
      result[name] = value;
    }
  }
  if (runtime.electron === true) {
    result['ELECTRON_RUN_AS_NODE'] = '1';
  }
  return result;
};
