import { HoldfastError } from '../protocol/errors';
import type { ClientKind } from '../protocol/hello';
import type { SessionId } from '../protocol/ids';
import type { SessionInfo, ViewerInfo } from '../protocol/model';
import { asArranged } from '../protocol/order';
import type {
  SessionArrange,
  SessionArrangeGroups,
  SessionCreate,
  SessionDetach,
  SessionKill,
  SessionList,
  SessionRemove,
  SessionRename,
  SessionRestart,
  SessionSet,
  SessionShow,
} from '../protocol/sessions';
import type { SessionRow, TerminalRow } from '../store/rows';
import type { Catalog } from './catalog';
import { Creating, nameTaken } from './creating';
import { matchesFilter } from './filter';
import { groupPlace } from './groupPlace';
import { requireSessionInfo, terminalInfo, terminalState } from './info';
import { emptyToNull, uniqueTags } from './labels';
import type { Lifecycle } from './lifecycle';
import { Listing } from './listing';
import type { Live } from './live';
import { checkColor, checkIcon } from './looks';
import { checkName } from './naming';
import type { Parts } from './parts';
import { doubt } from './reachable';
import { resourceUse } from './resources';
import { parseSignal } from './signals';
import type { Targets } from './targets';

/** Everything clients ask about sessions; one method a message of protocol/sessions.ts. */
export class SessionService {
  private readonly _creating: Creating;
  private readonly _listing: Listing;

  public constructor(
    private readonly _parts: Parts,
    private readonly _targets: Targets,
    private readonly _lifecycle: Lifecycle,
    private readonly _live: Live,
  ) {
    this._creating = new Creating(_parts, _lifecycle);
    this._listing = new Listing(_parts.catalog);
  }

  public create(params: SessionCreate.Params, client: ClientKind): Promise<SessionCreate.Result> {
    return this._creating.create(params, client);
  }

  public async list(params: SessionList.Params): Promise<SessionList.Result> {
    await this._live.refresh();
    const listed = asArranged(this._listing.all(), ({ info }) => info).filter(
      ({ info }) =>
        (params.state === undefined
          ? params.all === true || info.state !== 'exited'
          : info.state === params.state) &&
        (params.group === undefined || info.group === params.group) &&
        (params.filter === undefined || matchesFilter(info, params.filter)),
    );
    return params.bytes === true
      ? { sessions: [], sessionsBytes: Buffer.from(`[${listed.map((session) => session.json()).join()}]`) }
      : { sessions: listed.map((session) => session.now()) };
  }

  public async show({ target }: SessionShow.Params): Promise<SessionShow.Result> {
    const { catalog } = this._parts;
    const { session, terminal } = this._targets.resolve(target);
    await this._live.refresh();
    const rows = terminal === undefined ? catalog.terminalsOf(session.id) : [terminal];
    const details = {
      viewerList: rows.flatMap((row) => catalog.live(row.id).viewers),
      resources: await resourceUse(rows, catalog),
    };
    return terminal === undefined
      ? { session: { ...this._info(session.id), ...details } }
      : { terminal: { ...terminalInfo(catalog.terminal(terminal.id) ?? terminal, catalog), ...details } };
  }

  public async rename({ target, name }: SessionRename.Params): Promise<SessionRename.Result> {
    checkName(name);
    const { catalog, queues } = this._parts;
    const { session, terminal } = this._targets.resolve(target);
    return queues.run(session.id, async () => {
      if (terminal === undefined) {
        if (this._creating.isReserved(name) || catalog.session(name as SessionId) !== undefined) {
          throw nameTaken(name);
        }
        await catalog.changeSession(
          session.id,
          (row) => ({ ...row, name }),
          (writer) =>
            writer.addEvent({
              time: Date.now(),
              event: 'session-changed',
              session: session.id,
              name,
              details: { renamedFrom: session.name },
            }),
        );
      } else {
        await catalog.changeTerminal(
          terminal.id,
          (row) => ({ ...row, name }),
          (writer) =>
            writer.addEvent({
              time: Date.now(),
              event: 'terminal-changed',
              session: session.id,
              terminal: terminal.id,
              details: { name, renamedFrom: terminal.name },
            }),
        );
      }
      return { session: this._info(session.id) };
    });
  }

