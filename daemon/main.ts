import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { COMPILED_FOLDER, loadModule } from './platform/compiledModule';
import { ensureDataFolder } from './platform/dataFolder';
import { GenerationLock } from './platform/generationLock';
import { compileWasmLate } from './platform/hotCode';
import { refuseInspector } from './platform/noInspector';
import { closePlugs } from './platform/plugs';
import { ensurePrivateFolder } from './platform/privateFolder';
import { explainUnwritable } from './platform/unwritable';
import { LOCK_PREFIX, RUNTIME_FOLDER } from './protocol/endpoint';
import { lastWords } from './protocol/lastWords';

/** The rest of it: server/run.ts, bundled. */
const SERVER_MODULE = 'daemonServer.js';
/** Behind what the start itself is busy with, and before V8 drops the code of functions that sleep. */
const SAVE_AFTER_MS = 2000;

/**
 * The daemon's process: `node daemon.js --data-dir D --runtime-dir R [--keep]`, or `--self-check`.
 * Takes the lock before anything heavy is loaded: of twenty that are started at once, nineteen leave cheaply.
 */
const main = async (): Promise<void> => {
  closePlugs();
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
  ensureDataFolder(dataDir);
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
  compileWasmLate();
  const { module, wasCompiled, save } = loadModule(
    join(distribution, SERVER_MODULE),
    join(distribution, COMPILED_FOLDER),
    require,
  );
  const { runDaemon } = module as typeof import('./server/run');
  await runDaemon({ dataDir, runtimeDir, keep: values.keep, distribution, userUmask });
  // What is not the copy that daemons of this build run from is somebody's source folder.
  if (!wasCompiled && basename(dirname(distribution)) === RUNTIME_FOLDER) {
    // Where the copy is gone, there may be another's folder in the place of the one it was in.
    setTimeout(() => existsSync(distribution) && save(), SAVE_AFTER_MS).unref();
  }
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
