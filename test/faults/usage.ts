import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../integration/clientFixture';

/** What processes of a place hold, at one moment; on Linux. */
export interface Usage {
  readonly processes: number;
  readonly descriptors: number;
  /** Private memory of the daemon and the PTY host, in kB. */
  readonly memory: number;
  readonly sockets: number;
  readonly files: number;
}

/** Why this machine can't tell what leaks; false when it can. */
export const noUsage = (): string | false =>
  existsSync('/proc/self/smaps_rollup') ? false : 'the system does not tell what a process holds';

export const usageOf = (place: Place, pids: readonly number[]): Usage => ({
  processes: place.processes().length,
  descriptors: pids.reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).length, 0),
  memory: pids.reduce((sum, pid) => sum + privateMemory(pid), 0),
  sockets: readdirSync(join(place.folder, 'run')).length,
  files: readdirSync(place.dataDir, { recursive: true }).length,
});

/** Of a process, in kB; on Linux. */
export const privateMemory = (pid: number): number =>
  [...readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+) kB$/gm)]
    .map(([, kilobytes]) => Number(kilobytes))
    .reduce((sum, kilobytes) => sum + kilobytes, 0);

/** How much a value grows with each step, by the least squares of all that was seen. */
export const slopeOf = (points: readonly (readonly [x: number, y: number])[]): number => {
  const mean = (pick: 0 | 1): number => points.reduce((sum, point) => sum + point[pick], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const above = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
  const below = points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
  return below === 0 ? 0 : above / below;
};
