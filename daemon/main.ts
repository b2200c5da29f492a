import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { GenerationLock } from './platform/generationLock';
import { refuseInspector } from './platform/noInspector';
import { ensurePrivateFolder } from './platform/privateFolder';
import { explainUnwritable } from './platform/unwritable';
import { LOCK_PREFIX } from './protocol/endpoint';
import { lastWords } from './protocol/lastWords';

/**
 * The daemon's process: `node daemon.js --data-dir D --runtime-dir R [--keep]`, or `--self-check`.
 * Takes the lock before anything heavy is loaded: of twenty that are started at once, nineteen leave cheaply.
 */
const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      'runtime-dir': { type: 'string' },
      keep: { type: 'boolean', default: false },
      'self-check': { type: 'boolean', default: false },
    },
  });
  // The folder of this file, where its companions are, whatever the working folder is or becomes.
  const distribution = __dirname;
  if (values['self-check']) {
    process.exitCode = selfCheck(distribution);
    return;
  }
  const dataDir = values['data-dir'];
  const runtimeDir = values['runtime-dir'];
  if (dataDir === undefined || runtimeDir === undefined) {
    process.stderr.write('usage: daemon.js --data-dir DIR --runtime-dir DIR [--keep] | --self-check\n');
    process.exitCode = 64;
    return;
  }
  // A closed terminal or editor is no reason to end.
  process.on('SIGHUP', () => undefined);
  refuseInspector();
  const userUmask = process.platform === 'win32' ? 0o022 : process.umask(0o077);
  ensurePrivateFolder(dataDir);
  ensurePrivateFolder(runtimeDir);
  let lock: GenerationLock | undefined;
  try {
    lock = GenerationLock.acquire(dataDir, LOCK_PREFIX);
  } catch (error) {
    throw explainUnwritable(error, { dataDir, runtimeDir });
  }
  if (lock === undefined) {
    return;
  }
  const { runDaemon } = await import('./server/run');
  await runDaemon({ dataDir, runtimeDir, keep: values.keep, distribution, userUmask });
};

/** Whether this runtime can hold PTYs: asked of the program that will. */
const selfCheck = (distribution: string): number => {
  const { status } = spawnSync(process.execPath, [join(distribution, 'ptyhost.js'), '--self-check'], {
    stdio: 'inherit',
    windowsHide: true,
  });
  return status ?? 1;
};

main().catch((error: unknown) => {
  process.stderr.write(lastWords(error));
  process.exitCode = 1;
});
