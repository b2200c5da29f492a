import { readFileSync } from 'node:fs';
import { readLinuxForegroundFolder, readLinuxProcesses } from './processes/linux';
import { readPsProcesses } from './processes/ps';
import { readWindowsProcesses } from './processes/windows';

/** One process, as the platform lists it. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /**
   * What all processes of one terminal share, whatever their parents and groups: the session's id on Linux,
   * the controlling terminal's name elsewhere on Unix (macOS hides session ids); null where there is neither.
   */
  readonly session: string | null;
  /** In the unit of `startTimeOf`, or null where listing does not tell. */
  readonly startTime: string | null;
  /** Has ended and waits for its parent to notice. */
  readonly zombie: boolean;
  /** The command line, or the program's name where that is all there is. */
  readonly command: string;
  readonly rssBytes: number | null;
  /** Processor time used, user and system. */
  readonly cpuMs: number | null;
}

/** All processes this user can see; what can't be read is left out. @throws when no file descriptor is left to look with */
export const listProcesses = async (): Promise<readonly ProcessEntry[]> => {
  switch (process.platform) {
    case 'linux':
      return readLinuxProcesses();
    case 'win32':
      return readWindowsProcesses();
    default:
      return readPsProcesses();
  }
};

/** The `session` of the processes in the terminal whose first program is `pid`; null where there is no such thing. */
export const sessionKey = (pid: number, ptsName: string | null): string | null => {
  switch (process.platform) {
    case 'linux':
      return String(pid);
    case 'win32':
      return null;
    default:
      return ptsName === null ? null : ptsName.replace(/^\/dev\//, '');
  }
};

/** `roots` and everything below them, in the order of the list. */
export const withDescendants = (
  processes: readonly ProcessEntry[],
  roots: ReadonlySet<number>,
): readonly ProcessEntry[] => {
  const children = new Map<number, ProcessEntry[]>();
  for (const entry of processes) {
    const siblings = children.get(entry.parent);
    if (siblings === undefined) {
      children.set(entry.parent, [entry]);
    } else {
      siblings.push(entry);
    }
  }
  const found = new Set<number>();
  const pending = [...roots];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    if (!found.has(pid)) {
      found.add(pid);
      pending.push(...(children.get(pid) ?? []).map((child) => child.pid));
    }
  }
  return processes.filter((entry) => found.has(entry.pid));
};

/**
 * Whether a process was started with NAME=VALUE in its environment: the only thing that still marks one that
 * has left its session and its parent. Linux only; elsewhere, and when it can't be read, false.
 */
export const carriesVariable = (pid: number, name: string, value: string): boolean => {
  if (process.platform !== 'linux') {
    return false;
  }
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0${name}=${value}\0`);
  } catch {
    // Gone, or another user's.
    return false;
  }
};

/** The folder a terminal's foreground program is in, given its first program; null where the system does not tell. */
export const readForegroundFolder = (pid: number): string | null =>
  process.platform === 'linux' ? readLinuxForegroundFolder(pid) : null;
