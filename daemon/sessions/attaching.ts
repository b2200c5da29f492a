import type { Hello } from '../protocol/hello';
import { HostTicket } from '../protocol/host';
import type { Offset } from '../protocol/ids';
import type { TerminalAttach } from '../protocol/terminals';
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

  public async attach(
    params: TerminalAttach.Params,
    client: Hello['client'],
  ): Promise<TerminalAttach.Result> {
    const { catalog } = this._parts;
    const row = this._targets.resolveToAttach(params.target);
    const session = catalog.session(row.session);
    const state = reachableState(row, catalog);
    if (state === 'running') {
      await this._nesting.admit(row, client);
    }
    // From then on an ephemeral session ends without viewers: that is not to be forgotten.
    const stored = session?.kind === 'ephemeral' ? this._targets.attached(row.session) : undefined;
    const [seen] = await Promise.all([this._screenOf(row, params, client, state), stored]);
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
  ): Promise<Seen> {
    if (state === 'running') {
      try {
        return await this._attachRunning(row, params, client);
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
  ): Promise<Seen> {
    const host = this._parts.hosts.require(row.host);
    if (params.takeOver === true) {
      await this._lifecycle.revoke([row], 'taken over');
    }
    // Both are on their way at once, and the PTY host takes them in this order.
    const [, head] = await Promise.all([
      params.mode === 'interactive' && params.size !== undefined
        ? this._calls.resize(row, params.size, params.sizing ?? 'active')
        : undefined,
      this._calls.sync(row),
    ]);
    const issue = (from: Offset): Promise<HostTicket.Result> =>
      host.call(HostTicket.type, {
        terminal: row.id,
        mode: params.mode,
        client: kind,
        pid,
        from,
        ...(params.size === undefined ? {} : { size: params.size }),
        ...(params.sizing === undefined ? {} : { sizing: params.sizing }),
      });
    // Most snapshots are of what the PTY host has just told: its ticket need not wait for them.
    const under = Promise.all([this._screens.snapshotToFollow(row, params, head), issue(head)]);
    // Both are under way while its file is read.
    const address = host.readAddress();
    const [snapshot, early] = await under;
    const { ticket } = snapshot.offset === head ? early : await issue(snapshot.offset);
    return { ...snapshot, stream: { ...address, ticket } };
  }
}
