import type { SystemFiles } from './systemFiles';

/** Where systemd looks, the strongest first; systemd-system.conf(5), "Configuration directories and precedence". */
const FOLDERS = ['/etc/systemd', '/run/systemd', '/usr/local/lib/systemd', '/usr/lib/systemd'] as const;
const YES: ReadonlySet<string> = new Set(['1', 'yes', 'y', 'true', 't', 'on']);
const NO: ReadonlySet<string> = new Set(['0', 'no', 'n', 'false', 'f', 'off']);

interface Settings {
  kill: boolean | undefined;
  only: readonly string[];
  exclude: readonly string[];
}

/**
 * Whether systemd-logind ends what is left in a login session's scope when its user logs out: KillUserProcesses=, KillOnlyUsers= and
 * KillExcludeUsers= of logind.conf(5).
 *
 * @returns undefined where nothing tells: what systemd does then was chosen when it was built
 */
export const killsUserProcesses = (files: SystemFiles, user: string): boolean | undefined => {
  const settings: Settings = { kill: builtIn(files), only: [], exclude: ['root'] };
  for (const path of configurationFiles(files)) {
    apply(files.text(path), settings);
  }
  const isMeant =
    !settings.exclude.includes(user) && (settings.only.length === 0 || settings.only.includes(user));
  return isMeant ? settings.kill : false;
};

/** Whether the user's own systemd outlives their last login; loginctl(1), enable-linger. */
export const lingers = (files: SystemFiles, user: string): boolean =>
  files.has(`/var/lib/systemd/linger/${user}`);

/** The main file, then the drop-ins by their names, each from the strongest folder that has it. */
const configurationFiles = (files: SystemFiles): readonly string[] => {
  const main = FOLDERS.map((folder) => `${folder}/logind.conf`).find((path) => files.has(path));
  const dropIns = new Map<string, string>();
  for (const folder of FOLDERS) {
    for (const name of files.names(`${folder}/logind.conf.d`)) {
      if (name.endsWith('.conf') && !dropIns.has(name)) {
        dropIns.set(name, `${folder}/logind.conf.d/${name}`);
      }
    }
  }
  const inOrder = [...dropIns].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, path]) => path);
  return [...(main === undefined ? [] : [main]), ...inOrder];
};

/** The file that a distribution ships shows what it has built in, as a comment. */
const builtIn = (files: SystemFiles): boolean | undefined => {
  for (const folder of [...FOLDERS].reverse()) {
    const shown = /^#\s*KillUserProcesses\s*=\s*(\S+)\s*$/m.exec(files.text(`${folder}/logind.conf`))?.[1];
    if (shown !== undefined) {
      return asBoolean(shown);
    }
  }
  return undefined;
};

const apply = (text: string, settings: Settings): void => {
  let section = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    section = /^\[(.*)\]$/.exec(line)?.[1] ?? section;
    const [, key, value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (section !== 'Login') {
      continue;
    }
    if (key === 'KillUserProcesses') {
      // What systemd can't read it leaves out.
      settings.kill = asBoolean(value) ?? settings.kill;
    } else if (key === 'KillOnlyUsers') {
      settings.only = listed(settings.only, value);
    } else if (key === 'KillExcludeUsers') {
      settings.exclude = listed(settings.exclude, value);
    }
  }
};

/** Lists grow with each line; an empty one begins anew. */
const listed = (before: readonly string[], value: string): readonly string[] =>
  value === '' ? [] : [...before, ...value.split(/\s+/)];

const asBoolean = (value: string): boolean | undefined => {
  const small = value.toLowerCase();
  return YES.has(small) ? true : NO.has(small) ? false : undefined;
};
