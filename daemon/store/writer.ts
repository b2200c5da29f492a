import { HoldfastError } from '../protocol/errors';
import type { HoldfastEvent } from '../protocol/events';
import { MAX_COMMANDS } from '../protocol/history';
import type { SessionId, TerminalId } from '../protocol/ids';
import { readable } from './readRows';
import {
  putCommandStatement,
  putSessionStatement,
  putTerminalStatement,
  readSession,
  readTerminal,
} from './rowCodec';
import type { CommandRow, SessionRow, TerminalRow } from './rows';
import type { SqlDatabase, Statement } from './sqlite';

/**
 * What one change may do. It is valid during the call only. The getters see what was written before
 * them in the same change, so that reading and writing back can't lose another change.
 */
export interface StoreWriter {
  session(id: SessionId): SessionRow | undefined;
  terminal(id: TerminalId): TerminalRow | undefined;
  /** @throws SESSION_EXISTS when another session has that name. */
  putSession(row: SessionRow): void;
  /** Forgets the session with its terminals and commands; what is not there is no error. */
  removeSession(id: SessionId): void;
  /**
   * The environment is stored without what looks like a secret (platform/secretNames.ts).
   * @throws SESSION_NOT_FOUND unless its session was put before, SESSION_EXISTS when another terminal of
   * the session has that name.
   */
  putTerminal(row: TerminalRow): void;
  removeTerminal(id: TerminalId): void;
  addEvent(event: HoldfastEvent): void;
  /** One whose terminal is no longer there is left out, and one that has no line. */
  putCommand(row: CommandRow): void;
}

/** Old commands go each time a terminal has so many too many: seldom, as removing them is logged too. */
export const PRUNE_COMMANDS_EVERY = 100;

/** How many events are kept (up to PRUNE_EVENTS_EVERY more): some weeks of a busy user, about 2 MB. */
export const MAX_EVENTS = 5000;
/** How long events are kept. */
export const MAX_EVENT_AGE_MS = 30 * 24 * 60 * 60 * 1000;
/** Old events go each time so many came: seldom, as removing them is logged too. */
export const PRUNE_EVENTS_EVERY = 100;

/** Applies each write at once, inside the transaction of its caller, and records it for the log. */
export class RecordingWriter implements StoreWriter {
  private readonly _statements: Statement[] = [];
  private _isOver = false;

  public constructor(private readonly _database: SqlDatabase) {}

  /** Ends the writer's validity and returns what it wrote. */
  public finish(): readonly Statement[] {
    this._isOver = true;
    return this._statements;
  }

  public session(id: SessionId): SessionRow | undefined {
    const row = this._database.rows('SELECT * FROM sessions WHERE id = ?', [id])[0];
    return row && readable(row, readSession);
  }

  public terminal(id: TerminalId): TerminalRow | undefined {
    const row = this._database.rows('SELECT * FROM terminals WHERE id = ?', [id])[0];
    return row && readable(row, readTerminal);
  }

  public putSession(row: SessionRow): void {
    const taken = this._database.rows('SELECT id FROM sessions WHERE name = ? AND id <> ?', [
      row.name,
      row.id,
    ]);
    if (taken.length > 0) {
      throw nameTaken(`there is a session named ${row.name}`);
    }
    this._run(putSessionStatement(row));
  }

  public removeSession(id: SessionId): void {
    this._run(['DELETE FROM terminals WHERE session = ?', [id]]);
    this._run(['DELETE FROM commands WHERE session = ?', [id]]);
    this._run(['DELETE FROM sessions WHERE id = ?', [id]]);
  }

  public putTerminal(row: TerminalRow): void {
    if (this._database.rows('SELECT 1 FROM sessions WHERE id = ?', [row.session]).length === 0) {
      throw new HoldfastError(
        'SESSION_NOT_FOUND',
        `there is no session ${row.session}`,
        "It was removed in the meantime; 'holdfast ls --all' lists what there is.",
      );
    }
    const taken = this._database.rows('SELECT id FROM terminals WHERE session = ? AND name = ? AND id <> ?', [
      row.session,
      row.name,
      row.id,
    ]);
    if (taken.length > 0) {
      throw nameTaken(`the session has a terminal named ${row.name}`);
    }
    this._run(putTerminalStatement(row));
  }

  public removeTerminal(id: TerminalId): void {
    this._run(['DELETE FROM terminals WHERE id = ?', [id]]);
    this._run(['DELETE FROM commands WHERE terminal = ?', [id]]);
  }

  public addEvent(event: HoldfastEvent): void {
    this._run([
      'INSERT INTO events (time, session, body) VALUES (?, ?, ?)',
      [event.time, event.session ?? null, JSON.stringify(event)],
    ]);
    const newest = Number(this._database.rows('SELECT max(id) AS id FROM events')[0]?.id);
    if (newest % PRUNE_EVENTS_EVERY === 0) {
      this._run([
        'DELETE FROM events WHERE id <= ? OR time < ?',
        [newest - MAX_EVENTS, event.time - MAX_EVENT_AGE_MS],
      ]);
    }
  }

  public putCommand(row: CommandRow): void {
    const { terminal, line } = row;
    if (
      line === null ||
      this._database.rows('SELECT 1 FROM terminals WHERE id = ?', [terminal]).length === 0
    ) {
      return;
    }
    this._run(putCommandStatement({ ...row, line }));
    const kept = Number(
      this._database.rows('SELECT count(*) AS kept FROM commands WHERE session = ? AND terminal = ?', [
        row.session,
        terminal,
      ])[0]?.kept,
    );
    if (kept >= MAX_COMMANDS + PRUNE_COMMANDS_EVERY) {
      this._run([
        'DELETE FROM commands WHERE terminal = ?1 AND number <= ' +
          '(SELECT number FROM commands WHERE terminal = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)',
        [terminal, MAX_COMMANDS],
      ]);
    }
  }

  private _run(statement: Statement): void {
    if (this._isOver) {
      throw new Error('a change is written within its call, not later');
    }
    this._database.run(statement);
    this._statements.push(statement);
  }
}

const nameTaken = (message: string): HoldfastError =>
  new HoldfastError('SESSION_EXISTS', message, 'Choose another name.');
