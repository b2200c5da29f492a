import { newToken } from '../platform/secrets';
import { HoldfastError } from '../protocol/errors';
import { type HostTicket, TICKET_TTL_MS } from '../protocol/host';
import type { Ticket } from '../protocol/ids';

interface Issued {
  readonly request: HostTicket.Params;
  readonly expires: number;
}

/** Permissions to open one stream each: unguessable, used once, gone after TICKET_TTL_MS. */
export class Tickets {
  private readonly _issued = new Map<Ticket, Issued>();

  /** `now` is a clock that never goes back, in milliseconds. */
  public constructor(private readonly _now: () => number = () => performance.now()) {}

  public issue(request: HostTicket.Params): Ticket {
    const now = this._now();
    // Oldest first: those that expired unused are swept here, so that none needs a timer.
    for (const [ticket, issued] of this._issued) {
      if (issued.expires > now) {
        break;
      }
      this._issued.delete(ticket);
    }
    const ticket = newToken() as Ticket;
    this._issued.set(ticket, { request, expires: now + TICKET_TTL_MS });
    return ticket;
  }

  /** @throws HoldfastError AUTH_FAILED when it was never issued, was used before, or has expired */
  public use(ticket: Ticket): HostTicket.Params {
    const issued = this._issued.get(ticket);
    this._issued.delete(ticket);
    if (issued === undefined || issued.expires <= this._now()) {
      throw new HoldfastError(
        'AUTH_FAILED',
        'the ticket was used before, has expired, or was never issued',
        'Attach again: a ticket opens one stream.',
      );
    }
    return issued.request;
  }
}
