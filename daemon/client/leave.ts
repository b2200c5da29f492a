import { setTimeout as sleep } from 'node:timers/promises';
import { DaemonShutdown } from '../protocol/daemon';
import { HoldfastError } from '../protocol/errors';
import { RpcPeer } from '../transport/rpc';
import { type DaemonLink, isDead } from './endpoint';

/** A daemon asked to leave flushes its store first. */
const LEAVE_TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/** Asks a daemon to leave, and returns when its process has ended. @throws HoldfastError SESSIONS_RUNNING */
export const leave = async (
  link: DaemonLink,
  mode: DaemonShutdown.Params['mode'],
): Promise<DaemonShutdown.Result> => {
  const peer = new RpcPeer(link.socket);
  peer.listen();
  try {
    const result = await peer.call(DaemonShutdown.type, { mode });
    const deadline = performance.now() + LEAVE_TIMEOUT_MS;
    while (!isDead(link.endpoint)) {
      if (performance.now() > deadline) {
        throw new HoldfastError(
          'DAEMON_UNAVAILABLE',
          `the daemon (process ${link.endpoint.pid}) said it leaves, and has not within ${LEAVE_TIMEOUT_MS} ms`,
          "Try again; if it stays so, run 'holdfast doctor'.",
        );
      }
      await sleep(POLL_MS);
    }
    return result;
  } finally {
    peer.dispose();
  }
};
