import { rename, rm } from 'node:fs/promises';
import type { SqlJsStatic } from 'sql.js';
import { brokenName, MAX_SET_ASIDE } from '../platform/brokenFile';
import { syncFolder } from '../platform/privateFile';
import { byWorth, type Candidate, emptyCandidate, inspectFile } from './candidate';
import { readWhole, writeFlushed } from './durableFile';
import { LogFile } from './logFile';
import { encodeLine, LOG_FORMAT, type LoggedChange, type ParsedLog, parseLog } from './logFormat';
import { applyBehind, areMigrations } from './salvage';
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
  /** The log to go on with: an old one, or a new one. */
  readonly log: OldLog | { readonly generation: number; readonly base: Candidate['base'] };
  readonly broken: readonly string[];
  readonly worthless: readonly string[];
}

/** A log up to some change, and what comes behind that in place of what stands there. */
interface OldLog {
  readonly parsed: ParsedLog;
  readonly changes: number;
  readonly behind: readonly LoggedChange[];
  readonly keepCopy: boolean;
}

/**
 * Rebuilds the newest state there is: the best database file, then all records of the logs behind it that can be read
 * and applied. What is broken is set aside, never deleted.
 * @throws STORE_ERROR for a store of a newer build, which is left as it is.
 */
export const recover = async (
  files: StoreFiles,
  sqlite: SqlJsStatic,
  migrations: readonly (readonly string[])[],
): Promise<Recovered> => {
  const plan = await examine(files, sqlite, migrations);
  const version = plan.database.userVersion;
  if (version > migrations.length) {
    plan.database.close();
    throw storeNewer(files.folder, `version ${version}`, `version ${migrations.length}`);
  }
  try {
    return await settle(files, plan);
  } catch (error) {
    plan.database.close();
    throw error;
  }
};

const examine = async (
  files: StoreFiles,
  sqlite: SqlJsStatic,
  migrations: readonly (readonly string[])[],
): Promise<Plan> => {
  const found = await readLogs(files);
  // Neither header nor change: its creation was cut short, or it says nothing any more.
  const isVoid = ({ header, changes, behind }: ParsedLog): boolean =>
    header === undefined && changes.length === 0 && behind.length === 0;
  const logs = found.filter((log) => !isVoid(log));
  // Of a store that was never exported it is all there was; one that is empty may be one that has just been created.
  const isOfTerminals = await files.isOfTerminals();
  const isAll = ({ generation, bytes }: ParsedLog): boolean =>
    generation === 0 && found.length === 1 && (bytes > 0 || isOfTerminals);
  const broken: string[] = [];
  const worthless = [files.next];
  for (const log of found.filter(isVoid)) {
    (log.damaged || isAll(log) ? broken : worthless).push(files.log(log.generation));
  }

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

  const { replayed, last, isStopped } = replay(chosen);
  const end = last?.parsed.generation ?? chosen.generation;
  const later = logs.filter((candidate) => candidate.generation > end);
  for (const log of later) {
    (log.changes.length + log.behind.length > 0 ? broken : worthless).push(files.log(log.generation));
  }
  const left = isStopped || last === undefined ? [] : [...last.parsed.behind, ...later.flatMap(allOf)];
  const behind = applyBehind(chosen.database, left, migrations);
  return {
    database: chosen.database,
    base: { generation: chosen.generation, isCurrent: chosen.path === files.database },
    replayed: replayed + behind.length,
    log:
      last === undefined
        ? { generation: chosen.generation, base: chosen.base }
        : { ...last, behind, keepCopy: last.keepCopy || isCutAtBeginning(last.parsed, migrations.length) },
    broken,
    worthless,
  };
};

const allOf = ({ changes, behind }: ParsedLog): readonly LoggedChange[] => [...changes, ...behind];

/** A store's first log that ends in the middle of a line, before all tables are made: cut off, unless it never got further. */
const isCutAtBeginning = ({ header, changes, ends, bytes }: ParsedLog, version: number): boolean =>
  header?.base === null &&
  changes.length < version &&
  areMigrations(changes) &&
  ends[changes.length] !== bytes;

