import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { tools } from '../paths.mjs';
import { run } from '../run.mjs';
import { Missing, say } from '../say.mjs';
import { ensureCodeServer } from '../setup/codeServer.mjs';
import { firstSettings } from './firstSettings.mjs';
import { endGroup } from './group.mjs';

const START_TIMEOUT_MS = 60_000;

/**
 * VS Code in the browser, on a loopback port. Whoever reaches the port could run programs as this user, so the address
 * carries a token, as VS Code's own `serve-web` does.
 *
 * @returns {Promise<{ ended: Promise<unknown>, end: () => Promise<void> }>}
 */
export async function startBrowserEditor({ node, vsix, folder, port, env, toolsEnv }) {
  const entry = await ensureCodeServer(toolsEnv);
  const server = path.resolve(path.dirname(entry), '../../lib/vscode/out/server-main.js');
  const data = path.join(tools, 'start', 'browser');
  fs.mkdirSync(data, { recursive: true, mode: 0o700 });
  const common = [server, '--accept-server-license-terms', '--server-data-dir', data];

  // In the browser no installed extension runs before the folder is trusted, and the whole server is the user's own.
  firstSettings(path.join(data, 'data', 'User', 'settings.json'), {
    'security.workspace.trust.enabled': false,
  });

  say('installing the package in VS Code');
  const install = await run(node, [...common, '--install-extension', vsix, '--force'], { env, quiet: true });
  if (install.code !== 0) {
    console.error(install.output);
    throw new Missing('VS Code could not install the package (see above).');
  }

  say('starting VS Code in the browser');
  const token = persistentToken(path.join(data, 'token'));
  const child = spawn(
    node,
    [
      ...common,
      ...['--host', '127.0.0.1', '--port', port, '--connection-token-file', path.join(data, 'token')],
      ...['--telemetry-level', 'off', '--default-folder', folder],
    ],
    { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' },
  );
  const bound = await boundPort(child);
  say(`VS Code is at  http://127.0.0.1:${bound}/?tkn=${token}&folder=${encodeURIComponent(folder)}`);
  return { ended: once(child, 'exit'), end: () => endGroup(child) };
}

/** Kept between starts, so that an open browser tab connects again by itself. */
function persistentToken(file) {
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(16).toString('hex'), { mode: 0o600 });
  return fs.readFileSync(file, 'utf8').trim();
}

function boundPort(child) {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (why) => {
      console.error(output);
      endGroup(child).catch(() => undefined);
      reject(new Missing(`VS Code in the browser did not start: ${why} (see above).`));
    };
    const timer = setTimeout(
      () => fail(`it said no port within ${START_TIMEOUT_MS / 1000} s`),
      START_TIMEOUT_MS,
    );
    const onData = (data) => {
      output += data;
      const port = /listening on (\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      output = '';
      child.stdout.off('data', onData).resume();
      child.stderr.off('data', onData).resume();
      child.off('exit', onExit);
      resolve(port);
    };
    const onExit = (code) => {
      clearTimeout(timer);
      fail(`it ended with code ${code}`);
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('exit', onExit);
  });
}
