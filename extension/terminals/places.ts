import type { Terminal } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { RememberedTerminal } from '../restore/windowRecord';
import { LastActive } from './lastActive';
import { Layout, type LeftTerminal } from './layout';
import { columnOf, columnsOf, isFrontOf, type Place, placeIn } from './place';
import { type Entry, keyOf, type Shown } from './shown';

/** Where a terminal is to come. */
export interface Wanted {
  /** Where it stood when it was last shown in this window, unless told. */
  readonly place?: Place;
  /** The open terminal in whose split of the panel it comes. */
  readonly beside?: Shown;
}

/** Where the terminals of this window stand: in the panel and its splits, in editor groups, in front or behind. */
export class Places extends Disposable {
  private readonly _layout = new Layout();
  private readonly _lastActive = this._register(new LastActive());
  /** Another terminal is the active one. */
  public readonly onDidChangeActive = this._lastActive.onDidChange;

  /** @param _entries those that are open, at any moment */
  public constructor(private readonly _entries: readonly Entry[]) {
    super();
  }

  /** What the next window needs to show the same, in the order of its tabs. */
  public remember(): readonly RememberedTerminal[] {
    this._locate();
    const front = this._lastActive.among(
      this._entries.flatMap(({ terminal, column }) =>
        terminal === undefined || column !== null ? [] : [terminal],
      ),
    );
    const rankOf = ({ shown }: Entry): number => this._layout.of(keyOf(shown))?.rank ?? 0;
    return [...this._entries]
      .sort((a, b) => rankOf(a) - rankOf(b))
      .map(({ shown, column, terminal }) => ({
        session: shown.session,
        terminal: shown.terminal,
        name: shown.name,
        readOnly: shown.readOnly,
        column,
        split: this._layout.of(keyOf(shown))?.split ?? keyOf(shown),
        front: column === null ? terminal !== undefined && terminal === front : isFrontOf(column, shown.name),
        ...(shown.task === undefined ? {} : { task: shown.task }),
      }));
  }

  /** Where what is closed has stood, for the next window. */
  public get left(): readonly LeftTerminal[] {
    return this._layout.left;
  }

  /** Where terminals stood in an earlier window. */
  public recall(left: readonly LeftTerminal[]): void {
    this._layout.recall(left);
  }

  /** The same of what was shown there, in its order, and is to be shown again. */
  public recallShown(remembered: readonly RememberedTerminal[]): void {
    this._layout.recall(
      remembered.map(({ split, column, ...shown }, rank) => {
        const key = keyOf(shown);
        return { key, column, split: split ?? key, rank };
      }),
    );
  }

  /** In the order in which they stood or stand, what never was shown here at the end. */
  public inOrder(shown: readonly Shown[]): readonly Shown[] {
    const rankOf = (one: Shown): number => this._layout.of(keyOf(one))?.rank ?? Number.POSITIVE_INFINITY;
    return [...shown].sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : Number(rankOf(a) > rankOf(b))));
  }

  /** In whose split it is to come: as told, else as it has been. */
  public parentOf(shown: Shown, { beside }: Wanted): Entry | undefined {
    const key = beside === undefined ? this._layout.neighbour(keyOf(shown)) : keyOf(beside);
    return this._entries.find((entry) => keyOf(entry.shown) === key);
  }

  /** Where it is to be made; its place is taken from then on. */
  public take(shown: Shown, options: Wanted): Place | undefined {
    const key = keyOf(shown);
    const { place } = options;
    const column = this._layout.of(key)?.column ?? null;
    const parent = columnOf(place) === null ? this.parentOf(shown, options) : undefined;
    // Of one that is made already VS Code 1.139 makes no split, without a word.
    if (parent?.terminal !== undefined && !parent.isMade) {
      this._layout.open(key, keyOf(parent.shown));
      return { parentTerminal: parent.terminal };
    }
    this._layout.open(key, undefined);
    return place ?? placeIn(column);
  }

  /** It comes in the split of an open one; else alone, where VS Code wants it. */
  public open(shown: Shown, parent?: Entry): void {
    this._layout.open(keyOf(shown), parent === undefined ? undefined : keyOf(parent.shown));
  }

  public close(shown: Shown): void {
    this._layout.close(keyOf(shown));
  }

  /** It is about to be the active one. */
  public raise(terminal: Terminal): void {
    this._lastActive.note(terminal);
  }

  private _locate(): void {
    const columns = columnsOf(
      this._entries.map(({ terminal, shown, lastColumn }) => ({
        terminal,
        name: shown.name,
        last: lastColumn,
      })),
    );
    for (const [index, entry] of this._entries.entries()) {
      entry.column = columns[index] ?? null;
      this._layout.moveTo(keyOf(entry.shown), entry.column);
      // Kept while the tab is still being made.
      entry.lastColumn = entry.column ?? entry.lastColumn;
    }
  }
}
