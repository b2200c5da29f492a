import { isStopped } from '../platform/processIdentity';
import { HoldfastError } from '../protocol/errors';
import type { Hello } from '../protocol/hello';
import { HostStatus } from '../protocol/host';
import { dial } from '../transport/dial';
import { RpcPeer } from '../transport/rpc';
import { type LivingHost, livingHostRecords } from './endpoint';

/** It does nothing that blocks: one that takes longer hangs. */
const ANSWER_MS = 2000;

/**
 * The PTY hosts of a data folder without a daemon that hold programs: their processes. One that can't be asked may hold some.
 * @throws HoldfastError AUTH_FAILED
 */
export const programsLeft = async (dataDir: string, client: Hello['client']): Promise<readonly number[]> => {
  const hosts = livingHostRecords(dataDir);
  const holds = await Promise.all(hosts.map((host) => mayHold(host, client)));
  return hosts.filter((_, index) => holds[index]).map(({ pid }) => pid);
};

/** What is said of them: who holds what goes on without a daemon. */
export const withoutDaemon = (hosts: readonly number[]): string =>
  `no daemon is running, but PTY host${hosts.length === 1 ? ' process' : ' processes'} ${hosts.join(', ')} still ${hosts.length === 1 ? 'holds' : 'hold'} programs`;

/** Stopping what does not run ends nothing: the programs that are left would go on. */
export const programsRunOn = (hosts: readonly number[]): HoldfastError =>
  new HoldfastError(
    'SESSIONS_RUNNING',
    withoutDaemon(hosts),
    "'holdfast daemon stop --force' ends them; 'holdfast ls' starts a daemon for them.",
    { ptyHosts: hosts },
  );

const mayHold = async (
  { pid, socket: path, token }: LivingHost,
  client: Hello['client'],
): Promise<boolean> => {
  if (typeof path !== 'string' || typeof token !== 'string' || isStopped(pid)) {
    return true;
  }
  try {
    const { socket } = await dial({ socket: path, token }, client, { timeoutMs: ANSWER_MS });
    const peer = new RpcPeer(socket);
    peer.listen();
    try {
      const { terminals } = await peer.call(HostStatus.type, {}, { timeoutMs: ANSWER_MS });
      return terminals.some(({ exit }) => exit === null);
    } finally {
      peer.dispose();
    }
  } catch {
    // Silent, or of another age: nobody knows.
    return true;
  }
};
