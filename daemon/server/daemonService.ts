import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import type { DaemonDiagnose, DaemonKeep, DaemonShutdown, DaemonStatus } from '../protocol/daemon';
import { HoldfastError } from '../protocol/errors';
import { PROTOCOL } from '../protocol/hello';
import type { SessionKill } from '../protocol/sessions';
import { terminalState } from '../sessions/info';
import type { Lifecycle } from '../sessions/lifecycle';
import type { Live } from '../sessions/live';
import type { Parts } from '../sessions/parts';
import type { Starts } from '../sessions/starts';
import type { TerminalRow } from '../store/rows';
import type { StoreReport } from '../store/store';
import { diagnose } from './diagnose';

/** More sessions than this are counted, not named: a refusal is read, not searched. */
const MAX_NAMES = 10;

export interface DaemonFacts {
  readonly version: string;
  readonly buildId: string;
  readonly startedAt: number;
  readonly socket: () => string;
  readonly storeReport: StoreReport;
  /** Whether the daemon stays although nothing is left to do. */
  readonly isKept: () => boolean;
  /** All that PTY hosts have said until now is taken in. */
  readonly settled: () => Promise<void>;
}

/** Reading it takes a file descriptor: where none is left, the most that this process has ever had. */
const residentBytes = (): number => {
  try {
    return process.memoryUsage.rss();
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
};

/** Calls about the daemon itself. */
export class DaemonService extends Disposable {
  private readonly _onLeave = this._register(new Emitter<DaemonShutdown.Params['mode']>());
  /** A client has asked the daemon to leave, and has been answered or is about to be. */
  public readonly onLeave = this._onLeave.event;
  private readonly _onKeepChanged = this._register(new Emitter<boolean>());
  public readonly onKeepChanged = this._onKeepChanged.event;

  public constructor(
    private readonly _parts: Parts,
    private readonly _lifecycle: Lifecycle,
    private readonly _starts: Starts,
    private readonly _live: Live,
    private readonly _facts: DaemonFacts,
  ) {
    super();
  }

  public async status(): Promise<DaemonStatus.Result> {
    await this._live.refresh();
    const { catalog, hosts, settings } = this._parts;
    const { version, buildId, startedAt, socket } = this._facts;
    const listed = new Set(
      catalog.terminals.filter((row) => row.state !== 'exited').map((row) => row.session),
    );
    return {
      running: true,
      pid: process.pid,
      ptyHostPid: hosts.current?.record.pid ?? null,
      ptyHosts: hosts.infos,
      version,
      protocol: PROTOCOL.max,
      uptimeMs: Date.now() - startedAt,
      sessions: listed.size,
      viewers: catalog.terminals.reduce((sum, row) => sum + catalog.live(row.id).viewers.length, 0),
      rssBytes: residentBytes(),
      socket: socket(),
      dataDir: settings.dataDir,
      startedAt,
      buildId,
      keep: this._facts.isKept(),
    };
  }

  public async shutdown({ mode }: DaemonShutdown.Params): Promise<DaemonShutdown.Result> {
    if (mode !== 'replace') {
      // A PTY host may have said only now where it is: its programs run, too. Where nobody can look, there is none to be found.
      await this._parts.hosts.adopt().catch(() => undefined);
      await this._facts.settled();
    }
    if (mode === 'if-idle') {
      this._refuseWhileRunning();
    }
    // What begins from here on would outlive this daemon with nobody knowing of it.
    const allowed = this._starts.refuse();
    let ended: SessionKill.Result | undefined;
    try {
      if (mode !== 'replace') {
        await this._starts.settled();
      }
      if (mode === 'if-idle') {
        this._refuseWhileRunning();
      }
      if (mode === 'force') {
        ended = await this._lifecycle.end(this._running());
      }
    } catch (error) {
      allowed.dispose();
      throw error;
    }
    // After the answer is on its way.
    setImmediate(() => this._onLeave.fire(mode));
    return { pid: process.pid, killed: 0, ...ended, keep: this._facts.isKept() };
  }

  private _running(): readonly TerminalRow[] {
    return this._parts.catalog.terminals.filter((row) => row.state === 'running');
  }

  private _refuseWhileRunning(): void {
    const { catalog } = this._parts;
    const running = this._running();
    if (running.length > 0) {
      const sessions = [...new Set(running.map((row) => catalog.session(row.session)?.name ?? row.session))];
      const more = sessions.length > MAX_NAMES ? ` and ${sessions.length - MAX_NAMES} more` : '';
      const unreachable = running.filter((row) => terminalState(row, catalog) === 'unreachable').length;
      throw new HoldfastError(
        'SESSIONS_RUNNING',
        `programs are running in ${sessions.length === 1 ? 'a session' : `${sessions.length} sessions`}: ${sessions.slice(0, MAX_NAMES).join(', ')}${more}`,
        "End them with 'holdfast kill', or end all with 'holdfast daemon stop --force'; 'daemon restart' keeps them.",
        { sessions, terminals: running.length, unreachable },
      );
    }
  }

  public async keep({ keep }: DaemonKeep.Params): Promise<DaemonKeep.Result> {
    this._onKeepChanged.fire(keep);
    await this._parts.hosts.registerAgain();
    return {};
  }

  public async diagnose(): Promise<DaemonDiagnose.Result> {
    return { findings: await diagnose(this._parts, this._facts) };
  }
}
