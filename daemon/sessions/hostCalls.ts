import { HoldfastError } from '../protocol/errors';
import { HostResize, HostSync, HostWrite } from '../protocol/host';
import type { Offset } from '../protocol/ids';
import type { Size, SizeRule } from '../protocol/model';
import type { TerminalRow } from '../store/rows';
import type { Parts } from './parts';
import { notRunning } from './reachable';
import { noteSize } from './sizeNotes';

/** A PTY host waits 10 s for a program to read its input before it gives up; that must not look like its silence. */
const WRITE_TIMEOUT_MS = 20_000;

/** What the PTY host of a running terminal is asked for it. */
export class HostCalls {
  public constructor(private readonly _parts: Pick<Parts, 'hosts' | 'catalog' | 'report'>) {}

  /**
   * @param coming the rule of the viewer it is done for: others may want the terminal smaller
   * @returns when the size in force is on the disk
   */
  public async resize(row: TerminalRow, size: Size, coming?: SizeRule): Promise<void> {
    await noteSize(this._parts.catalog, row.id, await this._resized(row, size, coming));
  }

  /** The same for a viewer that is about to come, and does not wait for the disk: the PTY host knows the size. */
  public async resizeFor(row: TerminalRow, size: Size, coming: SizeRule): Promise<void> {
    const inForce = await this._resized(row, size, coming);
    noteSize(this._parts.catalog, row.id, inForce).catch((error: unknown) =>
      this._parts.report(`noting the size of ${row.id}`, error),
    );
  }

  /** Has its PTY host take in what the program has written. @returns how much that is */
  public async sync(row: TerminalRow): Promise<Offset> {
    return (await this._parts.hosts.require(row.host).call(HostSync.type, { terminal: row.id })).head;
  }

  /** The same; undefined when its program has ended meanwhile, and its PTY host has let go of it. */
  public async syncUnlessEnded(row: TerminalRow): Promise<Offset | undefined> {
    try {
      return await this.sync(row);
    } catch (error) {
      const isGone = HoldfastError.from(error).code === 'TERMINAL_NOT_FOUND';
      if (isGone && this._parts.catalog.terminal(row.id)?.state !== 'running') {
        return undefined;
      }
      throw error;
    }
  }

  /** The newest offset of an ended terminal that its PTY host still has: it may have output that a full disk has not taken. */
  public async headIfHeld(row: TerminalRow): Promise<Offset | undefined> {
    const host = this._parts.hosts.get(row.host);
    if (host?.state !== 'connected') {
      return undefined;
    }
    // Any refusal says that it has let go of it: the file has all there is.
    return host.call(HostSync.type, { terminal: row.id }).then(
      ({ head }) => head,
      () => undefined,
    );
  }

  /** The same for a viewer that is about to come. @returns with a ticket from there, unless the PTY host is an old one */
  public syncFor(row: TerminalRow, ticket: NonNullable<HostSync.Params['ticket']>): Promise<HostSync.Result> {
    return this._parts.hosts.require(row.host).call(HostSync.type, { terminal: row.id, ticket });
  }

  /**
   * @returns how many bytes the program was given
   * @throws SESSION_UNREACHABLE, also for what may still arrive; SESSION_EXITED
   */
  public async write(row: TerminalRow, data: Buffer): Promise<number> {
    if (data.length === 0) {
      return 0;
    }
    const host = this._parts.hosts.require(row.host);
    const params = { terminal: row.id, data: data.toString('base64') };
    try {
      return (await host.call(HostWrite.type, params, { timeoutMs: WRITE_TIMEOUT_MS, actsOnce: true })).bytes;
    } catch (error) {
      // Its end is on its way to the disk, and only then in its row.
      throw HoldfastError.from(error).code === 'TERMINAL_NOT_FOUND'
        ? notRunning(row, this._parts.catalog)
        : error;
    }
  }

  private async _resized(row: TerminalRow, size: Size, coming: SizeRule | undefined): Promise<Size> {
    const result = await this._parts.hosts.require(row.host).call(HostResize.type, {
      terminal: row.id,
      size,
      ...(coming === undefined ? {} : { viewer: { sizing: coming } }),
    });
    return result.size ?? size;
  }
}
