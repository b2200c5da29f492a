import { existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from './crc32';
import { requireOwnFolder } from './privateFolder';

/**
 * What V8 has compiled of a copy of the program is kept below that copy, and goes with it. Never in the system's
 * temporary folder: what lies there could have been written by somebody else.
 */
export const COMPILED_FOLDER = 'compile-cache';

const LINE_FEED = 0x0a;

const BEFORE = '(function (exports, require, module, __filename, __dirname) {';
const BEHIND = '\n})';

export interface LoadedModule {
  /** What it exports. */
  readonly module: unknown;
  /** Whether it was at hand as V8 had compiled it. */
  readonly wasCompiled: boolean;
  /** Keeps what is compiled by now; takes some milliseconds. Never throws. */
  save(): void;
}

/**
 * Loads a bundled CommonJS module as `require` does, with what V8 has compiled of it when it was loaded before.
 * Compiling is more than half of loading it. Node's own way (module.enableCompileCache) keeps what is compiled before
 * anything has run, which is a fraction of it, and is for the whole process, where other extensions live too.
 * @param folder where that is kept; used if only we can write there. It need not exist.
 * @param load the `require` of whoever loads it
 */
export const loadModule = (path: string, folder: string, load: (name: string) => unknown): LoadedModule => {
  const source = readFileSync(path);
  const cache = join(folder, `${basename(path, '.js')}.compiled`);
  const key = keyOf(source);
  const cachedData = readCompiled(cache, key);
  const script = new Script(BEFORE + source.toString() + BEHIND, {
    filename: path,
    // Positions in stacks are those of the file.
    columnOffset: -BEFORE.length,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  const define = script.runInThisContext() as (...given: readonly unknown[]) => void;
  const module = { exports: {} };
  define.call(module.exports, module.exports, load, module, path, dirname(path));
  return {
    module: module.exports,
    wasCompiled: cachedData !== undefined && script.cachedDataRejected !== true,
    save: () => saveCompiled(cache, key, script.createCachedData()),
  };
};

/** V8 looks at its own version and flags, and at the source's length only. */
const keyOf = (source: Buffer): string =>
  `${process.version} ${process.versions.v8} ${process.arch} ${checksum(source)}`;

/** Against what disks and crashes do; against people stands `isOurs`. Cryptography would take longer to load than it saves. */
const checksum = (bytes: Buffer): string => crc32(bytes).toString(16);

/** A line with the key and the checksum of what follows: V8 itself trusts what it is given. */
const readCompiled = (path: string, key: string): Buffer | undefined => {
  try {
    if (!isOurs(dirname(path)) || !isOurs(path)) {
      return undefined;
    }
    const bytes = readFileSync(path);
    const end = bytes.indexOf(LINE_FEED);
    const data = bytes.subarray(end + 1);
    return end >= 0 && bytes.toString('utf8', 0, end) === `${key} ${checksum(data)}` ? data : undefined;
  } catch {
    // Not there yet, or not to be read: it is compiled anew.
    return undefined;
  }
};

const saveCompiled = (path: string, key: string, data: Buffer): void => {
  const next = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    requireOwnFolder(dirname(path));
    writeFileSync(next, Buffer.concat([Buffer.from(`${key} ${checksum(data)}\n`), data]), { mode: 0o600 });
    renameSync(next, path);
  } catch {
    // A full disk, or a folder that can't be written or is another's: the next start is a slower one.
    if (existsSync(next)) {
      rmSync(next, { force: true });
    }
  }
};

/** Whether nobody else can write it, where the system tells. */
const isOurs = (path: string): boolean => {
  const uid = process.getuid?.();
  const { uid: owner, mode } = lstatSync(path);
  return uid === undefined || (owner === uid && (mode & 0o022) === 0);
};
