import fs from 'node:fs';
import path from 'node:path';
import { tools } from '../paths.mjs';
import { installOnce, npm } from './install.mjs';

const VERSION = '4.139.1';

/**
 * code-server: VS Code's workbench and extension host, from npm.
 *
 * Its own postinstall compiles for minutes and needs Kerberos headers. Prebuilt node-pty and what Holdfast needs work without,
 * so scripts are left out and the packages of its `lib/vscode` are installed in a second step.
 *
 * @returns {Promise<string>} its entry script, to be run with Node 24
 */
export async function ensureCodeServer(env) {
  const folder = path.join(tools, 'code-server');
  const main = path.join(folder, 'node_modules', 'code-server');
  await installOnce({
    folder,
    what: `code-server ${VERSION} (VS Code in the browser)`,
    dependencies: { 'code-server': VERSION },
    env,
    afterwards: () =>
      npm(['install', '--ignore-scripts', '--omit=dev', '--no-package-lock'], {
        cwd: path.join(main, 'lib', 'vscode'),
        env,
        missing: "code-server's own packages are missing",
      }),
  });
  const entry = path.join(main, 'out', 'node', 'entry.js');
  if (!fs.existsSync(entry)) throw new Error(`code-server ${VERSION} has no out/node/entry.js.`);
  return entry;
}