  public async set(params: SessionSet.Params): Promise<SessionSet.Result> {
    const { catalog, queues } = this._parts;
    const icon = params.icon === undefined ? {} : { icon: checkIcon(params.icon) };
    const color = params.color === undefined ? {} : { color: checkColor(params.color) };
    const { session } = this._targets.resolve(params.target);
    return queues.run(session.id, async () => {
      await catalog.changeSession(
        session.id,
        (row) => ({
          ...row,
          ...(params.group === undefined ? {} : inGroup(row, emptyToNull(params.group), catalog)),
          ...(params.tags === undefined ? {} : { tags: uniqueTags(params.tags) }),
          ...(params.note === undefined ? {} : { note: emptyToNull(params.note) }),
          ...icon,
          ...color,
          ...(params.pinned === undefined ? {} : { pinned: params.pinned }),
          ...(params.quiet === undefined ? {} : { quiet: params.quiet }),
          ...(params.resurrect === undefined ? {} : { resurrect: params.resurrect }),
        }),
        (writer, row) =>
          writer.addEvent({ time: Date.now(), event: 'session-changed', session: row.id, name: row.name }),
      );
      return { session: this._info(session.id) };
    });
  }

  public async arrange({ sessions }: SessionArrange.Params): Promise<SessionArrange.Result> {
    await this._parts.catalog.change((writer) => {
      for (const [position, id] of sessions.entries()) {
        const row = writer.session(id);
        if (row !== undefined && row.position !== position) {
          writer.putSession({ ...row, position });
        }
      }
    });
    return {};
  }

  public async arrangeGroups({ groups }: SessionArrangeGroups.Params): Promise<SessionArrangeGroups.Result> {
    const { catalog } = this._parts;
    const places = new Map(groups.map((group, place) => [group, place]));
    await catalog.change((writer) => {
      for (const { id } of catalog.sessions) {
        const row = writer.session(id);
        const place = row?.group == null ? undefined : places.get(row.group);
        if (row !== undefined && place !== undefined && row.groupPosition !== place) {
          writer.putSession({ ...row, groupPosition: place });
        }
      }
    });
    return {};
  }

  public async kill({ target, signal, graceMs }: SessionKill.Params): Promise<SessionKill.Result> {
    const first = parseSignal(signal ?? 'SIGHUP');
    const { session, terminal } = this._targets.resolve({ ...target, explicit: true });
    return this._parts.queues.run(session.id, () =>
      this._lifecycle.end(this._rowsOf(session, terminal), { signal: first, graceMs }),
    );
  }

  public async remove({ target, force }: SessionRemove.Params): Promise<SessionRemove.Result> {
    const { session, terminal } = this._targets.resolve({ ...target, explicit: true });
    const removed = terminal === undefined ? session.name : `${session.name}:${terminal.name}`;
    return this._parts.queues.run(session.id, async () => {
      const rows = this._rowsOf(session, terminal);
      if (force !== true) {
        await this._live.refresh();
        this._refuseRemoval(removed, rows);
      }
      await this._lifecycle.remove(session.id, rows);
      return { removed };
    });
  }

  public async restart(
    { target, program, unlessRunning, clear = false }: SessionRestart.Params,
    client: ClientKind,
  ): Promise<SessionRestart.Result> {
    const { session, terminal } = this._targets.resolve({ ...target, explicit: true });
    return this._parts.queues.run(session.id, async () => {
      const rows = this._rowsOf(session, terminal);
      const [first] = rows;
      const meant = program === undefined || first === undefined ? rows : [first];
      if (unlessRunning !== true || meant.every((row) => row.state !== 'running')) {
        if (program !== undefined && first !== undefined) {
          await this._lifecycle.replace(first, { program, clear }, client);
          await this._movedTo(session.id, first, program.cwd);
        } else {
          await this._lifecycle.restart(rows, { clear });
        }
      }
      this._targets.use(session.id);
      return { session: this._info(session.id) };
    });
  }

