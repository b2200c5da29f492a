#!/usr/bin/env node
/** Bundles what runs outside Node's test runner: the extension host's tests, and the launcher that stands for VS Code. */
import fs from 'node:fs';
import { build } from 'esbuild';
import { inRoot, root } from './paths.mjs';

/** @type {import('esbuild').BuildOptions} */
const settings = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Tests name real modules of the editor and of node_modules/, which is beside out/.
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
};

await build({ ...settings, entryPoints: ['test/extension/index.ts'], outdir: 'out/test-extension' });

// @vscode/test-electron starts one executable file.
const launcher = 'out/test-editor/codeWeb.js';
await build({
  ...settings,
  entryPoints: ['test/editor/codeWeb.ts'],
  outfile: launcher,
  banner: { js: '#!/usr/bin/env node' },
});
fs.chmodSync(inRoot(launcher), 0o755);
