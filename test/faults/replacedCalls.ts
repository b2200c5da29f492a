/** Functions of modules that others stand in for, in this whole process, until they are restored. */
export class ReplacedCalls {
  private readonly _originals: (() => void)[] = [];

  public replace<T extends object, K extends keyof T>(module: T, name: K, other: T[K]): void {
    const original = module[name];
    module[name] = other;
    this._originals.push(() => {
      module[name] = original;
    });
  }

  public restore(): void {
    for (const restore of this._originals.splice(0)) {
      restore();
    }
  }
}
