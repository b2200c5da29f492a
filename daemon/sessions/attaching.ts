import type { Hello } from '../protocol/hello';
import { HostTicket } from '../protocol/host';
import type { Offset, Ticket } from '../protocol/ids';
import type { StreamAddress, TerminalAttach, TerminalStreamReady } from '../protocol/terminals';
import type { TerminalRow } from '../store/rows';
import type { HostCalls } from './hostCalls';
import { requireTerminalInfo, terminalState } from './info';
import type { Lifecycle } from './lifecycle';
import { Nesting } from './nesting';
import type { Parts } from './parts';
import { reachableState } from './reachable';
import type { ScreenAccess } from './screenAccess';
import type { Targets } from './targets';

/** What somebody is shown, and, where a program runs, how it goes on. */
type Seen = Pick<
  TerminalAttach.Result,
  'snapshot' | 'snapshotBytes' | 'continuation' | 'offset' | 'size' | 'stream'
>;

export type TellStream = (ready: TerminalStreamReady.Params) => void;

/** Shows somebody a terminal: its screen now, and, where its program runs, a ticket for what follows. */
export class Attaching {
  private readonly _nesting: Nesting;

  public constructor(
    private readonly _parts: Parts,
    private readonly _targets: Targets,
    private readonly _lifecycle: Lifecycle,
    private readonly _screens: ScreenAccess,
    private readonly _calls: HostCalls,
  ) {
    this._nesting = new Nesting(_parts.catalog);
  }

  /** @param tell where the stream is, if it is wanted early */
  public async attach(
    params: TerminalAttach.Params,
    client: Hello['client'],
    tell: TellStream,
  ): Promise<TerminalAttach.Result> {
    const { catalog } = this._parts;
    const row = this._targets.resolveToAttach(params.target);
    const session = catalog.session(row.session);
    const state = reachableState(row, this._parts);
    if (state === 'running') {
      await this._nesting.admit(row, client);
    }
    // From then on an ephemeral session ends without viewers: that is not to be forgotten.
    const stored = session?.kind === 'ephemeral' ? this._targets.attached(row.session) : undefined;
    const [seen] = await Promise.all([this._screenOf(row, params, client, state, tell), stored]);
    if (stored === undefined) {
      this._targets.attachedSoon(row.session);
    }
    return {
      session: row.session,
      sessionName: session?.name ?? row.session,
      terminal: requireTerminalInfo(row.id, catalog),
      ...seen,
    };
  }

  private async _screenOf(
    row: TerminalRow,
    params: TerminalAttach.Params,
    client: Hello['client'],
    state: 'running' | 'exited' | 'lost',
    tell: TellStream,
  ): Promise<Seen> {
    if (state === 'running') {
      try {
        return await this._attachRunning(row, params, client, tell);
      } catch (error) {
        // The program ended meanwhile, and its PTY host has handed everything over: there is its last screen.
        const { catalog } = this._parts;
        const now = catalog.terminal(row.id);
        if (now === undefined || terminalState(now, catalog) === 'running') {
          throw error;
        }
      }
    }
    return this._screens.lastSnapshot(row, params);
  }

  private async _attachRunning(
    row: TerminalRow,
    params: TerminalAttach.Params,
    { kind, pid }: Hello['client'],
    tell: TellStream,
  ): Promise<Seen> {
    const host = this._parts.hosts.require(row.host);
    if (params.takeOver === true) {
      await this._lifecycle.revoke([row], 'taken over');
    }
    const { mode, size, sizing, early } = params;
    const viewer = {
      mode,
      client: kind,
      pid,
      ...(size === undefined ? {} : { size }),
      ...(sizing === undefined ? {} : { sizing }),
    };
    // Both are on their way at once, and the PTY host takes them in this order.
    const asked = Promise.all([
      mode === 'interactive' && size !== undefined
        ? this._calls.resizeFor(row, size, sizing ?? 'active')
        : undefined,
      this._calls.syncFor(row, viewer),
    ]);
    // Both are under way while its file is read.
    const address = host.readAddress();
    const [, { head, ticket: issued }] = await asked;
    const streamFrom = async (from: Offset, ticket?: Ticket): Promise<StreamAddress> => ({
      ...address,
      ticket: ticket ?? (await host.call(HostTicket.type, { ...viewer, terminal: row.id, from })).ticket,
    });
    // Most snapshots are of what the PTY host has just told: where the stream begins need not wait for them.
    const opening = streamFrom(head, issued);
    const [snapshot, stream] = await Promise.all([
      this._screens.snapshotToFollow(row, params, head),
      early === undefined ? opening : announced(opening, head, early, tell),
    ]);
    const isThere = early !== undefined || snapshot.offset === head;
    return { ...snapshot, stream: isThere ? stream : await streamFrom(snapshot.offset) };
  }
}

/** Whoever waits for the stream and the screen at once is told where the one is before there is the other. */
const announced = async (
  opening: Promise<StreamAddress>,
  from: Offset,
  early: number,
  tell: TellStream,
): Promise<StreamAddress> => {
  const stream = { ...(await opening), from };
  tell({ early, stream });
  return stream;
};
