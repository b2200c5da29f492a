import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What of this machine decides whether the daemon's native part can run. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** False on Linux systems with another C library, such as Alpine, or with one that is too old. */
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

/** What node-pty's binaries for Linux are linked against. */
const LEAST_GLIBC = [2, 28] as const;

const hasGlibc = (): boolean => {
  const report = process.report?.getReport() as
    | { readonly header?: Readonly<Record<string, unknown>> }
    | undefined;
  // Without a report nothing is known; the daemon's own check will tell.
  return report?.header === undefined || isGlibcEnough(report.header['glibcVersionRuntime']);
};

/** @param version such as `2.36`; anything else is no glibc */
export const isGlibcEnough = (version: unknown): boolean => {
  const [major = 0, minor = 0] = typeof version === 'string' ? version.split('.').map(Number) : [];
  return major > LEAST_GLIBC[0] || (major === LEAST_GLIBC[0] && minor >= LEAST_GLIBC[1]);
};
