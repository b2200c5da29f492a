import { CalmReads } from '../platform/calmReads';
import type { HostActivity, TerminalActivity } from '../protocol/host';
import type { TerminalId } from '../protocol/ids';
import type { Terminal } from './terminal';

/** A look at a terminal's foreground program takes about 20 µs. */
const READS_BEHIND_A_CALL = 100;

/** Tells which of many terminals have changed since somebody asked; costs nothing while nobody does. */
export class Activity {
  private readonly _programs = new CalmReads<TerminalId, string | null>(
    READS_BEHIND_A_CALL,
    (id) => this._terminals.get(id)?.foreground ?? null,
    (id) => this._terminals.has(id),
  );
  private readonly _told = new Map<
    TerminalId,
    { readonly activity: TerminalActivity; readonly inCall: number }
  >();
  private _call = 0;

  /** @param _terminals those there are at any time */
  public constructor(private readonly _terminals: ReadonlyMap<TerminalId, Terminal>) {}

  public since(call: number): HostActivity.Result {
    this._call++;
    this._programs.begin();
    for (const id of this._told.keys()) {
      if (!this._terminals.has(id)) {
        this._told.delete(id);
      }
    }
    let running = 0;
    for (const terminal of this._terminals.values()) {
      running += terminal.exit === null ? 1 : 0;
      const activity = this._look(terminal);
      const told = this._told.get(terminal.id);
      if (told === undefined || !isSame(told.activity, activity)) {
        this._told.set(terminal.id, { activity, inCall: this._call });
      }
    }
    const changed = [...this._told.values()].filter(({ inCall }) => inCall > call);
    return {
      upTo: this._call,
      running,
      terminals: changed.map(({ activity }) => activity),
    };
  }

  private _look(terminal: Terminal): TerminalActivity {
    const { id, pid, lastOutputAt } = terminal;
    const foreground = this._programs.get(id, lastOutputAt);
    return { id, pid, lastOutputAt, foreground, ended: terminal.exit !== null };
  }
}

const isSame = (a: TerminalActivity, b: TerminalActivity): boolean =>
  a.pid === b.pid &&
  a.lastOutputAt === b.lastOutputAt &&
  a.foreground === b.foreground &&
  a.ended === b.ended;
