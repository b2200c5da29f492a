import { readFile, rename, rm } from 'node:fs/promises';
import type { SqlJsStatic } from 'sql.js';
import { brokenName, MAX_SET_ASIDE } from '../platform/brokenFile';
import { syncFolder } from '../platform/privateFile';
import { byWorth, type Candidate, emptyCandidate, inspectFile } from './candidate';
import { writeFlushed } from './durableFile';
import { LogFile } from './logFile';
import { LOG_FORMAT, type ParsedLog, parseLog } from './logFormat';
import { SqlDatabase } from './sqlite';
import { storeNewer } from './storeErrors';
import type { StoreFiles } from './storeFiles';

export interface Recovered {
  readonly database: SqlDatabase;
  /** The generation the database in memory began with, and whether its file is the current one. */
  readonly base: { readonly generation: number; readonly isCurrent: boolean };
  readonly log: LogFile;
  readonly replayed: number;
  readonly setAside: readonly string[];
  /** Files set aside long ago that made room. */
  readonly dropped: readonly string[];
}

/** What is to be done to the files; until it is known, nothing is touched. */
interface Plan {
  readonly database: SqlDatabase;
  readonly base: Recovered['base'];
  readonly replayed: number;
  /** The log to go on with: an old one up to some change, or a new one. */
  readonly log:
    | { readonly parsed: ParsedLog; readonly changes: number; readonly keepCopy: boolean }
    | { readonly generation: number; readonly base: Candidate['base'] };
  readonly broken: readonly string[];
  readonly worthless: readonly string[];
}

/**
 * Rebuilds the newest state that is intact: the best database file, then the logs behind it up to the first
 * record that can't be read. What is broken is set aside, never deleted.
 * @throws STORE_ERROR for a store of a newer build, which is left as it is.
 */
export const recover = async (
  files: StoreFiles,
  sqlite: SqlJsStatic,
  knownVersion: number,
): Promise<Recovered> => {
  const plan = await examine(files, sqlite);
  const version = plan.database.userVersion;
  if (version > knownVersion) {
    plan.database.close();
    throw storeNewer(files.folder, `version ${version}`, `version ${knownVersion}`);
  }
  try {
    return await settle(files, plan);
  } catch (error) {
    plan.database.close();
    throw error;
  }
};

const examine = async (files: StoreFiles, sqlite: SqlJsStatic): Promise<Plan> => {
  const found = await readLogs(files);
  // Neither header nor change: its creation was cut short, or it says nothing any more.
  const isVoid = (log: ParsedLog): boolean => log.header === undefined && log.changes.length === 0;
  const logs = found.filter((log) => !isVoid(log));
  const broken = found.filter((log) => isVoid(log) && log.damaged).map((log) => files.log(log.generation));
  const worthless = [files.next];
  worthless.push(
    ...found.filter((log) => isVoid(log) && !log.damaged).map((log) => files.log(log.generation)),
  );

  const { chosen, rejected } = await choose(files, sqlite, logs);
  broken.push(...rejected);
  if (chosen === undefined) {
    broken.push(...logs.map((log) => files.log(log.generation)));
    const generation = 1 + Math.max(-1, ...found.map((log) => log.generation));
    return {
      database: new SqlDatabase(sqlite),
      base: { generation, isCurrent: false },
      replayed: 0,
      log: { generation, base: null },
      broken,
      worthless,
    };
  }

  const { replayed, last } = replay(chosen);
  const end = last?.parsed.generation ?? chosen.generation;
  for (const log of logs.filter((candidate) => candidate.generation > end)) {
    (log.changes.length > 0 ? broken : worthless).push(files.log(log.generation));
  }
  return {
    database: chosen.database,
    base: { generation: chosen.generation, isCurrent: chosen.path === files.database },
    replayed,
    log: last ?? { generation: chosen.generation, base: chosen.base },
    broken,
    worthless,
  };
};

const readLogs = async (files: StoreFiles): Promise<readonly ParsedLog[]> => {
  const logs: ParsedLog[] = [];
  for (const generation of await files.logs()) {
    const log = parseLog(await readFile(files.log(generation)), generation);
    if (log.header !== undefined && log.header.format > LOG_FORMAT) {
      throw storeNewer(files.folder, `log format ${log.header.format}`, `log format ${LOG_FORMAT}`);
    }
    logs.push(log);
  }
  return logs;
};

