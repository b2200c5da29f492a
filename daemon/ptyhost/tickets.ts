import { newToken } from '../platform/secrets';
import { HoldfastError } from '../protocol/errors';
import { type HostTicket, TICKET_TTL_MS } from '../protocol/host';
import type { TerminalId, Ticket } from '../protocol/ids';

/** Each of 2000 terminals attached twice within the life of a ticket; one is some 500 bytes. */
export const MAX_TICKETS = 4096;

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
    if (this._issued.size >= MAX_TICKETS) {
      throw new HoldfastError(
        'LIMIT_REACHED',
        `${MAX_TICKETS} tickets wait to be used already`,
        'Open the streams that were asked for, or wait until their tickets expire.',
      );
    }
    const ticket = newToken() as Ticket;
    this._issued.set(ticket, { request, expires: now + TICKET_TTL_MS });
    return ticket;
  }

  /** Voids what viewers of these terminals have not used yet; the daemon's own reader keeps its tickets. */
  public revoke(terminals: readonly TerminalId[]): void {
    for (const [ticket, { request }] of this._issued) {
      if (request.mode !== 'mirror' && terminals.includes(request.terminal)) {
        this._issued.delete(ticket);
      }
    }
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
