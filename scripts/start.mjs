#!/usr/bin/env node
/**
 * Opens a real VS Code with this Holdfast installed: the desktop one if there is one, else VS Code in the browser.
 *
 *   npm start [-- FOLDER]        FOLDER, else HOLDFAST_START_FOLDER, else the current one
 *   npm start -- --browser       not the desktop VS Code
 *   npm start -- --port 8080     the port of VS Code in the browser; any free one otherwise
 *
 * The editor has a profile of its own in .tools/start/, so settings stay between starts and nothing of yours is touched.
 * Ctrl-C ends the editor and leaves the sessions alive.
 */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { Missing, runMain, say } from './say.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureNode, environmentWith } from './setup/node.mjs';
import { startBrowserEditor } from './start/browserEditor.mjs';
import { removeDeadSockets } from './start/deadSockets.mjs';
import { findDesktopEditor, startDesktopEditor } from './start/desktopEditor.mjs';
import { usersEnvironment } from './start/usersEnvironment.mjs';

const { values: options, positionals } = parseArgs({
  options: { browser: { type: 'boolean', default: false }, port: { type: 'string', default: '0' } },
  allowPositionals: true,
});

async function main() {
  const node = await ensureNode(24);
  const env = environmentWith(node);
  await ensureDependencies(env);
  const target = `${process.platform}-${process.arch}`;
  say('building and packing Holdfast');
  if ((await run(node, [inRoot('scripts/package.mjs'), '--target', target], { env })).code !== 0) {
    throw new Missing('Holdfast could not be built (see above).');
  }
  const { version } = JSON.parse(fs.readFileSync(inRoot('package.json'), 'utf8'));
  const wanted = {
    node,
    vsix: inRoot('packages', `holdfast-${target}-${version}.vsix`),
    folder: path.resolve(
      process.env.INIT_CWD ?? process.cwd(),
      positionals[0] ?? process.env.HOLDFAST_START_FOLDER ?? '.',
    ),
    port: options.port,
    // The editor and its shells get what the user has, not what npm and this script have added.
    env: usersEnvironment(process.env),
  };
  const since = Date.now();
  const desktop = options.browser ? undefined : findDesktopEditor(wanted.env);
  const editor =
    desktop === undefined
      ? await startBrowserEditor({ ...wanted, toolsEnv: env })
      : await startDesktopEditor(desktop, wanted);

  const interrupted = new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve('interrupted'));
  });
  console.log('\nCtrl-C ends the editor. Sessions stay alive.\n');
  await Promise.race([editor.ended, interrupted]);
  await editor.end();
  await removeDeadSockets({ since });
  console.log(
    '\nThe editor has ended. Sessions that were running are still alive:\n' +
      '  npm start                                 shows them again\n' +
      '  node dist/cli.js ls                       lists them\n' +
      '  node dist/cli.js daemon stop --force      ends them, and the daemon\n',
  );
  return 0;
}

await runMain(main);