  public async detach(params: SessionDetach.Params): Promise<SessionDetach.Result> {
    // Viewers come through the PTY hosts, which tell of them a moment later.
    await this._live.refresh();
    const { catalog } = this._parts;
    if (params.viewer !== undefined) {
      const wanted = params.viewer;
      const row = catalog.terminals.find((candidate) =>
        viewersOf(catalog.live(candidate.id).viewers, wanted),
      );
      if (row === undefined) {
        throw new HoldfastError(
          'VIEWER_NOT_FOUND',
          `there is no viewer '${wanted}'`,
          "Run 'holdfast show TARGET' to see who is attached.",
        );
      }
      return { detached: await this._lifecycle.revoke([row], 'detached', (viewer) => viewer.id === wanted) };
    }
    if (params.all === true) {
      return { detached: await this._lifecycle.revoke(catalog.terminals, 'detached') };
    }
    const { session, terminal } = this._targets.resolve(params.target);
    return { detached: await this._lifecycle.revoke(this._rowsOf(session, terminal), 'detached') };
  }

  private _refuseRemoval(what: string, rows: readonly TerminalRow[]): void {
    const { catalog } = this._parts;
    const states = rows.map((row) => terminalState(row, catalog));
    if (states.includes('unreachable')) {
      const { message, wayOut } = doubt(what, rows, this._parts);
      throw new HoldfastError(
        'SESSION_UNREACHABLE',
        message,
        `${wayOut}, or run 'holdfast rm ${what} --force'.`,
      );
    }
    if (rows.some((row) => catalog.live(row.id).viewers.length > 0)) {
      throw new HoldfastError(
        'VIEWERS_ATTACHED',
        `somebody is attached to '${what}'`,
        `Run 'holdfast detach ${what}' or 'holdfast kill ${what}' first, or 'holdfast rm ${what} --force'.`,
      );
    }
    if (states.includes('running')) {
      throw new HoldfastError(
        'SESSION_RUNNING',
        `'${what}' is running`,
        `Run 'holdfast kill ${what}' first, or 'holdfast rm ${what} --force'.`,
      );
    }
  }

  /** The rows as they are now, for what waited in a queue. @throws TERMINAL_NOT_FOUND */
  /** A session is in the folder of its first program. */
  private async _movedTo(id: SessionId, { position }: TerminalRow, cwd: string): Promise<void> {
    const { catalog } = this._parts;
    if (position === 0 && catalog.session(id)?.cwd !== cwd) {
      await catalog.changeSession(id, (row) => ({ ...row, cwd }));
    }
  }

  private _rowsOf(session: SessionRow, terminal: TerminalRow | undefined): readonly TerminalRow[] {
    const { catalog } = this._parts;
    if (catalog.session(session.id) === undefined) {
      throw new HoldfastError(
        'SESSION_NOT_FOUND',
        `the session '${session.name}' has been removed meanwhile`,
        "Run 'holdfast ls --all' to see what there is.",
      );
    }
    return terminal === undefined
      ? catalog.terminalsOf(session.id)
      : catalog.terminalsOf(session.id).filter((row) => row.id === terminal.id);
  }

  private _info(id: SessionId): SessionInfo {
    return requireSessionInfo(id, this._parts.catalog);
  }
}

/** The place that it had was one among others. */
const inGroup = (
  row: SessionRow,
  group: string | null,
  catalog: Catalog,
): Pick<SessionRow, 'group' | 'position' | 'groupPosition'> =>
  group === row.group
    ? { group, position: row.position, groupPosition: row.groupPosition }
    : { group, position: null, groupPosition: groupPlace(catalog, group) };

const viewersOf = (viewers: readonly ViewerInfo[], wanted: string): boolean =>
  viewers.some((viewer) => viewer.id === wanted);
