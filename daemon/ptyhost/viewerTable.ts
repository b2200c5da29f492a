import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import type { Millis, ViewerId } from '../protocol/ids';
import type { Size, SizeRule, ViewerInfo, ViewerMode } from '../protocol/model';

export interface NewViewer {
  readonly id: ViewerId;
  readonly mode: ViewerMode;
  readonly client: string;
  readonly pid: number | undefined;
  readonly size: Size | undefined;
  readonly sizing: SizeRule;
  readonly attachedAt: Millis;
}

interface Row extends NewViewer {
  size: Size | undefined;
}

/**
 * Who looks at a terminal, and whose size counts: the active viewer's, the last interactive one that typed,
 * was focused, resized or attached; where one asks for it, the smallest of all. Read-only viewers never count.
 */
export class ViewerTable extends Disposable {
  /** The least recently active one first. */
  private readonly _rows: Row[] = [];
  private _active: Row | undefined;

  private readonly _onDidChange = this._register(new Emitter<void>());
  /** Somebody came, left, became active, or changed its size. */
  public readonly onDidChange = this._onDidChange.event;

  /** The size that the viewers want; undefined while none is active. */
  public get wantedSize(): Size | undefined {
    const { size, sizing } = this._active ?? {};
    return size === undefined || sizing === undefined ? undefined : this.sizeWith(size, sizing);
  }

  /** The size they would want if one of this size were the active one. */
  public sizeWith(size: Size, sizing: SizeRule): Size {
    const others = this._rows.filter((row) => row.mode === 'interactive' && row.size !== undefined);
    if (sizing === 'active' && others.every((row) => row.sizing === 'active')) {
      return size;
    }
    return {
      cols: Math.min(size.cols, ...others.map((row) => row.size?.cols ?? size.cols)),
      rows: Math.min(size.rows, ...others.map((row) => row.size?.rows ?? size.rows)),
    };
  }

  public list(inForce: Size): ViewerInfo[] {
    return [...this._rows]
      .sort((a, b) => a.attachedAt - b.attachedAt)
      .map((row) => ({
        id: row.id,
        mode: row.mode,
        client: row.client,
        ...(row.pid === undefined ? {} : { pid: row.pid }),
        ...(row.size ?? inForce),
        attachedAt: row.attachedAt,
        active: row === this._active,
      }));
  }

  public add(viewer: NewViewer): void {
    this._rows.push({ ...viewer });
    this.activate(viewer.id);
    if (this._active?.id !== viewer.id) {
      this._onDidChange.fire();
    }
  }

  /** When the active one leaves, the one before it is active again; when nobody is left, the size stays. */
  public remove(id: ViewerId): void {
    const at = this._rows.findIndex((row) => row.id === id);
    const [row] = at < 0 ? [] : this._rows.splice(at, 1);
    if (row === undefined) {
      return;
    }
    if (row === this._active) {
      this._active = this._rows.findLast((other) => other.mode === 'interactive' && other.size !== undefined);
    }
    this._onDidChange.fire();
  }

  /** It typed or was focused. */
  public activate(id: ViewerId): void {
    if (this._active?.id === id) {
      return;
    }
    const row = this._row(id);
    if (row === undefined || row.mode !== 'interactive' || row === this._active) {
      return;
    }
    this._rows.splice(this._rows.indexOf(row), 1);
    this._rows.push(row);
    if (row.size !== undefined) {
      this._active = row;
      this._onDidChange.fire();
    }
  }

  public resize(id: ViewerId, size: Size): void {
    const row = this._row(id);
    if (row === undefined) {
      return;
    }
    row.size = size;
    const wasActive = row === this._active;
    this.activate(id);
    if (wasActive || row.mode !== 'interactive') {
      this._onDidChange.fire();
    }
  }

  /** Nobody's size counts until a viewer is active again. */
  public deactivate(): void {
    if (this._active !== undefined) {
      this._active = undefined;
      this._onDidChange.fire();
    }
  }

  private _row(id: ViewerId): Row | undefined {
    return this._rows.find((row) => row.id === id);
  }
}
