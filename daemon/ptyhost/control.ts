import {
  HostActivity,
  HostEnd,
  HostForget,
  HostPing,
  HostRead,
  HostRegister,
  HostRelease,
  HostResize,
  HostRevoke,
  HostSpawn,
  HostStatus,
  HostSync,
  HostTicket,
  HostWrite,
} from '../protocol/host';
import { type HostId, offset } from '../protocol/ids';
import type { AcceptedPeer } from '../transport/accept';
import { RpcPeer, TRUSTED } from '../transport/rpc';
import type { DaemonKeeper } from './daemonKeeper';
import type { PtyHost } from './ptyHost';

export interface ControlOptions {
  readonly id: HostId;
  readonly version: string;
  readonly host: PtyHost;
  readonly keeper: DaemonKeeper;
  /** A daemon has registered or released. */
  onDidChangeDaemon(): void;
}

/** Serves protocol/host.ts to one daemon, or to whoever else has the token. */
export const serveControl = ({ socket, hello }: AcceptedPeer, options: ControlOptions): void => {
  const { host, keeper } = options;
  const peer = new RpcPeer(socket, TRUSTED);
  peer.handle(HostStatus.type, () => ({
    id: options.id,
    pid: process.pid,
    version: options.version,
    terminals: host.terminals.map((terminal) => terminal.info()),
  }));
  peer.handle(HostActivity.type, ({ since }) => host.activity(since));
  peer.handle(HostRegister.type, ({ launch }) => {
    keeper.register(peer, launch, hello.client.pid);
    options.onDidChangeDaemon();
    return {};
  });
  peer.handle(HostRelease.type, ({ reason }) => {
    keeper.release(peer, reason);
    options.onDidChangeDaemon();
    return {};
  });
  peer.handle(HostSpawn.type, (params) => host.spawn(params));
  peer.handle(HostTicket.type, (params) => {
    host.terminal(params.terminal);
    offset(params.from);
    return { ticket: host.tickets.issue(params) };
  });
  peer.handle(HostRevoke.type, ({ viewers, tickets = [], reason }) => {
    host.tickets.revoke(tickets);
    return { revoked: host.revoke(viewers, reason) };
  });
  peer.handle(HostWrite.type, async ({ terminal, data }) => {
    const bytes = Buffer.from(data, 'base64');
    await host.terminal(terminal).write(bytes);
    return { bytes: bytes.length };
  });
  peer.handle(HostResize.type, ({ terminal, size, viewer }) =>
    host.terminal(terminal).resize(size, viewer?.sizing),
  );
  peer.handle(HostSync.type, ({ terminal, ticket }) => {
    const head = host.terminal(terminal).sync();
    return ticket === undefined
      ? { head }
      : { head, ticket: host.tickets.issue({ ...ticket, terminal, from: head }) };
  });
  peer.handle(HostRead.type, ({ terminal, from, to }) =>
    host.terminal(terminal).read(offset(from), offset(to)),
  );
  peer.handle(HostEnd.type, async ({ session }) => ({ ended: await host.end(session) }));
  peer.handle(HostPing.type, () => ({}));
  peer.handle(HostForget.type, ({ terminal, isRemoved }) => {
    host.forget(terminal, isRemoved === true ? 'removed' : 'kept');
    return {};
  });
  peer.listen();
};
