/** Up to where a history is on the disk for certain, while pieces of it are on their way there. */
export class FlushedUpTo {
  private readonly _underWay: { upTo: number; readonly at: number; isDone: boolean }[] = [];
  private _asOf = Number.NEGATIVE_INFINITY;

  public constructor(private _position: number) {}

  public get position(): number {
    return this._position;
  }

  /** When all that had been written was on its way, of what has come to the disk since; by performance.now(). */
  public get asOf(): number {
    return this._asOf;
  }

  /** Everything before `upTo` that is not on the disk yet is on its way. @returns what is to be called when it is there */
  public begun(upTo: number): () => void {
    const piece = { upTo, at: performance.now(), isDone: false };
    this._underWay.push(piece);
    return () => {
      piece.isDone = true;
      // A later piece may come before an earlier one.
      while (this._underWay[0]?.isDone === true) {
        const { upTo: reached, at } = this._underWay.shift() ?? piece;
        this._position = Math.max(this._position, reached);
        this._asOf = at;
      }
    };
  }

  public all(upTo: number): void {
    this._underWay.length = 0;
    this._position = upTo;
    this._asOf = performance.now();
  }

  /** What stands behind `position` is taken back; other bytes may come there. */
  public cutAt(position: number): void {
    this._position = Math.min(this._position, position);
    for (const piece of this._underWay) {
      piece.upTo = Math.min(piece.upTo, position);
    }
  }
}
