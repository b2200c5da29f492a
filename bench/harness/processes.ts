import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** USER_HZ: the unit of the times in /proc, 100 on every Linux that Node runs on; proc(5). */
const TICKS_A_SECOND = 100;

/**
 * Proportional set size in megabytes, summed: memory that processes share counts once. Null where the system
 * does not tell.
 */
export const memoryOf = (pids: readonly number[]): number | null => {
  let kilobytes = 0;
  for (const pid of pids) {
    try {
      const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
      kilobytes += Number(found?.[1] ?? 0);
    } catch {
      return null;
    }
  }
  return kilobytes / 1000;
};

/** Seconds of processor time that processes have used so far; null where the system does not tell. */
export const processorTimeOf = (pids: readonly number[]): number | null => {
  let ticks = 0;
  for (const pid of pids) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      ticks += Number(fields[11]) + Number(fields[12]);
    } catch {
      return null;
    }
  }
  return ticks / TICKS_A_SECOND;
};

/** Waits to be told to become the command: to start one from here takes the longer the more memory there is here. */
const WAITING = 'echo waits; read -r go; exec "$@" </dev/null >/dev/null';

/** Milliseconds from the start of a program, by a small process, to its end. @throws Error when it fails */
export const timeProcess = (
  command: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> =>
  new Promise((resolve, reject) => {
    let start = Number.NaN;
    const child = spawn('/bin/sh', ['-c', WAITING, 'sh', ...command], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: environment,
      cwd: '/',
    });
    child.stdout.once('data', () => {
      start = performance.now();
      child.stdin.write('\n');
    });
    let errors = '';
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString();
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) {
        resolve(performance.now() - start);
      } else {
        reject(new Error(`'${command.join(' ')}' ended with ${code}: ${errors}`));
      }
    });
  });
