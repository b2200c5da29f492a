import { CalmReads } from '../platform/calmReads';
import type { HostActivity, TerminalActivity } from '../protocol/host';
import type { TerminalId } from '../protocol/ids';
import type { Terminal } from './terminal';

/** A look at a terminal's foreground program takes about 20 µs. */
const READS_PER_CALL = 100;

/** Tells which of many terminals have changed since somebody asked; costs nothing while nobody does. */
export class Activity {
  private readonly _programs = new CalmReads<TerminalId, string | null>(READS_PER_CALL);
  private readonly _told = new Map<
    TerminalId,
    { readonly activity: TerminalActivity; readonly inCall: number }
  >();
  private _call = 0;

  public since(call: number, terminals: readonly Terminal[]): HostActivity.Result {
    this._call++;
    const now = new Map(terminals.map((terminal) => [terminal.id, terminal]));
    this._programs.begin((id) => now.has(id));
    for (const id of this._told.keys()) {
      if (!now.has(id)) {
        this._told.delete(id);
      }
    }
    for (const terminal of terminals) {
      const activity = this._look(terminal);
      const told = this._told.get(terminal.id);
      if (told === undefined || !isSame(told.activity, activity)) {
        this._told.set(terminal.id, { activity, inCall: this._call });
      }
    }
    const changed = [...this._told.values()].filter(({ inCall }) => inCall > call);
    return {
      upTo: this._call,
      running: terminals.filter((terminal) => terminal.exit === null).length,
      terminals: changed.map(({ activity }) => activity),
    };
  }

  private _look(terminal: Terminal): TerminalActivity {
    const { id, pid, lastOutputAt } = terminal;
    const foreground = this._programs.get(id, lastOutputAt, () => terminal.foreground);
    return { id, pid, lastOutputAt, foreground, ended: terminal.exit !== null };
  }
}

const isSame = (a: TerminalActivity, b: TerminalActivity): boolean =>
  a.pid === b.pid &&
  a.lastOutputAt === b.lastOutputAt &&
  a.foreground === b.foreground &&
  a.ended === b.ended;
