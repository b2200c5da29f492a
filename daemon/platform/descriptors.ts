import { readdirSync, readFileSync } from 'node:fs';

export interface DescriptorUse {
  readonly open: number;
  /** How many it may have. Node raises what it inherits as far as the hard limit lets it, when it starts. */
  readonly limit: number;
}

/**
 * How many file descriptors a process has and may have; `blind` when this process has none left to look with, undefined
 * where the system does not tell, as everywhere but on Linux.
 */
export const descriptorUse = (pid: number): DescriptorUse | 'blind' | undefined => {
  try {
    const [, limit] = /^Max open files +(\d+) /m.exec(readFileSync(`/proc/${pid}/limits`, 'latin1')) ?? [];
    const open = readdirSync(`/proc/${pid}/fd`).length;
    return limit === undefined ? undefined : { open, limit: Number(limit) };
  } catch (error) {
    // Else it is gone, or another user's.
    return (error as NodeJS.ErrnoException).code === 'EMFILE' ? 'blind' : undefined;
  }
};
