import { Disposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import { HostSync } from '../protocol/host';
import type { Offset, TerminalId } from '../protocol/ids';
import { isSameSize, type Size } from '../protocol/model';
import type { MouseGesture, MousePlace } from '../protocol/mouse';
import type { TerminalAttach } from '../protocol/terminals';
import type { ScreenParts, SnapshotResult, WantedScreen } from '../screen/screens';
import type { TerminalRow } from '../store/rows';
import { journalPath, mendJournal } from './journals';
import type { Parts } from './parts';
import { rawOutput } from './rawOutput';
import { reachableState } from './reachable';

type Snapshot = Pick<
  TerminalAttach.Result,
  'snapshot' | 'snapshotBytes' | 'continuation' | 'offset' | 'size'
>;

/** How much of a screen is wanted, and how it is to travel. */
type Wanted = Pick<TerminalAttach.Params, 'history' | 'bytes'>;
type WantedLast = Pick<TerminalAttach.Params, 'history' | 'bytes' | 'room'>;

/** A resize has no bytes, so the mirror may stand at the right offset and not have seen it for a moment. */
const RESIZE_WAIT_MS = 500;
const RESIZE_POLL_MS = 4;
/** A mirror that is not up to date by then is in a flood; people notice a longer wait. */
const FLOOD_WAIT_MS = 100;

/** The screens of running terminals as they are followed, those of ended ones as they are kept. */
export class ScreenAccess extends Disposable {
  /**
   * Ended terminals whose screen has been rebuilt from what is on disk, with that end: a program that is started in one
   * may have ended before it is known to run.
   */
  private readonly _restored = new Map<TerminalId, TerminalRow['exitedAt']>();

  public constructor(private readonly _parts: Parts) {
    super();
    this._register(
      _parts.catalog.onDidChange((session) => {
        for (const row of _parts.catalog.terminalsOf(session)) {
          if (row.state === 'running') {
            this._restored.delete(row.id);
          }
        }
      }),
    );
  }

  /**
   * The screen for somebody who goes on with the output behind it: up to date, unless a flood keeps the mirror
   * so far behind that waiting would be felt. Then it is shown as far as it has come, and the output follows.
   */
  public async snapshotToFollow(row: TerminalRow, wanted: Wanted, head: Offset): Promise<Snapshot> {
    try {
      return await this.snapshot(row, wanted, head, FLOOD_WAIT_MS);
    } catch (error) {
      if (error instanceof HoldfastError && error.code === 'TIMEOUT') {
        return this.snapshot(row, wanted);
      }
      throw error;
    }
  }

  public async snapshot(
    row: TerminalRow,
    { history, bytes }: Wanted,
    atLeast?: Offset,
    timeoutMs?: number,
  ): Promise<Snapshot> {
    try {
      return encoded(await this._drawn(row, history, atLeast, timeoutMs), bytes);
    } catch (error) {
      return encoded(await this._unseen(row, error), bytes);
    }
  }

  private async _drawn(
    row: TerminalRow,
    history: number | undefined,
    atLeast: Offset | undefined,
    timeoutMs: number | undefined,
  ): Promise<SnapshotResult> {
    const { screens } = this._parts;
    await this.prepare(row);
    const options = {
      ...(history === undefined ? {} : { history }),
      ...(atLeast === undefined ? {} : { atLeast }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    return this._atSize(row, () => screens.snapshot(row.id, options));
  }

  /** Of a terminal whose program has ended: to be read where it is shown. */
  public async lastSnapshot(row: TerminalRow, { history, bytes, room }: WantedLast): Promise<Snapshot> {
    try {
      await this.prepare(row);
      const result = await this._parts.screens.snapshot(row.id, {
        ...(history === undefined ? {} : { history }),
        ...(room === undefined ? {} : { room }),
      });
      return encoded(result, bytes);
    } catch (error) {
      return encoded(await this._unseen(row, error), bytes);
    }
  }

  public async screen(
    row: TerminalRow,
    wanted: WantedScreen,
    atLeast?: Offset,
  ): Promise<Omit<ScreenParts, 'offset'>> {
    const { screens } = this._parts;
    await this.prepare(row);
    const options = {
      ...wanted,
      ...(atLeast === undefined ? {} : { atLeast }),
    };
    const { offset: _offset, ...screen } = await this._atSize(row, () => screens.screen(row.id, options));
    return screen;
  }

  /** In the modes that the program has set by what it had written when the call came. */
  public async encodeKeys(row: TerminalRow, keys: readonly string[]): Promise<readonly Buffer[]> {
    return this._parts.screens.encodeKeys(row.id, keys, { atLeast: await this._head(row) });
  }

  public async encodeMouse(
    row: TerminalRow,
    gesture: MouseGesture,
  ): Promise<{ readonly bytes: Buffer; readonly place: MousePlace }> {
    return this._parts.screens.encodeMouse(row.id, gesture, { atLeast: await this._head(row) });
  }

  public async encodePaste(row: TerminalRow, text: string): Promise<Buffer> {
    return this._parts.screens.encodePaste(row.id, text, { atLeast: await this._head(row) });
  }

  /** Resolves when what the program had written when the call came has been parsed. @throws as `encodeKeys` */
  public async read(row: TerminalRow): Promise<void> {
    if (reachableState(row, this._parts) === 'running') {
      await this.encodeKeys(row, []);
    } else {
      await this.prepare(row);
    }
  }

  /** Makes sure that an ended terminal's screen has everything its journal holds. */
  public async prepare(row: TerminalRow): Promise<void> {
    const current = this._parts.catalog.terminal(row.id);
    if (current === undefined || current.state === 'running' || this._isRestored(current)) {
      return;
    }
    const { catalog, screens, settings } = this._parts;
    mendJournal(this._parts, row.id);
    const journal = journalPath(settings.dataDir, row.id);
    await screens.restore(row.id, { size: catalog.sizeOf(current), journal, nonce: current.shellNonce });
    this._restored.set(row.id, current.exitedAt);
  }

  private _isRestored({ id, exitedAt }: TerminalRow): boolean {
    return this._restored.has(id) && this._restored.get(id) === exitedAt;
  }

  /** What to show of a terminal whose screen is set aside. @throws `error` when it is another one */
  private async _unseen(row: TerminalRow, error: unknown): Promise<SnapshotResult> {
    if (!(error instanceof HoldfastError) || error.code !== 'SCREEN_SET_ASIDE') {
      throw error;
    }
    const current = this._parts.catalog.terminal(row.id) ?? row;
    const head = current.state === 'running' ? await this._head(current) : undefined;
    return rawOutput(current, this._parts.settings.dataDir, head);
  }

  private async _head(row: TerminalRow): Promise<Offset> {
    return (await this._parts.hosts.require(row.host).call(HostSync.type, { terminal: row.id })).head;
  }

  /** Looks again while the mirror of a running terminal has not the size that was confirmed. */
  private async _atSize<T extends { readonly size: Size }>(
    row: TerminalRow,
    look: () => Promise<T>,
  ): Promise<T> {
    const deadline = performance.now() + RESIZE_WAIT_MS;
    for (;;) {
      const result = await look();
      const { catalog } = this._parts;
      const current = catalog.terminal(row.id);
      if (
        current?.state !== 'running' ||
        isSameSize(catalog.sizeOf(current), result.size) ||
        performance.now() > deadline
      ) {
        return result;
      }
      await new Promise((resolve) => setTimeout(resolve, RESIZE_POLL_MS));
    }
  }
}

const encoded = (result: SnapshotResult, bytes: boolean | undefined): Snapshot => {
  const { snapshot, ...rest } = result;
  return {
    ...rest,
    continuation: result.continuation.toString('base64'),
    ...(bytes === true
      ? { snapshot: '', snapshotBytes: snapshot }
      : { snapshot: Buffer.from(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength).toString() }),
  };
};
