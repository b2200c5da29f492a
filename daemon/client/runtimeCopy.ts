import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { makeFolders } from '../platform/makeFolders';
import { readJsonFile } from '../platform/privateFile';
import { ensurePrivateFolder } from '../platform/privateFolder';
import { processState } from '../platform/processIdentity';
import { newId } from '../platform/secrets';
import { COMMAND_FOLDER, ENDPOINT_FILE, HOSTS_FOLDER, RUNTIME_FOLDER } from '../protocol/endpoint';
import { HoldfastError } from '../protocol/errors';
import { damagedFiles, writeSums } from './copySums';
import type { Program } from './program';

/** What runs detached, and what the shim of the command line needs; nothing of the editor's. */
const FILES = [
  'daemon.js',
  'daemonServer.js',
  'ptyhost.js',
  'screenWorker.js',
  'cli.js',
  'commandLine.js',
  'client.js',
  'sql-wasm.wasm',
  'conpty_console_list_agent.js',
] as const;
const FOLDERS = ['worker', 'bin', 'shells'] as const;
/** Written last: a copy with it is whole. */
const BUILD_ID = 'build-id';
/** A copy that nobody uses is kept this long: a daemon that is just being started from it has no record yet. */
const PRUNE_AFTER_MS = 60 * 60 * 1000;

/**
 * Copies the program to `<dataDir>/runtime/<version>-<build id>`, unless that is there or the program is such
 * a copy itself: a daemon lives for weeks, and an update deletes the folder of the extension it came with.
 * Any number of processes may do this at once; the folder appears whole, by rename. Files of it that are damaged since are
 * copied again.
 * @returns the copy
 * @throws HoldfastError DAEMON_UNAVAILABLE for a program that is a damaged copy itself
 */
export const ensureRuntimeCopy = (program: Program, dataDir: string): Program => {
  const parent = join(dataDir, RUNTIME_FOLDER);
  if (dirname(resolve(program.folder)) === resolve(parent)) {
    requireWhole(program.folder);
    return program;
  }
  ensurePrivateFolder(parent);
  const folder = join(parent, `${program.version}-${program.buildId}`);
  const copy = { ...program, folder };
  if (existsSync(join(folder, BUILD_ID))) {
    if (damagedFiles(folder).length > 0) {
      copyProgram(program.folder, folder);
    }
    touch(folder);
    return copy;
  }
  const temporary = join(parent, `.${basename(folder)}.${newId()}.tmp`);
  try {
    copyProgram(program.folder, temporary);
    moveInto(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return copy;
};

const requireWhole = (folder: string): void => {
  const damaged = damagedFiles(folder);
  if (damaged.length > 0) {
    throw new HoldfastError(
      'DAEMON_UNAVAILABLE',
      `the program in ${folder} is damaged: ${damaged.join(', ')}`,
      "Start a session from VS Code, or run 'holdfast' where Holdfast is installed: what is damaged is copied again. Programs run on meanwhile.",
      { damaged },
    );
  }
};

/** A file that is there already is replaced only where it is another one, and whole at any moment. */
const copyProgram = (from: string, to: string): void => {
  makeFolders(to, 0o700);
  const names = programFiles(from);
  const copy = (name: string): void => {
    const target = join(to, name);
    const source = readFileSync(join(from, name));
    if (isSame(target, source)) {
      return;
    }
    makeFolders(dirname(target), 0o700);
    // A package that was made or unpacked without execute bits still works from its copy.
    const mode = isExecutable(target) ? 0o700 : statSync(join(from, name)).mode & 0o700;
    const next = `${target}.${newId()}.tmp`;
    try {
      writeFileSync(next, source, { mode, flush: true });
      renameSync(next, target);
    } finally {
      rmSync(next, { force: true });
    }
  };
  for (const name of names) {
    copy(name);
  }
  writeSums(to, names);
  if (existsSync(join(from, BUILD_ID))) {
    copy(BUILD_ID);
  }
};

const isSame = (path: string, content: Buffer): boolean => {
  try {
    return readFileSync(path).equals(content);
  } catch {
    // Not there, or no file.
    return false;
  }
};

/** The names of all files but the last one, below the folder of the program. */
const programFiles = (from: string): readonly string[] => {
  const prebuilds = join('prebuilds', `${process.platform}-${process.arch}`);
  return [
    ...FILES.filter((file) => existsSync(join(from, file))),
    ...[...FOLDERS, prebuilds].flatMap((folder) =>
      filesBelow(join(from, folder)).map((path) => relative(from, path)),
    ),
  ];
};

const isExecutable = (path: string): boolean => {
  const name = basename(path);
  return (
    name === 'spawn-helper' || name === 'node.exe' || name === 'cli.js' || path.includes(`${sep}bin${sep}`)
  );
};

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
        .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    : [];

const moveInto = (temporary: string, folder: string): void => {
  try {
    renameSync(temporary, folder);
  } catch (error) {
    if (existsSync(join(folder, BUILD_ID))) {
      // Somebody else was first, with the same content.
      return;
    }
    if (!existsSync(folder)) {
      throw error;
    }
    // A broken copy (deleted in part): nothing whole can be running from it, so it makes room.
    renameSync(folder, `${temporary}.broken.tmp`);
    renameSync(temporary, folder);
    rmSync(`${temporary}.broken.tmp`, { recursive: true, force: true });
  }
};

/** Says that the copy is in use, see PRUNE_AFTER_MS. */
const touch = (folder: string): void => {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {
    // Only its age for `pruneRuntimeCopies` is not refreshed.
  }
};

/**
 * Removes copies that no daemon, no PTY host and no installed command may still run from. In doubt a copy stays: one whose version
 * is that of any recorded process that is not known to be dead, and every young one.
 */
export const pruneRuntimeCopies = (dataDir: string, keep: Program): void => {
  const parent = join(dataDir, RUNTIME_FOLDER);
  const used = versionsInUse(dataDir);
  const launchers = textsIn(join(dataDir, COMMAND_FOLDER));
  for (const name of namesIn(parent)) {
    const folder = join(parent, name);
    const inUse =
      [...used].some((version) => name.startsWith(`${version}-`)) ||
      launchers.some((text) => text.includes(join(folder, sep)));
    if (!inUse && folder !== keep.folder && isOldFolder(folder)) {
      rmSync(folder, { recursive: true, force: true });
    }
  }
};

const textsIn = (folder: string): string[] => namesIn(folder).map((name) => readText(join(folder, name)));

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Just being replaced; the new one names a copy that is young.
    return '';
  }
};

const isOldFolder = (folder: string): boolean => {
  const stat = statSync(folder, { throwIfNoEntry: false });
  return stat?.isDirectory() === true && Date.now() - stat.mtimeMs > PRUNE_AFTER_MS;
};

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    // Not there: nothing in it.
    return [];
  }
};

const versionsInUse = (dataDir: string): Set<string> => {
  const hosts = join(dataDir, HOSTS_FOLDER);
  const files = namesIn(hosts)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(hosts, name));
  const versions = new Set<string>();
  for (const file of [join(dataDir, ENDPOINT_FILE), ...files]) {
    const record = readJsonFile(file) as
      | { pid?: unknown; startTime?: unknown; version?: unknown }
      | null
      | undefined;
    if (typeof record?.pid !== 'number' || typeof record.version !== 'string') {
      continue;
    }
    const startTime = typeof record.startTime === 'string' ? record.startTime : null;
    if (processState(record.pid, startTime) !== 'dead') {
      versions.add(record.version);
    }
  }
  return versions;
};
