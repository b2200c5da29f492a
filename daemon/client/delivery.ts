import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import { offset } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { TerminalAttach } from '../protocol/terminals';
import type { AttachOptions, Gap, ResetReason } from './attachmentTypes';
import { Credit } from './credit';
import { QueryFilter } from './queryFilter';
import type { StreamLink } from './streamLink';

/** RIS: back to the initial state, scrollback included; DEC STD 070. */
const RESET_TO_INITIAL_STATE = '\x1bc';

export type Screen = Pick<
  TerminalAttach.Result,
  'snapshot' | 'snapshotBytes' | 'continuation' | 'offset' | 'size'
>;

/** What `output` found: a hole is output that has not come and will not come by itself. */
export type Taken = 'taken' | 'hole';

/**
 * The way of screens and output to the consumer: in order, each byte of the journal once, without queries,
 * counted for acknowledgement. Knows nothing of how they come here.
 */
export class Delivery extends Disposable {
  private readonly _onData = this._register(new Emitter<Uint8Array>());
  public readonly onData = this._onData.event;
  private readonly _onResize = this._register(new Emitter<Size>());
  public readonly onResize = this._onResize.event;
  private readonly _onGap = this._register(new Emitter<Gap>());
  public readonly onGap = this._onGap.event;

  public readonly credit: Credit;
  private readonly _filter = new QueryFilter();
  private _told: Size | undefined;
  /** A SEEK was sent: what comes from elsewhere is from before it. */
  private _seeking = false;

  /** @param _position where the first output is expected */
  public constructor(
    private readonly _options: AttachOptions,
    private _position: number,
    acknowledge: (upTo: number) => void,
  ) {
    super();
    this.credit = new Credit(acknowledge);
  }

  /** The offset behind the last byte that came. */
  public get position(): number {
    return this._position;
  }

  /** Everything from here on is on top of this screen. */
  public show(reason: ResetReason, screen: Screen): void {
    this._tell(screen.size);
    const reset =
      this._options.reset?.(reason, screen.size) ?? (reason === 'attach' ? '' : RESET_TO_INITIAL_STATE);
    const continuation = Buffer.from(screen.continuation, 'base64');
    this._filter.reset();
    this._position = screen.offset;
    this._seeking = false;
    const snapshot = screen.snapshotBytes ?? Buffer.from(screen.snapshot);
    const before = typeof reset === 'string' ? Buffer.from(reset) : reset;
    // It may be the first half of a query.
    const behind = this._withoutQueries(continuation);
    const isAlone = before.length === 0 && behind.length === 0;
    // A long one is not copied for nothing.
    this._deliver(isAlone ? snapshot : Buffer.concat([before, snapshot, behind]));
  }

  /** Takes what is new of a piece of the journal: pieces may overlap after a SEEK, and old ones be on their way. */
  public output(at: number, data: Buffer): Taken {
    if (at > this._position) {
      return this._seeking ? 'taken' : 'hole';
    }
    const end = at + data.length;
    if (end > this._position) {
      this._seeking = false;
      const fresh = at === this._position ? data : data.subarray(this._position - at);
      this._position = end;
      this._deliver(this._withoutQueries(fresh));
    }
    return 'taken';
  }

  public resized(at: number, size: Size): void {
    // Elsewhere than where output is expected after a SEEK: from before it, and it will come again in its turn.
    const isStale = at < this._position || (this._seeking && at > this._position);
    const isKnown = size.cols === this._told?.cols && size.rows === this._told.rows;
    if (!isStale && !isKnown) {
      this._tell(size);
    }
  }

  /** Goes on behind output that is gone. */
  public skipTo(to: number): void {
    if (to > this._position) {
      const gap = { from: offset(this._position), to: offset(to) };
      this.flush();
      this._position = to;
      this._seeking = false;
      this._onGap.fire(gap);
    }
  }

  /** Asks a stream to go on from where we are. */
  public seek(link: StreamLink): void {
    this._seeking = true;
    this.credit.seek(this._position);
    link.send({ kind: 'seek', offset: offset(this._position) });
  }

  /** Gives out what was held back because it looked like the beginning of a query. */
  public flush(): void {
    this._deliver(this._filter.flush());
  }

  private _withoutQueries(data: Buffer): Buffer {
    return this._options.keepQueries === true ? data : this._filter.push(data);
  }

  private _tell(size: Size): void {
    this._told = size;
    this._onResize.fire(size);
  }

  private _deliver(data: Uint8Array): void {
    this.credit.deliver(data.length, this._position);
    if (data.length > 0) {
      this._onData.fire(data);
    }
    if (this._options.flow !== 'manual') {
      this.credit.handle(data.length);
    }
  }
}
