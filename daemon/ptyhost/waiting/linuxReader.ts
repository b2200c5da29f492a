import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { arch } from 'node:process';
import { isInteractiveShell } from '../../platform/interactiveShell';

/**
 * Who of a terminal's foreground process group waits for a line of it. `hidden`: one of them sleeps, and the system does not
 * tell us what for, as of a program of another user (sudo, su). `unknown`: the system does not tell who they are.
 */
export type TerminalReader =
  | { readonly kind: 'nobody' | 'hidden' | 'unknown' }
  | { readonly kind: 'reads'; readonly thread: number; readonly isPrompt: boolean };

/** read(2), on the architectures Node runs on: the first field of /proc/PID/syscall, proc(5). */
const READ_CALL: Readonly<Record<string, string>> = {
  x64: '0',
  ia32: '3',
  arm: '3',
  arm64: '63',
  loong64: '63',
  riscv64: '63',
  ppc64: '3',
  s390x: '3',
};

/** A foreground job has few processes and threads; one with thousands must not hold up every terminal. */
const MAX_PROCESSES = 64;
const MAX_THREADS = 64;

/** Shells that edit their line themselves, with the line discipline's own editing off: one that reads a line runs `read`. */
const EDITS_ITS_LINE = new Set(['bash', 'zsh', 'fish']);

interface Process {
  readonly state: string;
  readonly group: number;
  /** The foreground process group of its terminal. */
  readonly foreground: number;
}

/** @param leader the terminal's first program. About 0.1 ms with a shell and one program. */
export const findReader = (leader: number, ptsName: string): TerminalReader => {
  const foreground = readProcess(leader)?.foreground;
  if (foreground === undefined || foreground <= 0) {
    return { kind: 'unknown' };
  }
  let isHidden = false;
  // The group's leader first: most often it is the one, or the parent of the one.
  const pending = [foreground, leader];
  const seen = new Set<number>();
  for (let pid = pending.shift(); pid !== undefined && seen.size < MAX_PROCESSES; pid = pending.shift()) {
    const found = seen.has(pid) ? undefined : readProcess(pid);
    if (found === undefined) {
      continue;
    }
    seen.add(pid);
    const threads = threadsOf(pid);
    if (found.group === foreground) {
      for (const thread of threads) {
        const call = callOf(pid, thread, ptsName);
        if (call === 'reads') {
          return { kind: 'reads', thread, isPrompt: isPrompt(pid) };
        }
        isHidden ||= call === 'hidden' && found.state === 'S';
      }
    }
    pending.push(...threads.flatMap((thread) => childrenOf(pid, thread)));
  }
  return { kind: isHidden ? 'hidden' : 'nobody' };
};

/** /proc/PID/stat, proc(5), from its third field on: state, parent, group, session, terminal, its foreground group. */
const readProcess = (pid: number): Process | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, group: Number(group), foreground: Number(foreground) };
  } catch {
    // Gone, or /proc is hidden.
    return undefined;
  }
};

const threadsOf = (pid: number): readonly number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).slice(0, MAX_THREADS).map(Number);
  } catch {
    return [];
  }
};

const childrenOf = (pid: number, thread: number): readonly number[] => {
  try {
    const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim();
    return children === '' ? [] : children.split(' ').slice(0, MAX_PROCESSES).map(Number);
  } catch {
    // Gone, or a kernel without CONFIG_PROC_CHILDREN: the leaders alone are looked at.
    return [];
  }
};

const callOf = (pid: number, thread: number, ptsName: string): 'reads' | 'hidden' | 'other' => {
  try {
    const [call, descriptor] = readFileSync(`/proc/${pid}/task/${thread}/syscall`, 'latin1').split(' ');
    if (call !== READ_CALL[arch]) {
      return 'other';
    }
    const file = readlinkSync(`/proc/${pid}/fd/${Number(descriptor)}`);
    return file === ptsName || file === '/dev/tty' ? 'reads' : 'other';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'hidden' : 'other';
  }
};

/** Whether a process that reads a line is a plain shell (dash, say) that shows its prompt: nobody has to answer that. */
const isPrompt = (pid: number): boolean => {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').split('\0');
    const [program = '', ...args] = command;
    // A login shell's name begins with a hyphen.
    if (!isInteractiveShell([program.replace(/^-/, ''), ...args])) {
      return false;
    }
    const name = readlinkSync(`/proc/${pid}/exe`).split('/').at(-1) ?? '';
    return !EDITS_ITS_LINE.has(name) || args.includes('--noediting');
  } catch {
    return false;
  }
};
