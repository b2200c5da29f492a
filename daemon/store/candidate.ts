import type { SqlJsStatic } from 'sql.js';
import { readIfThere } from './durableFile';
import { type LogHeader, type ParsedLog, sha256 } from './logFormat';
import { SqlDatabase } from './sqlite';

/** A state the store can be rebuilt from: a database file, or the empty database the first log begins with. */
export interface Candidate {
  /** Undefined for the empty database. */
  readonly path: string | undefined;
  readonly database: SqlDatabase;
  /** The log of this generation goes on from it. */
  readonly generation: number;
  readonly base: LogHeader['base'];
  /**
   * `verified`: its log knows its checksum. `unverified`: that log's header can't be read, but SQLite finds
   * the file in order. `unlinked`: there is no such log though there are others, so it is the last resort.
   */
  readonly proof: 'verified' | 'unverified' | 'unlinked';
  readonly chain: Chain;
}

/** The logs behind a generation without a hole, up to the first one that can't be read to its end. */
export interface Chain {
  readonly logs: readonly ParsedLog[];
  /** The last log's generation and number of changes. */
  readonly reach: readonly [generation: number, changes: number];
}

/** Looks at a database file and changes nothing: `undefined` when there is none, `broken` when it is none. */
export const inspectFile = async (
  path: string,
  sqlite: SqlJsStatic,
  logs: readonly ParsedLog[],
): Promise<Candidate | 'broken' | undefined> => {
  const bytes = await readIfThere(path);
  if (bytes === undefined) {
    return undefined;
  }
  const base = { sha256: sha256(bytes), bytes: bytes.length };
  const successor = logs.find((log) => log.header?.base?.sha256 === base.sha256);
  // SQLite's own look takes long (a start's biggest part), and can't find anything in what was written by us.
  const database = openImage(sqlite, bytes, successor === undefined ? 'check' : 'trust');
  if (database === undefined) {
    return 'broken';
  }
  const generation = successor?.generation ?? recordedGeneration(database, logs);
  const log = logs.find((candidate) => candidate.generation === generation);
  // A log that can name its base and names another one: this file is not what was written.
  if (generation === undefined || (log?.header !== undefined && log !== successor)) {
    database.close();
    return 'broken';
  }
  const proof = log?.header ? 'verified' : log || logs.length === 0 ? 'unverified' : 'unlinked';
  return { path, database, generation, base, proof, chain: chainFrom(generation, logs) };
};

/** The empty database, if the logs go back that far or nothing was ever written. */
export const emptyCandidate = (sqlite: SqlJsStatic, logs: readonly ParsedLog[]): Candidate | undefined => {
  const oldest = logs[0];
  const generation = oldest?.generation ?? 0;
  // The first log of all begins with it, even when its header can't be read.
  const isBeginning = oldest?.header ? oldest.header.base === null : generation === 0;
  if (!isBeginning) {
    return undefined;
  }
  return {
    path: undefined,
    database: new SqlDatabase(sqlite),
    generation,
    base: null,
    proof: oldest === undefined || oldest.header ? 'verified' : 'unverified',
    chain: chainFrom(generation, logs),
  };
};

/** The best first: what leads furthest, then what is proved; the order given decides between equals. */
export const byWorth = (a: Candidate, b: Candidate): number =>
  Number(a.proof === 'unlinked') - Number(b.proof === 'unlinked') ||
  b.chain.reach[0] - a.chain.reach[0] ||
  b.chain.reach[1] - a.chain.reach[1] ||
  Number(b.proof === 'verified') - Number(a.proof === 'verified');

const chainFrom = (generation: number, logs: readonly ParsedLog[]): Chain => {
  const chain: ParsedLog[] = [];
  for (let next = generation; ; next += 1) {
    const log = logs.find((candidate) => candidate.generation === next);
    if (log === undefined) {
      break;
    }
    chain.push(log);
    if (log.ends[log.changes.length] !== log.bytes) {
      break;
    }
  }
  const last = chain.at(-1);
  return { logs: chain, reach: [last?.generation ?? generation, last?.changes.length ?? 0] };
};

const openImage = (
  sqlite: SqlJsStatic,
  bytes: Uint8Array,
  how: 'check' | 'trust',
): SqlDatabase | undefined => {
  try {
    const database = new SqlDatabase(sqlite, bytes);
    if (bytes.length > 0 && (how === 'trust' || database.isIntact())) {
      return database;
    }
    database.close();
  } catch {
    // No database: the caller sets the file aside.
  }
  return undefined;
};

/** A database that was never exported by a store knows no generation; alone, it is taken as a beginning. */
const recordedGeneration = (database: SqlDatabase, logs: readonly ParsedLog[]): number | undefined => {
  const fallback = logs.length === 0 ? 0 : undefined;
  try {
    const generation = Number(database.rows("SELECT value FROM meta WHERE key = 'generation'")[0]?.value);
    return Number.isSafeInteger(generation) && generation >= 0 ? generation : fallback;
  } catch {
    // There is no such table.
    return fallback;
  }
};
