import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Machine } from './results';

/** What the figures were measured on, without its name. */
export const describeMachine = (): Omit<Machine, 'loadBefore' | 'loadAfter'> => ({
  processor: processor(),
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  kernel: `${type()} ${release()}`,
  node: process.version,
});

export const load = (): number => Math.round((loadavg()[0] ?? 0) * 10) / 10;

/** Virtual machines often hide the model's name and tell its numbers only. */
const processor = (): string => {
  const named = cpus()[0]?.model ?? 'unknown';
  if (process.platform !== 'linux' || /[a-z]/i.test(named)) {
    return named;
  }
  const info = readFileSync('/proc/cpuinfo', 'utf8');
  const field = (name: string): string => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(info)?.[1] ?? '?';
  return `${field('vendor_id')} family ${field('cpu family')} model ${field('model')}`;
};

/** The first line of what a program says of its version; undefined when it is not installed. */
export const versionOf = (program: string, option: string): string | undefined => {
  const { stdout, stderr, error } = spawnSync(program, [option], { encoding: 'utf8' });
  return error === undefined ? (`${stdout}${stderr}`.trim().split('\n')[0] ?? '') : undefined;
};
