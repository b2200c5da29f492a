import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import type { HoldfastEvent } from '../protocol/events';
import type { Millis, SessionId, TerminalId } from '../protocol/ids';
import type { Attention, CurrentCommand, Size, ViewerInfo, Waiting } from '../protocol/model';
import type { CommandRow, SessionRow, TerminalRow } from '../store/rows';
import type { Store, StoreWriter } from '../store/store';
import { type End, KnownEnds } from './knownEnds';

/** What is known about a terminal at this moment and not worth keeping. */
export interface LiveState {
  /** Whether its PTY host answers; of no meaning once it has ended. */
  readonly reachable: boolean;
  readonly viewers: readonly ViewerInfo[];
  readonly foreground: string | null;
  readonly lastOutputAt: Millis | null;
  readonly ptsName: string | null;
  /** The size in force, as its PTY host has told, until the row has it on the disk; null when it has. */
  readonly size: Size | null;
  /** It is lost, and bringing it back by itself has failed. */
  readonly couldNotComeBack: boolean;
  /** What its shell runs, as far as it tells; `command` is null where it keeps the line to itself. */
  readonly currentCommand: CurrentCommand | null;
  /** Of the command that its shell has run last. */
  readonly lastExitCode: number | null;
  /** Nobody draws its screen any more. */
  readonly screenSetAside: boolean;
  /** What its program waits for; undefined where that can't be known. */
  readonly waiting: Waiting | null | undefined;
  /** Why somebody should look at it, the oldest reason first. */
  readonly attention: readonly Attention[];
  /** Somebody has asked for its program's end, which is under way. */
  readonly isEnding: boolean;
}

const NOTHING_KNOWN: LiveState = {
  reachable: false,
  viewers: [],
  foreground: null,
  lastOutputAt: null,
  ptsName: null,
  size: null,
  couldNotComeBack: false,
  currentCommand: null,
  lastExitCode: null,
  screenSetAside: false,
  waiting: undefined,
  attention: [],
  isEnding: false,
};

/**
 * All sessions and terminals: the one owner of that state. A change is on disk before it is seen here, so
 * nobody is ever told what a crash could take back; how a program has ended is certain without the disk.
 */
export class Catalog extends Disposable {
  private readonly _onDidChange = this._register(new Emitter<SessionId>());
  public readonly onDidChange = this._onDidChange.event;
  private readonly _onDidRemove = this._register(new Emitter<SessionId>());
  public readonly onDidRemove = this._onDidRemove.event;
  private readonly _onDidHappen = this._register(new Emitter<HoldfastEvent>());
  public readonly onDidHappen = this._onDidHappen.event;

  private readonly _sessions = new Map<SessionId, SessionRow>();
  private _inOrder: readonly SessionRow[] | undefined;
  private readonly _terminals = new Map<TerminalId, TerminalRow>();
  /** The terminals of each session, in their order. */
  private readonly _ofSession: Map<SessionId, readonly TerminalRow[]>;
  private readonly _live = new Map<TerminalId, LiveState>();
  private readonly _revisions = new Map<SessionId, number>();
  /** Rows nobody is to see any more, whose removal the disk has not taken yet. */
  private readonly _owed = new Set<(writer: StoreWriter) => void>();
  private readonly _commandCounts: Map<TerminalId, number>;
  private readonly _takenBack = new Set<TerminalId>();
  private readonly _ends = new KnownEnds();

  public constructor(private readonly _disk: Store) {
    super();
    for (const row of _disk.sessions()) {
      this._sessions.set(row.id, row);
    }
    const ofSession = new Map<SessionId, TerminalRow[]>();
    for (const row of _disk.terminals()) {
      this._terminals.set(row.id, row);
      const siblings = ofSession.get(row.session);
      if (siblings === undefined) {
        ofSession.set(row.session, [row]);
      } else {
        siblings.push(row);
      }
    }
    // All at once: to look through a thousand for each of a thousand takes long.
    this._ofSession = new Map(
      [...ofSession].map(([id, rows]) => [id, rows.sort((a, b) => a.position - b.position)]),
    );
    this._commandCounts = new Map(_disk.commandCounts());
    for (const terminal of this._commandCounts.keys()) {
      const newest = _disk.newestCommand(terminal);
      if (newest !== undefined) {
        const { line: command, startedAt, endedAt, exitCode } = newest;
        const currentCommand = endedAt === null ? { command, startedAt } : null;
        this._live.set(terminal, { ...NOTHING_KNOWN, currentCommand, lastExitCode: exitCode });
      }
    }
  }

