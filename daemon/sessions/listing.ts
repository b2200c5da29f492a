import { CalmReads } from '../platform/calmReads';
import { printableJson } from '../platform/printable';
import { readForegroundFolder } from '../platform/processTree';
import type { Millis, SessionId, TerminalId } from '../protocol/ids';
import type { SessionInfo } from '../protocol/model';
import type { SessionRow } from '../store/rows';
import type { Catalog } from './catalog';
import { idleFor, quietSince, sessionInfo } from './info';

/** A look at the folder of a terminal's foreground program takes about 50 µs. */
const FOLDER_READS_BEHIND_A_LIST = 100;

/** A session of a list. */
export class ListedSession {
  /** Its JSON between the numbers that go on by themselves. */
  private _json: readonly string[] | undefined;

  /**
   * @param info as it was when it was built: how long its terminals have been idle is out of date
   * @param _quietSince of each terminal
   */
  public constructor(
    public readonly info: SessionInfo,
    private readonly _quietSince: readonly Millis[],
  ) {}

  /** As it is now. */
  public now(): SessionInfo {
    return {
      ...this.info,
      terminals: this.info.terminals.map((terminal, index) => ({ ...terminal, idleMs: this._idleMs(index) })),
    };
  }

  /** `now` as JSON that is safe to print. */
  public json(): string {
    this._json ??= this._pieces();
    return this._json.reduce((text, piece, index) => `${text}${this._idleMs(index - 1)}${piece}`);
  }

  private _pieces(): readonly string[] {
    const { terminals, ...session } = this.info;
    const pieces: string[] = [];
    let text = `${withoutEnd(printableJson(session))},"terminals":[`;
    for (const { idleMs: _, ...terminal } of terminals) {
      pieces.push(`${text}${withoutEnd(printableJson(terminal))},"idleMs":`);
      text = '},';
    }
    return terminals.length === 0 ? [`${text}]}`] : [...pieces, '}]}'];
  }

  private _idleMs(index: number): number {
    return idleFor(this._quietSince[index] ?? Date.now());
  }
}

/** Of an object with at least one field: all but its last brace. */
const withoutEnd = (json: string): string => json.slice(0, -1);

interface Kept {
  readonly revision: number;
  readonly folders: ReadonlyMap<TerminalId, string | null>;
  readonly session: ListedSession;
}

/**
 * All sessions for whoever lists them. What has not changed since the list before is neither built nor put into
 * JSON again: with 1,000 sessions that is most of what a list takes.
 */
export class Listing {
  private readonly _folders: CalmReads<TerminalId, string | null>;
  private readonly _kept = new Map<SessionId, Kept>();

  /** @param _catalog lives as long as this */
  public constructor(private readonly _catalog: Catalog) {
    const pidOf = (id: TerminalId): number | null => _catalog.terminal(id)?.pid ?? null;
    this._folders = new CalmReads(
      FOLDER_READS_BEHIND_A_LIST,
      (id) => {
        const pid = pidOf(id);
        return pid === null ? null : readForegroundFolder(pid);
      },
      (id) => pidOf(id) !== null,
    );
    _catalog.onDidRemove((id) => this._kept.delete(id));
  }

  /** In the order they were created. */
  public all(): readonly ListedSession[] {
    this._folders.begin();
    return this._catalog.sessions.map((row) => this._listed(row));
  }

  private _listed(row: SessionRow): ListedSession {
    const kept = this._kept.get(row.id);
    const revision = this._catalog.revisionOf(row.id);
    if (kept?.revision === revision && this._isWhereItWas(kept)) {
      return kept.session;
    }
    const folders = new Map<TerminalId, string | null>();
    const info = sessionInfo(row, this._catalog, (_, id) => {
      const folder = this._folderOf(id);
      folders.set(id, folder);
      return folder;
    });
    const quiet = this._catalog.terminalsOf(row.id).map((terminal) => quietSince(terminal, this._catalog));
    const session = new ListedSession(info, quiet);
    if (info.loss === null) {
      this._kept.set(row.id, { revision, folders, session });
    }
    return session;
  }

  private _isWhereItWas({ folders }: Kept): boolean {
    for (const [id, folder] of folders) {
      if (this._folderOf(id) !== folder) {
        return false;
      }
    }
    return true;
  }

  private _folderOf(id: TerminalId): string | null {
    return this._folders.get(id, this._catalog.live(id).lastOutputAt ?? 0);
  }
}
