#!/usr/bin/env node
/**
 * Bundles the product into dist/, which then runs with no node_modules beside it.
 *
 *   node scripts/build.mjs [--sourcemap] [--watch] [--no-types]
 *
 * dist/build-id names the content of dist/: the extension copies dist/ into a folder of that name before it starts
 * the daemon from there, because an update of the extension deletes the folder it came from.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, buildSync, context } from 'esbuild';
import { writeBuildId } from './build-id.mjs';
import { thirdPartyNotices } from './build-notices.mjs';
import { emitTypes } from './build-types.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** Built aside and moved into place whole, so that nobody sees half a dist/ and a failed build leaves the last good one. */
const dist = path.join(root, 'dist');
const next = path.join(root, 'out', `dist-${process.pid}`);
const nodePty = path.join(root, 'node_modules', 'node-pty');
const options = new Set(process.argv.slice(2));
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Output name → source. node-pty starts its two helpers by path, relative to the bundle it is in. */
const entries = {
  extension: 'extension/start/start.ts',
  window: 'extension/extension.ts',
  uninstall: 'extension/uninstall.ts',
  daemon: 'daemon/main.ts',
  daemonServer: 'daemon/server/run.ts',
  ptyhost: 'daemon/ptyhost/main.ts',
  screenWorker: 'daemon/screen/workerMain.ts',
  cli: 'daemon/cli/main.ts',
  commandLine: 'daemon/cli/commandLine.ts',
  client: 'daemon/client/index.ts',
  'worker/conoutSocketWorker': 'node_modules/node-pty/lib/worker/conoutSocketWorker.js',
  conpty_console_list_agent: 'node_modules/node-pty/lib/conpty_console_list_agent.js',
};

/** @type {import('esbuild').BuildOptions} */
const settings = {
  absWorkingDir: root,
  entryPoints: Object.entries(entries).map(([out, source]) => ({ in: source, out })),
  outdir: next,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Libraries offer an ES module beside a UMD wrapper whose require calls a bundler cannot follow.
  mainFields: ['module', 'main'],
  external: ['vscode'],
  define: { __HOLDFAST_VERSION__: JSON.stringify(version) },
  // Asynchronous stacks and error names stay readable in users' logs; the size is not worth their loss.
  keepNames: true,
  minifySyntax: true,
  minifyWhitespace: !options.has('--sourcemap'),
  // Licences are gathered into one file.
  legalComments: 'none',
  metafile: true,
  sourcemap: options.has('--sourcemap') ? 'linked' : false,
  logLevel: 'warning',
};

function copyRuntimeFiles() {
  fs.copyFileSync(
    path.join(root, 'node_modules/sql.js/dist/sql-wasm.wasm'),
    path.join(next, 'sql-wasm.wasm'),
  );
  // What other extensions compile against (docs/API.md).
  fs.copyFileSync(path.join(root, 'extension/api/holdfast.d.ts'), path.join(next, 'api.d.ts'));
  fs.cpSync(path.join(root, 'daemon/shells/scripts'), path.join(next, 'shells'), { recursive: true });
  fs.cpSync(path.join(nodePty, 'prebuilds'), path.join(next, 'prebuilds'), {
    recursive: true,
    filter: (source) => !source.endsWith('.pdb'),
  });
  // Windows has no execute bit to keep: a package made there would lack it, so it is set, not copied.
  for (const platform of fs.readdirSync(path.join(next, 'prebuilds'))) {
    const helper = path.join(next, 'prebuilds', platform, 'spawn-helper');
    if (fs.existsSync(helper)) fs.chmodSync(helper, 0o755);
  }
}

/** esbuild keeps a source's own `#!` line, so the command line gets exactly one. */
function makeCommandExecutable() {
  const file = path.join(next, 'cli.js');
  if (!fs.existsSync(file)) return;
  const text = fs.readFileSync(file, 'utf8');
  if (!text.startsWith('#!')) fs.writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  fs.chmodSync(file, 0o755);
}

/** Node prints the line that an uncaught error was thrown on: in other people's programs that is to be one line of code. */
function makeLibraryReadable() {
  if (options.has('--sourcemap')) return;
  buildSync({
    ...settings,
    entryPoints: [{ in: entries.client, out: 'client' }],
    minifyWhitespace: false,
    metafile: false,
  });
}

function moveIntoPlace() {
  const previous = `${next}-previous`;
  if (fs.existsSync(dist)) fs.renameSync(dist, previous);
  fs.renameSync(next, dist);
  fs.rmSync(previous, { recursive: true, force: true });
}

/** @param {import('esbuild').Metafile} metafile */
function finish(metafile) {
  copyRuntimeFiles();
  makeCommandExecutable();
  makeLibraryReadable();
  const notices = thirdPartyNotices(root, Object.keys(metafile.inputs));
  fs.writeFileSync(path.join(next, 'THIRD_PARTY_NOTICES.txt'), notices);
  writeBuildId(next);
  if (!options.has('--no-types')) emitTypes(root, path.join(next, 'types'));
  moveIntoPlace();
}

const started = Date.now();
if (options.has('--watch')) {
  const watcher = await context({
    ...settings,
    plugins: [
      {
        name: 'finish',
        setup: (run) =>
          run.onEnd((result) => {
            if (result.errors.length > 0) return;
            finish(result.metafile);
            console.log('build: done, watching');
          }),
      },
    ],
  });
  await watcher.watch();
} else {
  finish((await build(settings)).metafile);
  console.log(
    `build: dist/ is ready (${fs.readFileSync(path.join(dist, 'build-id'), 'utf8').trim()}, ${((Date.now() - started) / 1000).toFixed(1)} s)`,
  );
}
