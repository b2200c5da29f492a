import type { TerminalId } from '../protocol/ids';

/** So many workers that others share with it may die of a terminal: then it gets one of its own. */
export const DEATHS_TOGETHER = 2;
/** And so many of those that are its own: then nobody draws its screen any more. */
export const DEATHS_ALONE = 2;
/** A worker that ends once in a while, of whatever it may be, is started again for ever. */
const FORGIVEN_AFTER_MS = 10 * 60_000;

/** Where a terminal's screen is drawn: with others, in a worker of its own, or not at all. */
export type Standing = 'together' | 'alone' | 'aside';

interface Record {
  readonly standing: Standing;
  /** Of workers, in this standing. */
  readonly deaths: number;
  readonly lastAt: number;
}

/**
 * Terminals whose output has ended the workers that drew it: the others that shared them must not lose their screens
 * again and again, and what ends each worker is not tried for ever.
 */
export class Suspects {
  private readonly _records = new Map<TerminalId, Record>();

  public constructor(private readonly _now: () => number = () => performance.now()) {}

  public standing(terminal: TerminalId): Standing {
    return this._record(terminal)?.standing ?? 'together';
  }

  /** A worker died while it was at work for this terminal. @returns where it stands from now on */
  public died(terminal: TerminalId): Standing {
    const { standing, deaths } = this._record(terminal) ?? { standing: 'together', deaths: 0 };
    const allowed = standing === 'together' ? DEATHS_TOGETHER : DEATHS_ALONE;
    const isOver = deaths + 1 >= allowed;
    const next: Standing = !isOver ? standing : standing === 'together' ? 'alone' : 'aside';
    this._records.set(terminal, { standing: next, deaths: isOver ? 0 : deaths + 1, lastAt: this._now() });
    return next;
  }

  /** Its screen and history are deleted, and nothing is held against it. */
  public forget(terminal: TerminalId): void {
    this._records.delete(terminal);
  }

  /** Who is set aside stays so; who has a worker of its own keeps it, for nobody is bothered by it. */
  private _record(terminal: TerminalId): Record | undefined {
    const record = this._records.get(terminal);
    const isOld = record !== undefined && this._now() - record.lastAt > FORGIVEN_AFTER_MS;
    return isOld && record.standing !== 'aside' ? { ...record, deaths: 0 } : record;
  }
}
