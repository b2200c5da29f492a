import type { HostLink } from '../hosts/hostLink';
import { Disposable } from '../lifecycle/lifecycle';
import { readForegroundFolder } from '../platform/processTree';
import type { HostStatus, HostTerminal } from '../protocol/host';
import { isSameSize, MAIN_TERMINAL } from '../protocol/model';
import type { TerminalRow } from '../store/rows';
import { endPrograms } from './ending';
import type { Exits } from './exits';
import { freeName } from './naming';
import type { Parts } from './parts';
import type { Starting } from './starting';
import { noteViewers } from './viewerNotes';

/** How often a terminal whose PTY host left no trace is looked at again. */
const DOUBT_RETRY_MS = 5000;

/** Brings what is stored and what PTY hosts hold into agreement, at the start and whenever one answers again. */
export class Reconciling extends Disposable {
  private readonly _pending = new Set<Promise<void>>();
  private _doubtTimer: NodeJS.Timeout | undefined;

  public constructor(
    private readonly _parts: Parts,
    private readonly _starting: Starting,
    private readonly _exits: Exits,
  ) {
    super();
    const { hosts } = _parts;
    this._register(
      hosts.onConnected(({ host, status }) => this._background('reconciling', this.connected(host, status))),
    );
    this._register(
      hosts.onUnreachable((host) => this._background('a silent PTY host', this._unreachable(host))),
    );
    this._register(hosts.onRefused((error) => _parts.report('connecting to a PTY host', error)));
    this._register(hosts.onDead((host) => this._background("a PTY host's death", this._dead(host))));
    this._register(
      hosts.onExited(({ host, exited }) =>
        this._background("a program's end", this._exits.programExited(host, exited)),
      ),
    );
    this._register(
      hosts.onViewersChanged((changed) => this._background('viewers', noteViewers(_parts.catalog, changed))),
    );
  }

  public override dispose(): void {
    clearTimeout(this._doubtTimer);
    super.dispose();
  }

  /** After `Hosts.adopt`: terminals whose PTY host left no record, or was still starting them when all died. */
  public async settleOrphans(): Promise<void> {
    const { catalog, hosts } = this._parts;
    let hasDoubt = false;
    for (const row of catalog.terminals.filter((candidate) => candidate.state === 'running')) {
      if (hosts.get(row.host) !== undefined) {
        continue;
      }
      if (row.pid === null) {
        await this._dropUnconfirmed(row);
      } else if (this._exits.isProcessDead(row)) {
        await this._exits.hostGone(row);
      } else {
        hasDoubt = true;
      }
    }
    clearTimeout(this._doubtTimer);
    if (hasDoubt && !this._isDisposed) {
      this._doubtTimer = setTimeout(() => this._background('orphans', this.settleOrphans()), DOUBT_RETRY_MS);
      this._doubtTimer.unref();
    }
  }

  /** What a PTY host holds, against what is stored. */
  public async connected(host: HostLink, status: HostStatus.Result): Promise<void> {
    const { catalog } = this._parts;
    const held = new Set(status.terminals.map((terminal) => terminal.id));
    for (const terminal of status.terminals) {
      if (terminal.exit !== null) {
        const { id, exit, head } = terminal;
        await this._exits.programExited(host, { terminal: id, exit, head });
      } else if (catalog.isTakenBack(terminal.id)) {
        await this._endUnwanted(terminal);
      } else {
        await this._alive(
          host,
          catalog.terminal(terminal.id) ?? (await this._recover(host, terminal)),
          terminal,
        );
      }
    }
    for (const row of catalog.terminals) {
      if (row.state === 'running' && row.host === host.id && !held.has(row.id)) {
        await this._missing(row);
      }
    }
  }

  private async _alive(host: HostLink, row: TerminalRow, terminal: HostTerminal): Promise<void> {
    const { catalog } = this._parts;
    this._refreshLive(terminal);
    // What was taken in of its size before may be out of date, or never have come to the disk.
    catalog.setLive(row.id, { size: isSameSize(row, terminal.size) ? null : terminal.size });
    if (row.state === 'running') {
      // From now on its screen can be asked for: it is followed before anything is waited for.
      this._starting.follow({ ...row, ...terminal.size }, host);
    }
    if (
      row.state !== 'running' ||
      row.pid !== terminal.pid ||
      row.host !== host.id ||
      !isSameSize(row, terminal.size)
    ) {
      await catalog.changeTerminal(row.id, (current) => ({
        ...current,
        ...terminal.size,
        state: 'running',
        host: host.id,
        pid: terminal.pid,
        startTime: terminal.startTime,
        exitCode: null,
        signal: null,
        exitedAt: null,
      }));
      catalog.setLive(row.id, { size: null });
    }
    if (row.state !== 'running') {
      this._starting.follow(catalog.terminal(row.id) ?? row, host);
    }
  }

  /** Takes over what a PTY host tells about a running terminal at this moment. */
  private _refreshLive(terminal: HostTerminal): void {
    this._parts.catalog.setLive(terminal.id, {
      reachable: true,
      viewers: terminal.viewers,
      foreground: terminal.foreground,
      lastOutputAt: terminal.lastOutputAt,
      ptsName: terminal.ptsName,
      waiting: terminal.waiting,
    });
  }

