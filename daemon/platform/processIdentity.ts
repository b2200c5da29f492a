import { readFileSync } from 'node:fs';
import { commandOutput } from './commandOutput';

/** A pid alone names nobody: it is reused. A pid with its start time does. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string | null;
}

/**
 * When a process was started, in the platform's own unit (only to be compared for equality), or null when
 * there is none or the platform does not tell. On Linux it holds the boot's id, so that it differs after a reboot.
 */
export const startTimeOf = (pid: number): string | null => {
  switch (process.platform) {
    case 'linux':
      return linuxStat(pid)?.startTime ?? null;
    case 'win32':
      return toldBy('powershell.exe', [
        '-NoProfile',
        '-NonInteractive',
        '-Command',
        `(Get-Process -Id ${pid} -ErrorAction SilentlyContinue).StartTime.ToFileTimeUtc()`,
      ]);
    default:
      return toldBy('ps', ['-o', 'lstart=', '-p', String(pid)]);
  }
};

/** Whether that very process lives. A zombie is dead; so is a pid that now belongs to another process. */
export const processState = (pid: number, startTime: string | null): 'alive' | 'dead' | 'unknown' => {
  if (!Number.isInteger(pid) || pid <= 0) {
    return 'dead';
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') {
      return 'dead';
    }
    // EPERM: somebody else's process has that pid, or ours changed its user; the start time decides.
  }
  if (process.platform === 'linux' && linuxStat(pid)?.state === 'Z') {
    return 'dead';
  }
  if (startTime === null) {
    return 'unknown';
  }
  const now = startTimeOf(pid);
  if (now === null) {
    return 'unknown';
  }
  return now === startTime ? 'alive' : 'dead';
};

/** Whether a process was stopped (SIGSTOP, SIGTSTP, a debugger): it hears no signal but SIGCONT and SIGKILL. False where the system does not tell. */
export const isStopped = (pid: number): boolean =>
  process.platform === 'linux' && /^[Tt]$/.test(linuxStat(pid)?.state ?? '');

/** How much a process has computed, in an unknown unit that only grows; undefined where the system does not tell cheaply. */
export const workOf = (pid: number): number | undefined =>
  process.platform === 'linux' ? linuxStat(pid)?.work : undefined;

/** This process, as others will want to recognise it. */
export const ownIdentity = (): ProcessIdentity => {
  own ??= { pid: process.pid, startTime: startTimeOf(process.pid) };
  return own;
};

let own: ProcessIdentity | undefined;
let bootId: string | undefined;

/** State and start time out of /proc/PID/stat, proc(5): fields 3, 14 and 15, and 22; the name in field 2 may hold anything. */
const linuxStat = (pid: number): { state: string; startTime: string; work: number } | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return {
      state: fields[0] ?? '?',
      startTime: `${bootId}:${fields[19] ?? '?'}`,
      work: Number(fields[11]) + Number(fields[12]),
    };
  } catch {
    // Gone between two calls, or /proc is hidden: not known.
    return undefined;
  }
};

/** Null when there is no such process, or the tool is missing: not known. */
const toldBy = (command: string, args: readonly string[]): string | null =>
  commandOutput(command, args, { ...process.env, LC_ALL: 'C', TZ: 'UTC' }) || null;
