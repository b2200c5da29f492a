import { type Ending, endingsOf } from '../platform/lifetime/ending';
import { placeHere } from '../platform/lifetime/here';
import { isDead, livingHosts, readEndpoint } from './endpoint';

/**
 * What ends the sessions of a data folder, each kind once: by where its PTY hosts run, else its daemon, else whoever asks, whose
 * daemon would run there too.
 *
 * @param env of a process that an editor or a shell has started
 * @throws HoldfastError AUTH_FAILED, where the folder is another's
 */
export const endingsOfSessions = (dataDir: string, env: NodeJS.ProcessEnv): readonly Ending[] => {
  const place = placeHere(env);
  const found = new Map<Ending['kind'], Ending>();
  for (const pid of holders(dataDir)) {
    for (const ending of endingsOf(place, pid)) {
      found.set(ending.kind, ending);
    }
  }
  return [...found.values()];
};

const holders = (dataDir: string): readonly (number | 'self')[] => {
  const hosts = livingHosts(dataDir);
  if (hosts.length > 0) {
    return hosts;
  }
  const daemon = readEndpoint(dataDir);
  if (daemon !== undefined && !isDead(daemon)) {
    return [daemon.pid];
  }
  return ['self'];
};