  /** The PTY host that should have it does not: it was never started, or ended and was acknowledged. */
  private async _missing(row: TerminalRow): Promise<void> {
    await this._parts.queues.run(row.session, async () => {
      const current = this._parts.catalog.terminal(row.id);
      if (current?.state !== 'running' || current.pid !== row.pid) {
        return;
      }
      if (current.pid === null) {
        await this._removeUnconfirmed(current);
      } else if (this._exits.isProcessDead(current)) {
        await this._exits.hostGone(current);
      }
    });
  }

  /** Unless its start, which may be under way on another PTY host, has succeeded meanwhile. */
  private _dropUnconfirmed(row: TerminalRow): Promise<void> {
    return this._parts.queues.run(row.session, async () => {
      const current = this._parts.catalog.terminal(row.id);
      if (current?.state === 'running' && current.pid === null && current.host === row.host) {
        await this._removeUnconfirmed(current);
      }
    });
  }

  /** It was started by a PTY host so late that its caller has been told that it never was. */
  private async _endUnwanted({ id, pid, startTime, ptsName }: HostTerminal): Promise<void> {
    const spared = new Set([process.pid, ...this._parts.hosts.all.map((link) => link.record.pid)]);
    await endPrograms({ terminal: id, pid, startTime, ptsName }, { signal: 'SIGKILL', graceMs: 0, spared });
    await this._starting.removeFiles(id);
  }

  private async _removeUnconfirmed(row: TerminalRow): Promise<void> {
    await this._parts.catalog.change((writer) => {
      writer.removeTerminal(row.id);
      if (this._parts.catalog.terminalsOf(row.session).length <= 1) {
        writer.removeSession(row.session);
      }
    });
    await this._starting.removeFiles(row.id);
  }

  /** A program that runs and that the store does not know, after its files were lost: it gets a session again. */
  private async _recover(host: HostLink, terminal: HostTerminal): Promise<TerminalRow> {
    const { catalog } = this._parts;
    const name = freeName(
      `recovered-${terminal.session.slice(0, 4)}`,
      (taken) => catalog.sessionNamed(taken) !== undefined,
    );
    const siblings = catalog.terminalsOf(terminal.session);
    const cwd = readForegroundFolder(terminal.pid) ?? '/';
    const row: TerminalRow = {
      id: terminal.id,
      session: terminal.session,
      name: freeName(MAIN_TERMINAL, (taken) => siblings.some((sibling) => sibling.name === taken)),
      position: siblings.length,
      command: terminal.foreground === null ? [] : [terminal.foreground],
      executable: terminal.foreground ?? '/bin/sh',
      args: [],
      environment: {},
      cwd,
      ...terminal.size,
      host: host.id,
      pid: terminal.pid,
      startTime: terminal.startTime,
      state: 'running',
      exitCode: null,
      signal: null,
      createdAt: terminal.createdAt,
      exitedAt: null,
      base: 0,
      title: '',
      lastCwd: null,
      seenCwd: cwd,
      standIn: null,
      resurrectedAt: null,
      shellIntegration: true,
      shellNonce: null,
      isIntegrated: false,
    };
    await catalog.change((writer) => {
      if (writer.session(terminal.session) === undefined) {
        writer.putSession({
          id: terminal.session,
          name,
          group: null,
          tags: [],
          note: null,
          icon: null,
          color: null,
          kind: 'persistent',
          ttlMs: null,
          cwd,
          workspace: null,
          template: null,
          resurrect: 'ask',
          lossAnswered: false,
          pinned: false,
          quiet: false,
          position: null,
          groupPosition: null,
          createdAt: terminal.createdAt,
          lastAttachedAt: null,
          lastUsedAt: 0,
        });
      }
      writer.putTerminal(row);
    });
    return row;
  }

  private async _unreachable(host: HostLink): Promise<void> {
    const { catalog } = this._parts;
    const rows = catalog.terminals.filter((row) => row.state === 'running' && row.host === host.id);
    for (const row of rows) {
      catalog.setLive(row.id, { reachable: false });
    }
    await catalog.change((writer) => {
      for (const row of rows) {
        writer.addEvent({
          time: Date.now(),
          event: 'terminal-unreachable',
          session: row.session,
          terminal: row.id,
        });
      }
    });
  }

  private async _dead(host: HostLink): Promise<void> {
    const { catalog } = this._parts;
    const rows = catalog.terminals.filter((row) => row.state === 'running' && row.host === host.id);
    for (const row of rows) {
      await (row.pid === null ? this._dropUnconfirmed(row) : this._exits.hostGone(row));
    }
  }

  /** Resolves when all that PTY hosts have said until now is taken in. */
  public async settled(): Promise<void> {
    await Promise.all(this._pending);
  }

  private _background(what: string, work: Promise<void>): void {
    const guarded = work
      .catch((error: unknown) => this._parts.report(what, error))
      .finally(() => this._pending.delete(guarded));
    this._pending.add(guarded);
  }
}
