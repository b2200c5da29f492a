/** Up to where a history is on the disk for certain, while pieces of it are on their way there. */
export class FlushedUpTo {
  private readonly _underWay: { upTo: number; isDone: boolean }[] = [];

  public constructor(private _position: number) {}

  public get position(): number {
    return this._position;
  }

  /** Everything before `upTo` that is not on the disk yet is on its way. @returns what is to be called when it is there */
  public begun(upTo: number): () => void {
    const piece = { upTo, isDone: false };
    this._underWay.push(piece);
    return () => {
      piece.isDone = true;
      // A later piece may come before an earlier one.
      while (this._underWay[0]?.isDone === true) {
        this._position = Math.max(this._position, this._underWay.shift()?.upTo ?? 0);
      }
    };
  }

  public all(upTo: number): void {
    this._underWay.length = 0;
    this._position = upTo;
  }

  /** What stands behind `position` is taken back; other bytes may come there. */
  public cutAt(position: number): void {
    this._position = Math.min(this._position, position);
    for (const piece of this._underWay) {
      piece.upTo = Math.min(piece.upTo, position);
    }
  }
}
