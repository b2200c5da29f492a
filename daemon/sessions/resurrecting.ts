import type { Event } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import type { Millis, SessionId } from '../protocol/ids';
import type { LossState, SessionInfo } from '../protocol/model';
import type { SessionResurrect, SessionResurrectAll } from '../protocol/sessions';
import type { SessionRow, TerminalRow } from '../store/rows';
import type { BeginningAgain } from './beginningAgain';
import { requireSessionInfo, terminalState } from './info';
import { lossOf } from './loss';
import type { Parts } from './parts';
import { doubt } from './reachable';
import { type Revival, revive } from './resurrection';
import type { Starting } from './starting';
import type { Starts } from './starts';
import type { Targets } from './targets';

export interface ResurrectingParts {
  readonly targets: Targets;
  readonly starting: Starting;
  readonly starts: Starts;
  readonly again: BeginningAgain;
  /** Tells that something was lost. */
  readonly onDidLose: Event<void>;
  /** Resolves when all that is known to be lost at this moment is stored as lost. */
  readonly settled: () => Promise<void>;
}

/**
 * Brings back what the death of the machine or of a PTY host took: when a person says so, or by itself where the
 * session's policy allows it. Nothing is started in doubt, and no command but by `--run` or the policy `program`.
 */
export class Resurrecting extends Disposable {
  private _isAtWork = false;
  private _isDue = false;

  public constructor(
    private readonly _parts: Parts,
    private readonly _others: ResurrectingParts,
  ) {
    super();
    this._register(_others.onDidLose(() => this._soon()));
  }

  /** @throws SESSION_NOT_FOUND, SESSION_RUNNING, SESSION_EXITED, SESSION_UNREACHABLE, RESURRECT_NEVER, SPAWN_FAILED … */
  public async resurrect({ target, run }: SessionResurrect.Params): Promise<SessionResurrect.Result> {
    const { session, terminal } = this._others.targets.resolve(target);
    const only = terminal?.id;
    const revived = await this._revive(session.id, run === true ? 'program' : 'shell', {
      isMeant: (row) => only === undefined || row.id === only,
    });
    this._others.targets.use(session.id);
    return { session: revived };
  }

  /** Those whose policy is `never`, and ephemeral ones, are left alone; one that fails does not stop the others. */
  public async resurrectAll({ run }: SessionResurrectAll.Params): Promise<SessionResurrectAll.Result> {
    await this._others.settled();
    const sessions: SessionInfo[] = [];
    const failed: SessionResurrectAll.Failure[] = [];
    for (const { id, name } of this._lost((loss) => loss !== 'left-alone')) {
      try {
        sessions.push(await this._revive(id, run === true ? 'program' : 'shell'));
      } catch (error) {
        failed.push({ session: name, error: HoldfastError.from(error).toWire() });
      }
    }
    const leftAlone = this._lost((loss) => loss === 'left-alone').filter(
      ({ resurrect }) => resurrect === 'never',
    );
    return { sessions, failed, leftAlone: leftAlone.map(({ name }) => name) };
  }

  /** Starts what may come back by itself: what was lost before this daemon began, and from now on. */
  public begin(): void {
    this._soon();
  }

  private async _revive(
    id: SessionId,
    revival: Revival,
    {
      isMeant = () => true,
      unasked = null,
    }: { isMeant?: (row: TerminalRow) => boolean; unasked?: Millis | null } = {},
  ): Promise<SessionInfo> {
    const { catalog, queues } = this._parts;
    const { starting, starts, again } = this._others;
    return queues.run(id, async () => {
      const before = requireSessionInfo(id, catalog);
      const session = catalog.session(id);
      const nameOf = (row: TerminalRow): string =>
        before.terminals.length > 1 ? `${before.name}:${row.name}` : before.name;
      const meant = catalog.terminalsOf(id).filter(isMeant);
      const lost = meant.filter((row) => row.state === 'lost');
      if (lost.length === 0) {
        throw this._notLost(before.name, meant);
      }
      if (session?.resurrect === 'never') {
        throw never(session);
      }
      await starts.run(async () => {
        for (const row of lost) {
          starting.checkLimit();
          await again.begin(row, revive(row, nameOf(row), revival, unasked));
        }
      });
      return requireSessionInfo(id, catalog);
    });
  }

  private _notLost(name: string, rows: readonly TerminalRow[]): HoldfastError {
    const states = rows.map((row) => terminalState(row, this._parts.catalog));
    if (states.includes('unreachable')) {
      const { message, wayOut } = doubt(name, rows, this._parts);
      return new HoldfastError(
        'SESSION_UNREACHABLE',
        `${message}, and nothing of it is known to be lost`,
        `${wayOut}, or run 'holdfast doctor'.`,
      );
    }
    return states.includes('running')
      ? new HoldfastError(
          'SESSION_RUNNING',
          `'${name}' is running: nothing of it was lost`,
          `Run 'holdfast attach ${name}' to see it, or 'holdfast restart ${name}' to start it anew.`,
        )
      : new HoldfastError(
          'SESSION_EXITED',
          `the program in '${name}' ended by itself: nothing of it was lost`,
          `Run 'holdfast restart ${name}' to start it again.`,
        );
  }

  /** One round at a time; what is lost meanwhile is another one's. */
  private _soon(): void {
    this._isDue = true;
    if (!this._isAtWork && !this._isDisposed) {
      this._isAtWork = true;
      this._rounds()
        .catch((error: unknown) => this._parts.report('resurrecting', error))
        .finally(() => {
          this._isAtWork = false;
          if (this._isDue) {
            this._soon();
          }
        });
    }
  }

  private async _rounds(): Promise<void> {
    while (this._isDue && !this._isDisposed) {
      this._isDue = false;
      await this._others.settled();
      for (const { id, resurrect } of this._lost((loss) => loss === 'coming-back')) {
        await this._comeBack(id, resurrect === 'program' ? 'program' : 'shell');
      }
    }
  }

  private _lost(isMeant: (loss: LossState) => boolean): readonly SessionRow[] {
    const { catalog } = this._parts;
    return catalog.sessions.filter((row) => {
      const loss = lossOf(row, catalog);
      return loss !== null && isMeant(loss);
    });
  }

  private async _comeBack(id: SessionId, revival: Revival): Promise<void> {
    try {
      await this._revive(id, revival, { unasked: Date.now() });
    } catch (error) {
      // It stays lost, and a person is asked.
      for (const { id: terminal } of this._parts.catalog.terminalsOf(id)) {
        this._parts.catalog.setLive(terminal, { couldNotComeBack: true });
      }
      this._parts.report(`resurrecting ${id}`, error);
    }
  }
}

const never = ({ name }: SessionRow): HoldfastError =>
  new HoldfastError(
    'RESURRECT_NEVER',
    `'${name}' is never to be resurrected: somebody has set that`,
    `Run 'holdfast set ${name} --resurrect ask' first, or 'holdfast restart ${name}' for the same program anew.`,
  );
