/**
 * Runs the suites of this folder in a real VS Code: the desktop one that @vscode/test-electron fetches where
 * HOLDFAST_TEST_VSCODE names its version and the network allows, else code-server behind codeWeb, which takes its place.
 */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { endDaemonsBelow } from '../support/endDaemons';

const ROOT = resolve(__dirname, '../..');
/** code-server asks for this Node; see scripts/setup. */
const CODE_WEB = join(ROOT, 'test/editor/codeWeb.ts');

const main = async (): Promise<void> => {
  // Short, because sockets live below it.
  const temporary = mkdtempSync(join(tmpdir(), 'hf-ext-'));
  const suites = join(ROOT, 'out/test-extension/index.js');
  const data = join(temporary, 'data');
  const coverage = process.env['HOLDFAST_TEST_COVERAGE'];
  const desktop = process.env['HOLDFAST_TEST_VSCODE'];
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: ['test/extension/index.ts'],
      outfile: suites,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['vscode', 'mocha'],
      logLevel: 'warning',
    });
    mkdirSync(join(temporary, 'folder'));
    const guest = await buildGuest();
    await runTests({
      ...(desktop === undefined ? { vscodeExecutablePath: executable(temporary) } : { version: desktop }),
      extensionDevelopmentPath: [ROOT, guest],
      extensionTestsPath: suites,
      launchArgs: [join(temporary, 'folder')],
      extensionTestsEnv: {
        HOLDFAST_DATA_DIR: data,
        HOLDFAST_SOCKET_DIR: join(temporary, 'run'),
        // Whether this machine is a container is told by suites that want it to be one.
        HOLDFAST_SYSTEM_ROOT: join(temporary, 'system'),
        // Read by V8 when a process starts: `npm run coverage`.
        ...(coverage === undefined ? {} : { NODE_V8_COVERAGE: coverage }),
      },
    });
  } finally {
    const left = endDaemonsBelow(data);
    rmSync(temporary, { recursive: true, force: true });
    if (left.length > 0) {
      process.exitCode = 1;
      process.stderr.write(`the suites left processes behind: ${left.join(', ')}\n`);
    }
  }
};

/** Another extension, which uses ours. @returns its folder */
const buildGuest = async (): Promise<string> => {
  const folder = join(ROOT, 'out/test-guest');
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/extension/guest/guest.ts'],
    outfile: join(folder, 'guest.js'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
  copyFileSync(join(ROOT, 'test/extension/guest/package.json'), join(folder, 'package.json'));
  return folder;
};

/** A file that can be executed, as runTests wants it. */
const executable = (folder: string): string => {
  const path = join(folder, 'code');
  const command = [process.execPath, '--import', 'tsx', CODE_WEB].map((word) => `'${word}'`).join(' ');
  writeFileSync(path, `#!/bin/sh\ncd '${ROOT}' && exec ${command} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
