import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { ProcessEntry } from '../processTree';

/** USER_HZ: the kernel's fixed unit of times in /proc, on every architecture Node runs on; proc(5). */
const TICK_MS = 10;

/** Reads /proc; about 15 µs a process, so that listing a few hundred does not hold up the event loop. */
export const readLinuxProcesses = (): readonly ProcessEntry[] => {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    if (/^\d+$/.test(name)) {
      const entry = readProcess(Number(name));
      if (entry !== undefined) {
        entries.push(entry);
      }
    }
  }
  return entries;
};

/** The folder of the terminal's foreground process group, as seen from its first program, or null. */
export const readLinuxForegroundFolder = (pid: number): string | null => {
  const leader = Number(statFields(pid)?.fields[5]);
  return (leader > 0 ? readFolder(leader) : null) ?? readFolder(pid);
};

const readFolder = (pid: number): string | null => {
  try {
    const folder = readlinkSync(`/proc/${pid}/cwd`);
    return folder.endsWith(' (deleted)') ? null : folder;
  } catch {
    // Gone, or another user's.
    return null;
  }
};

let bootId: string | undefined;

const readProcess = (pid: number): ProcessEntry | undefined => {
  const stat = statFields(pid);
  if (stat === undefined) {
    return undefined;
  }
  const { name, fields } = stat;
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  const number = (index: number): number => Number(fields[index] ?? 0);
  return {
    pid,
    parent: number(1),
    session: fields[3] ?? null,
    startTime: `${bootId}:${fields[19] ?? '?'}`,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    command: readCommand(pid) ?? name,
    rssBytes: number(21) * pageBytes(),
    cpuMs: (number(11) + number(12)) * TICK_MS,
  };
};

let knownPageBytes: number | undefined;

/** The unit of resident memory: Node does not tell it, but this process's own memory in both units does. */
const pageBytes = (): number => {
  if (knownPageBytes === undefined) {
    const ratio = process.memoryUsage.rss() / Number(statFields(process.pid)?.fields[21] ?? 1);
    knownPageBytes = ratio > 32_768 ? 65_536 : ratio > 8192 ? 16_384 : 4096;
  }
  return knownPageBytes;
};

/** /proc/PID/stat, proc(5), from its third field on; the name in the second may hold anything. */
const statFields = (
  pid: number,
): { readonly name: string; readonly fields: readonly string[] } | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const end = text.lastIndexOf(')');
    return {
      name: text.slice(text.indexOf('(') + 1, end),
      fields: text.slice(end + 2).split(' '),
    };
  } catch {
    // Gone between listing and reading.
    return undefined;
  }
};

const readCommand = (pid: number): string | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0+$/, '');
    return text === '' ? undefined : text.split('\0').join(' ');
  } catch {
    // Gone, or another user's.
    return undefined;
  }
};
