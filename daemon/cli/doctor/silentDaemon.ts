import { livingHosts, tellsOfHosts } from '../../client/endpoint';
import { isStopped } from '../../platform/processIdentity';
import type { Finding } from '../../protocol/daemon';
import type { EndpointRecord } from '../../protocol/endpoint';
import { of } from './finding';

/** A daemon that lives and does not answer: which process it is, what goes on without it, and what ends it alone. */
export const silentDaemon = ({ pid }: EndpointRecord, dataDir: string): Finding => {
  const stopped = isStopped(pid);
  return of('daemon')({
    status: 'error',
    message: `process ${pid} ${stopped ? 'is stopped (as by SIGSTOP), and' : 'lives, and'} does not answer${programsOf(dataDir)}`,
    suggestion: `${stopped ? `'kill -CONT ${pid}' lets it go on. Else 'holdfast` : "If it stays so, 'holdfast"} daemon restart' puts another in its place; 'kill -9 ${pid}' ends the daemon alone as well, and the next call starts another.`,
  });
};

const programsOf = (dataDir: string): string => {
  const hosts = livingHosts(dataDir);
  if (!tellsOfHosts(dataDir)) {
    return '; programs run on';
  }
  return hosts.length === 0
    ? '; no programs run'
    : `; programs live in the PTY ${hosts.length === 1 ? 'host (process' : 'hosts (processes'} ${hosts.join(', ')}), and go on`;
};