  /** In the order they were created. */
  public get sessions(): readonly SessionRow[] {
    this._inOrder ??= [...this._sessions.values()].sort(
      (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
    return this._inOrder;
  }

  public get terminals(): readonly TerminalRow[] {
    return [...this._terminals.values()];
  }

  public session(id: SessionId): SessionRow | undefined {
    return this._sessions.get(id);
  }

  public sessionNamed(name: string): SessionRow | undefined {
    for (const row of this._sessions.values()) {
      if (row.name === name) {
        return row;
      }
    }
    return undefined;
  }

  public terminal(id: TerminalId): TerminalRow | undefined {
    return this._terminals.get(id);
  }

  /** In their order within the session. */
  public terminalsOf(session: SessionId): readonly TerminalRow[] {
    let rows = this._ofSession.get(session);
    if (rows === undefined) {
      rows = this.terminals.filter((row) => row.session === session).sort((a, b) => a.position - b.position);
      this._ofSession.set(session, rows);
    }
    return rows;
  }

  /** Another number whenever anything that is known about the session or its terminals has changed. */
  public revisionOf(session: SessionId): number {
    return this._revisions.get(session) ?? 0;
  }

  public live(terminal: TerminalId): LiveState {
    return this._live.get(terminal) ?? NOTHING_KNOWN;
  }

  /** In force, though it may not be on the disk yet: after a crash the PTY host tells it again. */
  public sizeOf({ id, cols, rows }: TerminalRow): Size {
    return this.live(id).size ?? { cols, rows };
  }

  public setLive(terminal: TerminalId, change: Partial<LiveState>): void {
    const row = this._terminals.get(terminal);
    if (row === undefined) {
      return;
    }
    const before = this.live(terminal);
    const names = Object.keys(change) as (keyof LiveState)[];
    if (names.every((name) => before[name] === change[name])) {
      return;
    }
    const after = { ...before, ...change };
    this._live.set(terminal, after);
    this._revise(row.session);
    // That a program writes is no news for a list; that would make every list flicker.
    if (!isSame(before, after)) {
      this._onDidChange.fire(row.session);
    }
  }

  public events(...args: Parameters<Store['events']>): ReturnType<Store['events']> {
    return this._disk.events(...args);
  }

  public commands(...args: Parameters<Store['commands']>): ReturnType<Store['commands']> {
    return this._disk.commands(...args);
  }

  public newestCommand(...args: Parameters<Store['newestCommand']>): ReturnType<Store['newestCommand']> {
    return this._disk.newestCommand(...args);
  }

  /** How many commands of a terminal are kept. */
  public commandCount(terminal: TerminalId): number {
    return this._commandCounts.get(terminal) ?? 0;
  }

  /** Tells of what happened to those who listen now, and does not keep it. */
  public announce(event: HoldfastEvent): void {
    this._onDidHappen.fire(event);
  }

  /** Changes rows and adds events as one; resolves once that is on disk and seen. @throws what `edit` throws, STORE_ERROR */
  public async change(edit: (writer: StoreWriter) => void): Promise<void> {
    const apply: (() => void)[] = [];
    const owed = [...this._owed];
    await this._disk.change((writer) => {
      for (const removal of owed) {
        removal(writer);
      }
      edit({
        session: (id) => writer.session(id),
        terminal: (id) => writer.terminal(id),
        putSession: (row) => {
          writer.putSession(row);
          apply.push(() => this._put(row));
        },
        putTerminal: (row) => {
          writer.putTerminal(row);
          apply.push(() => this._putTerminal(row));
        },
        removeSession: (id) => {
          writer.removeSession(id);
          apply.push(() => this._remove(id));
        },
        removeTerminal: (id) => {
          writer.removeTerminal(id);
          apply.push(() => this._removeTerminal(id));
        },
        putCommand: (row) => {
          writer.putCommand(row);
          apply.push(() => this._commandChanged(row));
        },
        addEvent: (event) => {
          writer.addEvent(event);
          apply.push(() => this._onDidHappen.fire(event));
        },
      });
    });
    for (const removal of owed) {
      this._owed.delete(removal);
    }
    for (const step of apply) {
      step();
    }
  }

  /**
   * Removes a terminal, and its session if that is given, that could not be confirmed: nobody sees them from
   * now on. What a full disk does not take goes with the next change that it takes.
   */
  public async takeBack(terminal: TerminalId, session: SessionId | undefined): Promise<void> {
    const removal = (writer: StoreWriter): void => {
      writer.removeTerminal(terminal);
      if (session !== undefined) {
        writer.removeSession(session);
      }
    };
    this._takenBack.add(terminal);
    this._owed.add(removal);
    this._removeTerminal(terminal);
    if (session !== undefined) {
      this._remove(session);
    }
    await this.change(() => undefined);
  }

  /** Shows how a running program has ended, which the disk does not take yet. */
  public noteEnd(id: TerminalId, end: End): void {
    const row = this._terminals.get(id);
    if (row?.state === 'running') {
      this._ends.note(row, end);
      this._putTerminal(row);
    }
  }

  /** Whether its creation has been refused: should its program turn up all the same, it is nobody's. */
  public isTakenBack(terminal: TerminalId): boolean {
    return this._takenBack.has(terminal);
  }

  /** Changes a terminal's row if it is still there, together with what `also` adds. */
  public changeTerminal(
    id: TerminalId,
    update: (row: TerminalRow) => TerminalRow,
    also?: (writer: StoreWriter, row: TerminalRow) => void,
  ): Promise<void> {
    return this.change((writer) => {
      const row = writer.terminal(id);
      if (row !== undefined) {
        const updated = update(row);
        writer.putTerminal(updated);
        also?.(writer, updated);
      }
    });
  }

  /** What a terminal's program is started with from now on: whole, where its row on disk has no secrets. */
  public setEnvironment(id: TerminalId, environment: TerminalRow['environment']): void {
    const row = this._terminals.get(id);
    if (row !== undefined) {
      this._terminals.set(id, { ...row, environment });
      this._ofSession.delete(row.session);
    }
  }

  /** Changes a session's row if it is still there, together with what `also` adds. */
  public changeSession(
    id: SessionId,
    update: (row: SessionRow) => SessionRow,
    also?: (writer: StoreWriter, row: SessionRow) => void,
  ): Promise<void> {
    return this.change((writer) => {
      const row = writer.session(id);
      if (row !== undefined) {
        const updated = update(row);
        writer.putSession(updated);
        also?.(writer, updated);
      }
    });
  }

  private _commandChanged({ session, terminal }: CommandRow): void {
    const count = this._disk.commandCount(terminal);
    if (count !== this.commandCount(terminal)) {
      this._commandCounts.set(terminal, count);
      this._revise(session);
      this._onDidChange.fire(session);
    }
  }

  private _put(row: SessionRow): void {
    this._sessions.set(row.id, row);
    this._inOrder = undefined;
    this._revise(row.id);
    this._onDidChange.fire(row.id);
  }

  private _putTerminal(row: TerminalRow): void {
    // What looks like a secret is not stored, but as long as this daemon lives, restarting needs it.
    const known = this._terminals.get(row.id);
    this._ofSession.delete(row.session);
    const whole = known === undefined ? row : { ...row, environment: known.environment };
    this._terminals.set(row.id, this._ends.over(whole));
    this._revise(row.session);
    this._onDidChange.fire(row.session);
  }

  private _remove(id: SessionId): void {
    for (const row of this.terminalsOf(id)) {
      this._terminals.delete(row.id);
      this._ends.forget(row.id);
      this._live.delete(row.id);
      this._commandCounts.delete(row.id);
    }
    this._sessions.delete(id);
    this._revisions.delete(id);
    this._inOrder = undefined;
    this._ofSession.delete(id);
    this._onDidRemove.fire(id);
  }

  private _removeTerminal(id: TerminalId): void {
    const row = this._terminals.get(id);
    this._terminals.delete(id);
    this._ends.forget(id);
    this._live.delete(id);
    this._commandCounts.delete(id);
    if (row !== undefined) {
      this._ofSession.delete(row.session);
      this._revise(row.session);
      this._onDidChange.fire(row.session);
    }
  }

  private _revise(session: SessionId): void {
    this._revisions.set(session, this.revisionOf(session) + 1);
  }
}

const isSame = (a: LiveState, b: LiveState): boolean =>
  a.reachable === b.reachable &&
  a.foreground === b.foreground &&
  a.couldNotComeBack === b.couldNotComeBack &&
  a.currentCommand === b.currentCommand &&
  a.lastExitCode === b.lastExitCode &&
  a.screenSetAside === b.screenSetAside &&
  a.waiting === b.waiting &&
  a.attention === b.attention &&
  // That it has been noted is no news.
  (b.size === null || (a.size?.cols === b.size.cols && a.size.rows === b.size.rows)) &&
  a.viewers.length === b.viewers.length &&
  a.viewers.every((viewer, index) => viewer.id === b.viewers[index]?.id);
