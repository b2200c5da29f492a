#!/usr/bin/env node
/**
 * Bundles a benchmark as the product is bundled (a module's exports cost nothing then) and runs it on the Node
 * that the tests use: node bench/run.mjs NAME [OPTIONS]. Builds the product first where there is none.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { ensureNode } from '../scripts/setup/node.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [name = '', ...options] = process.argv.slice(2);
// Inside the repository, so that packages with native parts are found where npm has put them.
const folder = path.join(root, 'out', `bench-${process.pid}`);
const node = await ensureNode(24);
// That of the product: a client of another one would not find the copy that its own command line runs from.
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

// It tidies up and ends; then this does. A terminal's signals reach it by themselves.
let child;
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
process.on('SIGTERM', () => child?.kill('SIGTERM'));

const run = async (file, ...args) => {
  child = spawn(node, [file, ...args], { stdio: 'inherit', cwd: root });
  const [code] = await once(child, 'exit');
  return code ?? 1;
};

try {
  if (!fs.existsSync(path.join(root, 'dist', 'build-id'))) {
    await run(path.join(root, 'scripts', 'build.mjs'));
  }
  buildSync({
    // A process of its own beside the benchmark's: see bench/terminals/attacher.ts.
    entryPoints: [path.join(root, 'bench', `${name}.ts`), path.join(root, 'bench', 'attacherMain.ts')],
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['node-pty', 'playwright-core', 'esbuild'],
    define: { __HOLDFAST_VERSION__: JSON.stringify(version) },
    keepNames: true,
    logLevel: 'error',
  });
  process.exitCode = await run(path.join(folder, `${name}.cjs`), ...options);
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}
