import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeWay } from '../platform/brokenFile';
import { ensurePrivateFolder, requireOwnFolder } from '../platform/privateFolder';
import { HoldfastError } from '../protocol/errors';

/** Some weeks of a daemon that has little to say. */
const MAX_BYTES = 1024 * 1024;
/** Characters of one entry: a stack has some thousand. */
const MAX_ENTRY = 128 * 1024;
/** `daemon.log.1` is the youngest of them. */
const KEPT_FILES = 3;

export type Level = 'info' | 'warning' | 'error';

/**
 * The daemon's log: one line an entry, rotated by size. It never holds environments, arguments of programs or
 * what terminals show. Written synchronously: it is little, and the last words before a crash are the point.
 */
export class Log {
  public readonly path: string;
  private _bytes: number;

  public constructor(folder: string, name = 'daemon.log') {
    ensurePrivateFolder(folder);
    this.path = join(folder, name);
    this._bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  public write(level: Level, text: string): void {
    const line = `${new Date().toISOString()} ${level} [${process.pid}] ${printableLines(text)}\n`;
    try {
      // Another may have been put in its place since this process began.
      requireOwnFolder(dirname(this.path));
      makeWay(this.path);
      if (this._bytes + line.length > MAX_BYTES) {
        this._rotate();
      }
      appendFileSync(this.path, line, { mode: 0o600 });
      this._bytes += Buffer.byteLength(line);
    } catch {
      // A full disk, or another's folder, must not stop the daemon, and there is nobody else to tell.
    }
  }

  public error(what: string, error: unknown): void {
    const known = HoldfastError.from(error);
    this.write(
      'error',
      `${what}: ${known.code} ${known.code === 'INTERNAL_ERROR' ? stackOf(error) : known.message}`,
    );
  }

  private _rotate(): void {
    for (let number = KEPT_FILES; number >= 1; number -= 1) {
      const from = number === 1 ? this.path : `${this.path}.${number - 1}`;
      if (number === KEPT_FILES) {
        makeWay(`${this.path}.${number}`);
        rmSync(`${this.path}.${number}`, { force: true });
      }
      if (statSync(from, { throwIfNoEntry: false }) !== undefined) {
        renameSync(from, `${this.path}.${number}`);
      }
    }
    this._bytes = 0;
  }
}

/** What acts on the terminal that a log is read in is written as its number; what people or programs called things may be in it. */
const printableLines = (text: string): string =>
  text
    .slice(0, MAX_ENTRY)
    .replace(
      /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(/\n/g, '\n  ');

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
