import type { Parts } from './parts';
import type { Reconciling } from './reconciling';

/** A `ls` must not wait for a PTY host that hangs. */
const STATUS_TIMEOUT_MS = 1000;

/** Brings what changes all the time (foreground program, last output) up to date before it is shown. */
export class Live {
  private _running: Promise<void> | undefined;

  public constructor(
    private readonly _parts: Parts,
    private readonly _reconciling: Reconciling,
  ) {}

  /** One question to each PTY host, shared by all who ask meanwhile. */
  public refresh(): Promise<void> {
    this._running ??= this._refresh().finally(() => {
      this._running = undefined;
    });
    return this._running;
  }

  private async _refresh(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STATUS_TIMEOUT_MS);
    });
    const links = this._parts.hosts.all.filter((link) => link.state === 'connected');
    const answers = links.map(async (link) => {
      const status = await link.status().catch(() => undefined);
      for (const terminal of status?.terminals ?? []) {
        if (terminal.exit === null) {
          this._reconciling.refreshLive(terminal);
        }
      }
    });
    await Promise.race([Promise.all(answers), timeout]);
    clearTimeout(timer);
  }
}
