import type { Offset } from '../protocol/ids';
import type { Anchor } from './format';

/** Where a record stands, and what held before it. */
export type IndexEntry = Anchor;

/** One record in each `step` bytes of a journal, oldest first: enough to find any offset with a short search. */
export class JournalIndex {
  private _entries: IndexEntry[] = [];

  public constructor(private readonly _step: number) {}

  /** The oldest record that is kept. */
  public get first(): IndexEntry | undefined {
    return this._entries[0];
  }

  /** All behind the oldest. */
  public get later(): readonly IndexEntry[] {
    return this._entries.slice(1);
  }

  /** Told of every record in order; keeps the few it needs. @returns whether it keeps this one */
  public add(entry: IndexEntry): boolean {
    const last = this._entries.at(-1);
    if (last === undefined || entry.position - last.position >= this._step) {
      this._entries.push(entry);
      return true;
    }
    return false;
  }

  /** The last entry that is not behind `at`, or the oldest. */
  public floor(at: Offset): IndexEntry | undefined {
    let found = this._entries[0];
    for (const entry of this._entries) {
      if (entry.offset > at) {
        break;
      }
      found = entry;
    }
    return found;
  }

  /** Drops what stands before `position`, and answers with what is the oldest then. */
  public dropBefore(position: number): IndexEntry | undefined {
    const kept = this._entries.findIndex((entry) => entry.position >= position);
    this._entries = kept < 0 ? [] : this._entries.slice(kept);
    return this._entries[0];
  }
}
