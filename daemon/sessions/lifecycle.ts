import { HoldfastError } from '../protocol/errors';
import type { HoldfastEvent } from '../protocol/events';
import type { ClientKind } from '../protocol/hello';
import { HostForget, HostRevoke, type HostSpawn } from '../protocol/host';
import type { SessionId } from '../protocol/ids';
import type { ViewerInfo } from '../protocol/model';
import type { ProgramSpec, SessionKill } from '../protocol/sessions';
import type { SessionRow, TerminalRow } from '../store/rows';
import { type BeginningAgain, localMoment, separatorLine } from './beginningAgain';
import { DEFAULT_GRACE_MS, endPrograms, markedProcesses } from './ending';
import { startedEvent } from './events';
import type { Exits } from './exits';
import { terminalState } from './info';
import type { Parts } from './parts';
import { doubt } from './reachable';
import type { Place, Starting } from './starting';
import type { Starts } from './starts';

export interface EndingOptions {
  readonly signal?: NodeJS.Signals;
  readonly graceMs?: number | undefined;
}

export interface RestartOptions {
  /** Whether what was shown before is forgotten. */
  readonly clear?: boolean;
}

/** An ended program's last output is drained and its exit stored within some ms; a slow disk takes longer. */
const EXIT_TIMEOUT_MS = 5000;

const anyViewer = (): boolean => true;

/** How terminals begin, end, begin again and are forgotten. Callers hold the session's queue. */
export class Lifecycle {
  public constructor(
    private readonly _parts: Parts,
    private readonly _starting: Starting,
    private readonly _starts: Starts,
    private readonly _exits: Exits,
    private readonly _again: BeginningAgain,
  ) {}

  /** @throws INVALID_INPUT, CWD_NOT_FOUND, SPAWN_FAILED, SESSION_LIMIT */
  public plan(spec: ProgramSpec, client: ClientKind, place: Place): TerminalRow {
    return this._starting.plan(spec, client, place);
  }

  /**
   * Starts a planned terminal, with its session when that is new. The intent is stored first, so that a crash
   * in between leaves no program that nobody knows; a program that can't be started leaves nothing.
   * @throws DAEMON_UNAVAILABLE when the daemon leaves
   */
  public start(terminal: TerminalRow, session?: SessionRow): Promise<void> {
    return this._starts.run(() => this._start(terminal, session));
  }

  private async _start(terminal: TerminalRow, session: SessionRow | undefined): Promise<void> {
    const { catalog } = this._parts;
    let row: TerminalRow | undefined;
    let spawned: HostSpawn.Result | undefined;
    try {
      const start = await this._starts.spawn(terminal, async (planned) => {
        await catalog.change((writer) => {
          if (session !== undefined) {
            writer.putSession(session);
          }
          writer.putTerminal(planned);
        });
        row = planned;
        catalog.setLive(planned.id, { reachable: true });
      });
      spawned = start.spawned;
      const { pid, startTime } = spawned;
      this._starting.follow({ ...terminal, host: start.host.id }, start.host);
      await catalog.changeTerminal(
        terminal.id,
        (current) => ({ ...current, pid, startTime }),
        (writer) => {
          if (session !== undefined) {
            writer.addEvent({
              time: Date.now(),
              event: 'session-created',
              session: session.id,
              name: session.name,
            });
          }
          const name = session?.name ?? writer.session(terminal.session)?.name;
          writer.addEvent(startedEvent(terminal, name));
        },
      );
    } catch (error) {
      if (spawned !== undefined) {
        // It runs, and could not be confirmed: to the caller it has never been.
        await endPrograms(
          { terminal: terminal.id, ...spawned },
          { signal: 'SIGKILL', graceMs: 0, spared: this._spared() },
        );
      }
      if (row !== undefined) {
        await this._rollBack(row, session?.id);
      }
      throw error;
    }
  }

  /** Ends the programs of terminals and all they started; `killed` counts the terminals that ran. */
  public async end(rows: readonly TerminalRow[], options: EndingOptions = {}): Promise<SessionKill.Result> {
    const results = await Promise.all(rows.map((row) => this._end(row, options)));
    const survivors = new Map(results.flatMap(({ survivors }) => survivors).map((each) => [each.pid, each]));
    return {
      killed: results.reduce((sum, { killed }) => sum + killed, 0),
      survivors: [...survivors.values()],
    };
  }

  /** The same programs again in the same places; what runs is ended first. */
  public restart(rows: readonly TerminalRow[], options: RestartOptions = {}): Promise<void> {
    return this._starts.run(() => this._restart(rows, options));
  }

  /** Another program in the place of a terminal's, which is ended first if it runs. @throws as `plan` */
  public replace(
    row: TerminalRow,
    { program, ...options }: RestartOptions & { readonly program: ProgramSpec },
    client: ClientKind,
  ): Promise<void> {
    return this._starts.run(async () => {
      this._refuseUnreachable(row);
      const planned = this._starting.plan(program, client, row);
      await this.end(row.state === 'running' ? [row] : []);
      await this._startAgain(row, options, planned);
    });
  }

  private async _restart(rows: readonly TerminalRow[], options: RestartOptions): Promise<void> {
    for (const row of rows) {
      this._refuseUnreachable(row);
      this._starting.checkAgain(row);
    }
    this._starting.checkLimit();
    await this.end(rows.filter((row) => row.state === 'running'));
    for (const row of rows) {
      await this._startAgain(row, options);
    }
  }

