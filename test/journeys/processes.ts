import { readdirSync, readFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly environment: string;
}

/** Living processes out of /proc, zombies left out. */
export const processes = (): readonly Process[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z') {
          return [];
        }
        return [
          {
            pid: Number(name),
            parent: Number(parent),
            command: readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' '),
            environment: readFileSync(`/proc/${name}/environ`, 'latin1').replaceAll('\0', '\n'),
          },
        ];
      } catch {
        // Ended while it was looked at.
        return [];
      }
    });

export const isBelow = (pid: number, ancestor: number): boolean => {
  const all = new Map(processes().map((process) => [process.pid, process]));
  for (let at = all.get(pid); at !== undefined; at = all.get(at.parent)) {
    if (at.pid === ancestor) {
      return true;
    }
  }
  return false;
};