/** The best state there is, and the database files that were not good enough. */
const choose = async (
  files: StoreFiles,
  sqlite: SqlJsStatic,
  logs: readonly ParsedLog[],
): Promise<{ readonly chosen: Candidate | undefined; readonly rejected: readonly string[] }> => {
  const current = await inspectFile(files.database, sqlite, logs);
  if (current !== undefined && current !== 'broken' && current.proof === 'verified') {
    return { chosen: current, rejected: [] };
  }
  const previous = await inspectFile(files.previous, sqlite, logs);
  const hasFile = current !== undefined || previous !== undefined;
  const empty = hasFile && logs.length === 0 ? undefined : emptyCandidate(sqlite, logs);
  const candidates = [current, previous, empty].filter(
    (candidate): candidate is Candidate => candidate !== undefined && candidate !== 'broken',
  );
  const [chosen, ...others] = candidates.sort(byWorth);
  for (const other of others) {
    other.database.close();
  }
  const rejected: string[] = [];
  // A current file that was passed over would become the previous one and displace what was trusted.
  if (current !== undefined && (current === 'broken' || current !== chosen)) {
    rejected.push(files.database);
  }
  if (previous === 'broken') {
    rejected.push(files.previous);
  }
  return { chosen, rejected };
};

type Replayed = {
  readonly replayed: number;
  readonly last: Extract<Plan['log'], { parsed: ParsedLog }> | undefined;
};

/** Applies the logs; a change that can't be applied ends it like one that can't be read. */
const replay = ({ database, chain: { logs } }: Candidate): Replayed => {
  if (!areAppliedTogether(database, logs)) {
    return replayOneByOne(database, logs);
  }
  const parsed = logs.at(-1);
  return {
    replayed: logs.reduce((sum, { changes }) => sum + changes.length, 0),
    last: parsed && { parsed, changes: parsed.changes.length, keepCopy: parsed.damaged },
  };
};

/** All changes or none: to begin and end each of thousands takes SQLite longer than to make them. */
const areAppliedTogether = (database: SqlDatabase, logs: readonly ParsedLog[]): boolean => {
  try {
    database.applyAll(logs.flatMap(({ changes }) => changes.flat()));
    return true;
  } catch {
    // Which one it was is found out by those who go one by one.
    return false;
  }
};

const replayOneByOne = (database: SqlDatabase, logs: readonly ParsedLog[]): Replayed => {
  let replayed = 0;
  let last: Replayed['last'];
  for (const parsed of logs) {
    let changes = 0;
    for (const change of parsed.changes) {
      try {
        database.applyAll(change);
      } catch {
        return { replayed, last: { parsed, changes, keepCopy: true } };
      }
      changes += 1;
      replayed += 1;
    }
    last = { parsed, changes, keepCopy: parsed.damaged };
  }
  return { replayed, last };
};

const settle = async (files: StoreFiles, plan: Plan): Promise<Recovered> => {
  const setAside: string[] = [];
  for (const path of plan.broken) {
    const aside = brokenName(path);
    await rename(path, aside);
    setAside.push(aside);
  }
  for (const path of plan.worthless) {
    await rm(path, { force: true });
  }
  let log: LogFile;
  if ('parsed' in plan.log) {
    const { parsed, changes, keepCopy } = plan.log;
    const path = files.log(parsed.generation);
    if (keepCopy) {
      const aside = brokenName(path);
      await writeFlushed(aside, await readFile(path));
      setAside.push(aside);
    }
    log = await LogFile.resume(path, parsed.generation, parsed.ends[changes] ?? 0, changes);
  } else {
    log = await LogFile.create(files.log(plan.log.generation), plan.log.generation, plan.log.base);
  }
  const dropped = setAside.length > 0 ? await dropOldest(files) : [];
  syncFolder(files.folder);
  return { database: plan.database, base: plan.base, log, replayed: plan.replayed, setAside, dropped };
};

/** Only when more have come: a disk that breaks something at every start must not be filled with the remains. */
const dropOldest = async (files: StoreFiles): Promise<readonly string[]> => {
  const dropped = (await files.setAside()).slice(0, -MAX_SET_ASIDE);
  for (const path of dropped) {
    await rm(path, { force: true });
  }
  return dropped;
};