  /** Forgets terminals, and their session when none is left; ends first what runs. */
  public async remove(session: SessionId, rows: readonly TerminalRow[]): Promise<void> {
    const { catalog, hosts } = this._parts;
    await this.end(rows.filter((row) => row.state === 'running'));
    await this.revoke(rows, 'removed').catch((error: unknown) => {
      // Viewers of a PTY host that hangs: they hear of it when it goes on, and see nothing until then.
      if (HoldfastError.from(error).code !== 'SESSION_UNREACHABLE') {
        throw error;
      }
    });
    const isAll = catalog.terminalsOf(session).every((row) => rows.some((removed) => removed.id === row.id));
    const name = catalog.session(session)?.name;
    await catalog.change((writer) => {
      for (const row of rows) {
        writer.removeTerminal(row.id);
      }
      if (isAll) {
        writer.removeSession(session);
        const event: HoldfastEvent = { time: Date.now(), event: 'session-removed', session };
        writer.addEvent(name === undefined ? event : { ...event, name });
      }
    });
    for (const row of rows) {
      const host = hosts.get(row.host);
      if (host?.state === 'connected') {
        await host.call(HostForget.type, { terminal: row.id, isRemoved: true }).catch(() => undefined);
      }
      await this._starting.removeFiles(row.id);
    }
  }

  /** Sends viewers away. @returns how many */
  public async revoke(
    rows: readonly TerminalRow[],
    reason: string,
    which: (viewer: ViewerInfo) => boolean = anyViewer,
  ): Promise<number> {
    const { catalog, hosts } = this._parts;
    let revoked = 0;
    for (const host of hosts.all) {
      const held = rows.filter((row) => row.host === host.id);
      const viewers = held.flatMap((row) => catalog.live(row.id).viewers.filter(which)).map(({ id }) => id);
      const tickets = host.state === 'connected' && which === anyViewer ? held.map((row) => row.id) : [];
      if (viewers.length > 0 || tickets.length > 0) {
        revoked += (await host.call(HostRevoke.type, { viewers, tickets, reason })).revoked;
      }
    }
    return revoked;
  }

  private async _end(row: TerminalRow, options: EndingOptions): Promise<SessionKill.Result> {
    const { catalog } = this._parts;
    const spared = this._spared();
    if (row.state !== 'running' || row.pid === null) {
      const marked = await markedProcesses(row.id, spared);
      return { killed: 0, survivors: marked.map(({ pid, command }) => ({ pid, command })) };
    }
    // How it ends now was asked for, and is no failure.
    catalog.setLive(row.id, { isEnding: true });
    try {
      return await this._endProgram({ ...row, pid: row.pid }, options, spared);
    } finally {
      catalog.setLive(row.id, { isEnding: false });
    }
  }

  private async _endProgram(
    row: TerminalRow & { readonly pid: number },
    options: EndingOptions,
    spared: ReadonlySet<number>,
  ): Promise<SessionKill.Result> {
    const { catalog } = this._parts;
    const survivors = await endPrograms(
      { terminal: row.id, pid: row.pid, startTime: row.startTime, ptsName: catalog.live(row.id).ptsName },
      { signal: options.signal ?? 'SIGHUP', graceMs: options.graceMs ?? DEFAULT_GRACE_MS, spared },
    );
    if (this._exits.isProcessDead(row)) {
      const isReachable = terminalState(row, catalog) === 'running';
      await this._exits.untilEnded(row.id, isReachable ? EXIT_TIMEOUT_MS : 0);
      return { killed: 1, survivors };
    }
    return { killed: 0, survivors };
  }

  /** Never signalled: this daemon, and the PTY hosts, whose end would be the end of every other terminal. */
  private _spared(): ReadonlySet<number> {
    return new Set([process.pid, ...this._parts.hosts.all.map((link) => link.record.pid)]);
  }

  private async _startAgain(
    before: TerminalRow,
    { clear = false }: RestartOptions,
    program?: TerminalRow,
  ): Promise<void> {
    const row = this._parts.catalog.terminal(before.id) ?? before;
    if (row.state === 'running') {
      throw new HoldfastError(
        'SESSION_RUNNING',
        `the program of '${row.name}' could not be ended`,
        `Look at process ${row.pid}, then try again.`,
        { pid: row.pid },
      );
    }
    const { executable, args, cwd } = program ?? row;
    await this._again.begin(row, {
      ...{ executable, args, cwd },
      ...(program === undefined ? {} : { program }),
      standIn: null,
      resurrectedAt: null,
      isCleared: clear,
      separator: [separatorLine(`restarted ${localMoment(new Date())}`)],
    });
  }

  private _refuseUnreachable(row: TerminalRow): void {
    if (terminalState(row, this._parts.catalog) === 'unreachable') {
      const { message, wayOut } = doubt(row.name, [row], this._parts);
      throw new HoldfastError('SESSION_UNREACHABLE', message, `${wayOut}, or run 'holdfast doctor'.`);
    }
  }

  private async _rollBack(row: TerminalRow, session: SessionId | undefined): Promise<void> {
    const { catalog, report } = this._parts;
    const results = await Promise.allSettled([
      catalog.takeBack(row.id, session),
      this._starting.removeFiles(row.id),
    ]);
    for (const result of results) {
      if (result.status === 'rejected') {
        report(`taking back ${row.id}`, result.reason);
      }
    }
  }
}
