import { Emitter } from '../lifecycle/event';
import { Disposable, toDisposable } from '../lifecycle/lifecycle';
import type { EventName } from '../protocol/events';
import type { TerminalId } from '../protocol/ids';
import type { ShellMark } from '../screen/screens';
import type { CommandRow } from '../store/rows';
import type { Parts } from './parts';

/**
 * What shells tell within this time is stored together, so that a short command is one write and not two. Should the daemon be
 * killed before, it is in the journal behind the keyframe, which is written later (KEYFRAME_QUIET_MS): the next daemon reads it there.
 */
const STORE_AFTER_MS = 200;
/** A full disk takes them later. */
const STORE_RETRY_MS = 5000;

interface Known {
  /** The number of the newest command that has begun: a mirror that is rebuilt tells older ones again. */
  newest: number;
  /** The newest one, as long as it has not ended. */
  open: CommandRow | undefined;
  /** The one that has ended last, as far as this daemon has heard of it. */
  ended: CommandRow | undefined;
}

/** Keeps what shells tell of their commands; what they keep out of their own history is kept nowhere. */
export class CommandLog extends Disposable {
  private readonly _known = new Map<TerminalId, Known>();
  private readonly _unstored = new Map<string, CommandRow>();
  private _timer: NodeJS.Timeout | undefined;
  private readonly _onDidEnd = this._register(new Emitter<CommandRow>());
  public readonly onDidEnd = this._onDidEnd.event;

  public constructor(private readonly _parts: Parts) {
    super();
    const { screens, catalog } = _parts;
    this._register(
      screens.onShellMark(({ terminal, mark }) => {
        if (mark.kind === 'started') {
          this._started(terminal, mark);
        } else if (mark.kind === 'finished') {
          this._finished(terminal, mark);
        }
      }),
    );
    this._register(
      catalog.onDidHappen(({ event, terminal }) => {
        if (event === 'terminal-started' && terminal !== undefined) {
          // Another program: what ran in the one before can't end any more.
          this._of(terminal).open = undefined;
          catalog.setLive(terminal, { currentCommand: null });
        }
      }),
    );
    this._register(catalog.onDidRemove(() => this._forgetRemoved()));
    this._register(toDisposable(() => clearTimeout(this._timer)));
  }

  /** Resolves when everything that has been told is stored. @throws STORE_ERROR; it is tried again by itself */
  public async flush(): Promise<void> {
    clearTimeout(this._timer);
    this._timer = undefined;
    const rows = [...this._unstored];
    if (rows.length === 0) {
      return;
    }
    try {
      await this._parts.catalog.change((writer) => {
        for (const [, row] of rows) {
          writer.putCommand(row);
        }
      });
    } catch (error) {
      this._storeLater(STORE_RETRY_MS);
      throw error;
    }
    for (const [key, row] of rows) {
      if (this._unstored.get(key) === row) {
        this._unstored.delete(key);
      }
    }
  }

  /** The command of a terminal that has ended last; undefined where none is known. */
  public lastEnded(terminal: TerminalId): CommandRow | undefined {
    return this._of(terminal).ended;
  }

  /** The number up to which a terminal's commands have ended. */
  public endedUpTo(terminal: TerminalId): number {
    const { newest, open } = this._of(terminal);
    return open === undefined ? newest : open.number - 1;
  }

  private _started(terminal: TerminalId, mark: ShellMark & { kind: 'started' }): void {
    const { catalog } = this._parts;
    const row = catalog.terminal(terminal);
    const known = this._of(terminal);
    if (row === undefined || mark.number <= known.newest) {
      return;
    }
    const { number, line, cwd, at } = mark;
    known.newest = number;
    known.open = {
      session: row.session,
      terminal,
      number,
      line,
      cwd,
      exitCode: null,
      startedAt: at,
      endedAt: null,
    };
    catalog.setLive(terminal, { currentCommand: { command: line, startedAt: at } });
    this._keep(known.open);
    this._announce('command-started', known.open);
  }

  private _finished(terminal: TerminalId, mark: ShellMark & { kind: 'finished' }): void {
    const known = this._of(terminal);
    const open = known.open;
    if (open?.number !== mark.number) {
      return;
    }
    known.open = undefined;
    const { exitCode, durationMs } = mark;
    const endedAt = durationMs === null ? Math.max(open.startedAt, mark.at) : open.startedAt + durationMs;
    const row = { ...open, exitCode, endedAt };
    known.ended = row;
    this._parts.catalog.setLive(terminal, { currentCommand: null, lastExitCode: exitCode });
    this._keep(row);
    this._announce('command-finished', row);
    this._onDidEnd.fire(row);
  }

  private _of(terminal: TerminalId): Known {
    let known = this._known.get(terminal);
    if (known === undefined) {
      const newest = this._parts.catalog.newestCommand(terminal);
      known = {
        newest: newest?.number ?? Number.NEGATIVE_INFINITY,
        open: newest?.endedAt === null ? newest : undefined,
        ended: newest === undefined || newest.endedAt === null ? undefined : newest,
      };
      this._known.set(terminal, known);
    }
    return known;
  }

  private _keep(row: CommandRow): void {
    if (row.line !== null) {
      this._unstored.set(`${row.terminal} ${row.number}`, row);
      this._storeLater(STORE_AFTER_MS);
    }
  }

  private _storeLater(ms: number): void {
    this._timer ??= setTimeout(() => {
      this._timer = undefined;
      this.flush().catch((error: unknown) => this._parts.report('storing commands', error));
    }, ms);
  }

  private _announce(event: EventName, row: CommandRow): void {
    const { catalog } = this._parts;
    const { session, terminal, exitCode, line, cwd, startedAt, endedAt } = row;
    const name = catalog.session(session)?.name;
    catalog.announce({
      time: Date.now(),
      event,
      session,
      terminal,
      ...(name === undefined ? {} : { name }),
      ...(endedAt === null ? {} : { exitCode }),
      details: {
        command: line,
        cwd,
        startedAt,
        ...(endedAt === null ? {} : { durationMs: endedAt - startedAt }),
      },
    });
  }

  private _forgetRemoved(): void {
    const { catalog } = this._parts;
    for (const terminal of this._known.keys()) {
      if (catalog.terminal(terminal) === undefined) {
        this._known.delete(terminal);
      }
    }
    for (const [key, row] of this._unstored) {
      if (catalog.terminal(row.terminal) === undefined) {
        this._unstored.delete(key);
      }
    }
  }
}
