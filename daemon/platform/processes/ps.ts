import { execFile } from 'node:child_process';
import type { ProcessEntry } from '../processTree';

const FORMAT = ['pid=', 'ppid=', 'tty=', 'state=', 'rss=', 'time=', 'lstart=', 'command='].join(',');
/** `ps` prints all command lines at once; a machine with thousands of long ones stays below this. */
const MAX_OUTPUT = 64 * 1024 * 1024;

/** Asks ps(1), in the C locale and UTC, as `startTimeOf` does. */
export const readPsProcesses = (): Promise<readonly ProcessEntry[]> =>
  new Promise((resolve) => {
    execFile(
      'ps',
      ['-axww', '-o', FORMAT],
      {
        env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
        maxBuffer: MAX_OUTPUT,
        timeout: 5000,
      },
      (_error, stdout) => resolve(parsePs(stdout)),
    );
  });

/** One process a line: numbers, terminal, state, time as [DD-]HH:MM:SS or M:SS.hh, start as five words, command. */
const LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\d+)\s+([\d:.-]+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/;

export const parsePs = (text: string): readonly ProcessEntry[] =>
  text.split('\n').flatMap((line) => {
    const match = LINE.exec(line);
    if (match === null) {
      return [];
    }
    const [, pid, parent, tty = '', state = '', rss, time = '', startTime = '', command = ''] = match;
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        session: tty === '??' || tty === '?' || tty === '-' ? null : tty,
        startTime,
        zombie: state.startsWith('Z'),
        command,
        rssBytes: Number(rss) * 1024,
        cpuMs: parseTime(time),
      },
    ];
  });

const parseTime = (text: string): number | null => {
  const [clock = '', days = '0'] = text.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const total = (Number(days) * 86_400 + seconds) * 1000;
  return Number.isFinite(total) ? Math.round(total) : null;
};
