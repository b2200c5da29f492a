import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What of this machine decides whether the daemon's native part can run. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** False on Linux systems with another C library, such as Alpine. */
  readonly glibc: boolean;
}

export const thisMachine = (): Machine => ({
  platform: process.platform,
  arch: process.arch,
  glibc: process.platform !== 'linux' || hasGlibc(),
});

/** @returns what is missing, or undefined when this package has what the machine needs. */
export const missingPrebuild = (machine: Machine, distFolder: string): 'package' | 'glibc' | undefined => {
  if (!machine.glibc) {
    return 'glibc';
  }
  const folder = join(distFolder, 'prebuilds', `${machine.platform}-${machine.arch}`);
  return existsSync(join(folder, machine.platform === 'win32' ? 'conpty.node' : 'pty.node'))
    ? undefined
    : 'package';
};

const hasGlibc = (): boolean => {
  const report = process.report?.getReport() as
    | { readonly header?: Readonly<Record<string, unknown>> }
    | undefined;
  // Without a report nothing is known; the daemon's own check will tell.
  return report?.header === undefined || typeof report.header['glibcVersionRuntime'] === 'string';
};
