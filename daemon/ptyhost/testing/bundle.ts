import { symlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const root = resolve(__dirname, '../../..');

/** A source of daemon/ptyhost as it is shipped: one file, with node-pty's binaries beside it. */
export const bundle = (source: string, folder: string): string => {
  const outfile = join(folder, basename(source).replace(/\.ts$/, '.js'));
  buildSync({
    entryPoints: [join(root, 'daemon/ptyhost', source)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'error',
  });
  symlinkSync(join(root, 'node_modules/node-pty/prebuilds'), join(folder, 'prebuilds'));
  return outfile;
};
