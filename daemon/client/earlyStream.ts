import type { IDisposable } from '../lifecycle/lifecycle';
import type { Ticket } from '../protocol/ids';
import type { StreamAddress } from '../protocol/terminals';
import type { AttachHost } from './openStream';
import { StreamLink } from './streamLink';

/**
 * Opens the stream of an attach as soon as the daemon has told where it is, while the screen is drawn. Disposing
 * closes what nobody has taken.
 */
export class EarlyStream implements IDisposable {
  private static _last = 0;

  /** What the daemon tells it by. */
  public readonly number = ++EarlyStream._last;
  private readonly _listener: IDisposable;
  private _opening: { readonly ticket: Ticket; readonly link: Promise<StreamLink> } | undefined;

  public constructor(private readonly _host: AttachHost) {
    this._listener = _host.onStreamReady(({ early, stream }) => {
      if (early === this.number) {
        this._open(stream);
      }
    });
  }

  /**
   * The stream that the daemon's answer leads to: the one under way, or one that is opened now.
   * @throws HoldfastError as StreamLink.open
   */
  public take(stream: StreamAddress): Promise<StreamLink> {
    const opening = this._opening;
    if (opening?.ticket !== stream.ticket) {
      // The daemon is of a build that tells nothing before it answers.
      return StreamLink.open(stream, this._host.client);
    }
    this._opening = undefined;
    return opening.link;
  }

  public dispose(): void {
    this._listener.dispose();
    this._drop();
  }

  private _open(stream: StreamAddress): void {
    // A call that was made again, of the next daemon, leads to another one.
    this._drop();
    const link = StreamLink.open(stream, this._host.client);
    link.catch(() => undefined);
    this._opening = { ticket: stream.ticket, link };
  }

  private _drop(): void {
    const opening = this._opening;
    this._opening = undefined;
    opening?.link.then(
      (link) => link.close(),
      () => undefined,
    );
  }
}
