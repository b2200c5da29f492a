import type { Exits } from './exits';
import type { Parts } from './parts';

/** A `ls` must not wait for a PTY host that hangs. */
const STATUS_TIMEOUT_MS = 1000;

/**
 * Brings what changes all the time (foreground program, last output) up to date before it is shown, and waits for
 * the ends of programs that their PTY hosts tell of: a viewer hears of them at once, and what it asks then must
 * agree.
 */
export class Live {
  /** The question asked last, and the one that is still to be asked. */
  private _last: Promise<void> = Promise.resolve();
  private _waiting: Promise<void> | undefined;

  public constructor(
    private readonly _parts: Parts,
    private readonly _exits: Exits,
  ) {}

  /** One question to each PTY host, asked after the call and shared by all who call meanwhile. */
  public refresh(): Promise<void> {
    if (this._waiting === undefined) {
      this._waiting = this._last.then(() => {
        // It asks now: who calls later wants to know of what happens until then.
        this._waiting = undefined;
        return this._refresh();
      });
      this._last = this._waiting;
    }
    return this._waiting;
  }

  private async _refresh(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STATUS_TIMEOUT_MS);
    });
    const links = this._parts.hosts.all.filter((link) => link.state === 'connected');
    const answers = links.map(async (link) => {
      const { catalog } = this._parts;
      for (const { id, pid, lastOutputAt, foreground, ended } of await link.activity().catch(() => [])) {
        if (!ended) {
          catalog.setLive(id, { lastOutputAt, foreground });
        } else if (catalog.terminal(id)?.pid === pid) {
          await this._exits.untilEnded(id, STATUS_TIMEOUT_MS);
        }
      }
    });
    await Promise.race([Promise.all(answers), timeout]);
    clearTimeout(timer);
  }
}
