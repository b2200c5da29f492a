#!/usr/bin/env node
/** Bundles a benchmark as the product is bundled (a module's exports cost nothing then) and runs it: node bench/run.mjs NAME */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const name = process.argv[2] ?? '';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-bench-run-'));
try {
  const outfile = path.join(folder, `${name}.cjs`);
  buildSync({
    entryPoints: [path.join(here, `${name}.ts`)],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    keepNames: true,
    logLevel: 'error',
  });
  process.exitCode = spawnSync(process.execPath, [outfile], { stdio: 'inherit' }).status ?? 1;
} finally {
  fs.rmSync(folder, { recursive: true });
}
