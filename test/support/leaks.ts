import { readdirSync, readFileSync } from 'node:fs';

/** Living processes that have `text` in their command line or environment; on Linux only, else none. */
export const processesWith = (
  text: string,
): readonly { readonly pid: number; readonly command: string }[] => {
  if (process.platform !== 'linux') {
    return [];
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      const command = read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim();
      const isZombie = /^\d+ \(.*\) Z /s.test(read(`/proc/${name}/stat`));
      return !isZombie && (command.includes(text) || read(`/proc/${name}/environ`).includes(text))
        ? [{ pid: Number(name), command }]
        : [];
    });
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone, or another user's.
    return '';
  }
};