const readLogs = async (files: StoreFiles): Promise<readonly ParsedLog[]> => {
  const logs: ParsedLog[] = [];
  for (const generation of await files.logs()) {
    const log = parseLog(await readWhole(files.log(generation)), generation);
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
  readonly last: Omit<OldLog, 'behind'> | undefined;
  /** A change that can be read can't be applied: what follows is nobody's to guess. */
  readonly isStopped: boolean;
};

/** Applies the logs; a change that can't be applied ends it like one that can't be read. */
const replay = ({ database, chain: { logs } }: Candidate): Replayed => {
  if (!areAppliedTogether(database, logs)) {
    return replayOneByOne(database, logs);
  }
  const parsed = logs.at(-1);
  return {
    replayed: logs.reduce((sum, { changes }) => sum + changes.length, 0),
    last: parsed && whole(parsed),
    isStopped: false,
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
        return { replayed, last: { parsed, changes, keepCopy: true }, isStopped: true };
      }
      changes += 1;
      replayed += 1;
    }
    last = whole(parsed);
  }
  return { replayed, last, isStopped: false };
};

const whole = (parsed: ParsedLog): NonNullable<Replayed['last']> => ({
  parsed,
  changes: parsed.changes.length,
  keepCopy: parsed.damaged,
});

const settle = async (files: StoreFiles, plan: Plan): Promise<Recovered> => {
  const setAside: string[] = [];
  // First what the others' changes go into, then the others.
  const { log: planned } = plan;
  if ('parsed' in planned) {
    const { parsed, keepCopy, behind } = planned;
    const path = files.log(parsed.generation);
    if (keepCopy) {
      const aside = brokenName(path);
      await writeFlushed(aside, await readWhole(path));
      setAside.push(aside);
    }
    if (behind.length > 0) {
      await rewrite(files, planned);
    }
  }
  for (const path of plan.broken) {
    const aside = brokenName(path);
    await rename(path, aside);
    setAside.push(aside);
  }
  for (const path of plan.worthless) {
    await rm(path, { force: true });
  }
  const log =
    'parsed' in planned
      ? await resume(files, planned)
      : await LogFile.create(files.log(planned.generation), planned.generation, planned.base);
  const dropped = setAside.length > 0 ? await dropOldest(files) : [];
  syncFolder(files.folder);
  return { database: plan.database, base: plan.base, log, replayed: plan.replayed, setAside, dropped };
};

/** Puts in place of a log what was read of it, as one that goes on without a hole. */
const rewrite = async (files: StoreFiles, { parsed, changes, behind }: OldLog): Promise<void> => {
  const path = files.log(parsed.generation);
  const good = (await readWhole(path)).subarray(0, parsed.ends[changes] ?? 0);
  const lines = linesBehind({ parsed, changes, behind });
  await writeFlushed(files.next, Buffer.concat([good, lines]));
  await rename(files.next, path);
  syncFolder(files.folder);
};

const resume = (files: StoreFiles, { parsed, changes, behind }: OldLog): Promise<LogFile> => {
  const length = (parsed.ends[changes] ?? 0) + linesBehind({ parsed, changes, behind }).length;
  const path = files.log(parsed.generation);
  return LogFile.resume(path, parsed.generation, length, changes + behind.length);
};

const linesBehind = ({ parsed, changes, behind }: Omit<OldLog, 'keepCopy'>): Buffer =>
  Buffer.from(
    behind.map((change, index) => encodeLine(parsed.generation, changes + 1 + index, change)).join(''),
  );

/** Only when more have come: a disk that breaks something at every start must not be filled with the remains. */
const dropOldest = async (files: StoreFiles): Promise<readonly string[]> => {
  const dropped = (await files.setAside()).slice(0, -MAX_SET_ASIDE);
  for (const path of dropped) {
    await rm(path, { force: true });
  }
  return dropped;
};
