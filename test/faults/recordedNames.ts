/** A folder's names and what they lead to: as readers see them, and as a power cut may leave them. */
export class RecordedNames<T> {
  /** What readers see; whoever changes it says so. */
  public readonly seen = new Map<string, T>();
  private _flushed: ReadonlyMap<string, T> = new Map();
  private _between: ReadonlyMap<string, T>[] = [];

  /** As the folder's last flush has left them. */
  public get flushed(): ReadonlyMap<string, T> {
    return this._flushed;
  }

  /** As they were after each change since that flush, oldest first: a disk may have come as far as any. */
  public get between(): readonly ReadonlyMap<string, T>[] {
    return this._between;
  }

  /** A call was made that may have changed them. */
  public called(): void {
    const last = this._between.at(-1) ?? this._flushed;
    if (last.size !== this.seen.size || [...this.seen].some(([name, file]) => last.get(name) !== file)) {
      this._between.push(new Map(this.seen));
    }
  }

  public flush(): void {
    this._flushed = new Map(this.seen);
    this._between = [];
  }

  public rename(from: string, to: string): void {
    const file = this.seen.get(from);
    this.seen.delete(from);
    if (file !== undefined) {
      this.seen.set(to, file);
    }
  }
}
