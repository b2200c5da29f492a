import type { HostLink } from '../hosts/hostLink';
import { type IDisposable, toDisposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import type { HostSpawn } from '../protocol/host';
import type { TerminalRow } from '../store/rows';
import type { Parts } from './parts';
import type { Starting } from './starting';

/** How long a PTY host that broke off may take to end, before it counts as one that only hangs. */
const HOST_END_TIMEOUT_MS = 1000;
/** PTY hosts that leave at the very moment they are wanted, in a row: more is no coincidence. */
const MAX_HOSTS_TRIED = 3;

export interface Spawned {
  readonly host: HostLink;
  readonly spawned: HostSpawn.Result;
}

/** Whether programs may be started at this moment, and on which PTY host they are. */
export class Starts {
  private readonly _running = new Set<Promise<unknown>>();
  private _isRefusing = false;

  public constructor(
    private readonly _parts: Parts,
    private readonly _starting: Starting,
  ) {}

  /** From here on nothing is started; disposing allows it again. */
  public refuse(): IDisposable {
    this._isRefusing = true;
    return toDisposable(() => {
      this._isRefusing = false;
    });
  }

  /** Resolves when every start that had begun has succeeded or failed. */
  public async settled(): Promise<void> {
    await Promise.allSettled(this._running);
  }

  /** Does what starts programs. @throws DAEMON_UNAVAILABLE when the daemon leaves, else what `work` throws */
  public async run<T>(work: () => Promise<T>): Promise<T> {
    if (this._isRefusing) {
      throw new HoldfastError(
        'DAEMON_UNAVAILABLE',
        'the daemon is about to leave and starts no program any more',
        'Try again: the next call starts a new daemon.',
      );
    }
    const running = work();
    this._running.add(running);
    try {
      return await running;
    } finally {
      this._running.delete(running);
    }
  }

  /**
   * Spawns on the PTY host of the moment, or on the next one when that is just leaving: an empty one does after
   * a while, and knows nothing of a call that is on its way. `prepare` gets the row with its PTY host, each time.
   * @throws SPAWN_FAILED, SESSION_LIMIT, SESSION_UNREACHABLE, and what `prepare` throws
   */
  public async spawn(row: TerminalRow, prepare: (row: TerminalRow) => Promise<void>): Promise<Spawned> {
    for (let tried = 1; ; tried++) {
      const host = await this._parts.hosts.forNewTerminal();
      const planned: TerminalRow = { ...row, host: host.id };
      await prepare(planned);
      try {
        return { host, spawned: await this._starting.spawn(planned, host) };
      } catch (error) {
        const isUnreachable = HoldfastError.from(error).code === 'SESSION_UNREACHABLE';
        if (!isUnreachable || tried === MAX_HOSTS_TRIED || !(await host.endsWithin(HOST_END_TIMEOUT_MS))) {
          throw error;
        }
      }
    }
  }
}
