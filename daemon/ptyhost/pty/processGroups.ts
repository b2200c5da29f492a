import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { promisify } from 'node:util';

interface Leader {
  readonly pid: number;
  readonly ptsName: string;
}

/**
 * Signals every process group that belongs to a terminal: job control gives each job its own. SIGHUP is
 * followed by SIGCONT, as the kernel does it, so that stopped jobs hear it too.
 */
export const signalGroups = async (
  leader: Leader,
  how: 'hang-up' | 'kill',
  leaderLives: boolean,
): Promise<void> => {
  const groups = new Set(await groupsOf(leader));
  if (leaderLives) {
    groups.add(leader.pid);
  }
  for (const group of groups) {
    for (const signal of how === 'kill' ? (['SIGKILL'] as const) : (['SIGHUP', 'SIGCONT'] as const)) {
      try {
        process.kill(-group, signal);
      } catch {
        // The group has ended meanwhile.
      }
    }
  }
};

const groupsOf = (leader: Leader): Promise<number[]> =>
  process.platform === 'linux' ? Promise.resolve(linuxGroups(leader.pid)) : groupsByTerminal(leader.ptsName);

/** The groups of a session, out of /proc/PID/stat, proc(5): field 5 is the group, 6 the session. */
const linuxGroups = (session: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(fields[3]) === session ? [Number(fields[2])] : [];
      } catch {
        // Ended between two calls.
        return [];
      }
    });

const groupsByTerminal = async (ptsName: string): Promise<number[]> => {
  try {
    const { stdout } = await promisify(execFile)('ps', ['-t', basename(ptsName), '-o', 'pgid=']);
    return stdout
      .split('\n')
      .map(Number)
      .filter((group) => group > 1);
  } catch {
    // ps fails when nothing runs there.
    return [];
  }
};
