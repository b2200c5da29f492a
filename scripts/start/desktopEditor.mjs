import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { tools } from '../paths.mjs';
import { run } from '../run.mjs';
import { Missing, say } from '../say.mjs';
import { firstSettings } from './firstSettings.mjs';

const END_TIMEOUT_MS = 15_000;
const POLL_MS = 100;

/** The desktop VS Code's command, if it is on the PATH and a window can be shown. */
export function findDesktopEditor(env) {
  const noDisplay = process.platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY;
  // In WSL `code` is the one of Windows, which cannot have extensions of this system in a folder of ours.
  if (noDisplay || env.WSL_DISTRO_NAME) return undefined;
  const names = process.platform === 'win32' ? ['code.cmd', 'code-insiders.cmd'] : ['code', 'code-insiders'];
  const pathKey = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  const folders = (env[pathKey] ?? '').split(path.delimiter);
  return (
    names
      .flatMap((name) => folders.map((folder) => path.join(folder, name)))
      // A window that is connected to another machine has a `code` that talks only to that window.
      .find((file) => fs.existsSync(file) && !file.includes('remote-cli'))
  );
}

/**
 * The desktop VS Code with a profile of its own.
 *
 * @returns {Promise<{ ended: Promise<unknown>, end: () => Promise<void> }>}
 */
export async function startDesktopEditor(command, { vsix, folder, env }) {
  const profile = path.join(tools, 'start', 'desktop');
  const data = path.join(profile, 'data');
  fs.mkdirSync(data, { recursive: true });
  const common = ['--user-data-dir', data, '--extensions-dir', path.join(profile, 'extensions')];
  if (process.getuid?.() === 0) common.push('--no-sandbox');

  firstSettings(path.join(data, 'User', 'settings.json'));

  say('installing the package in VS Code');
  const windows = process.platform === 'win32';
  // A .cmd file needs a shell, which needs quotes around a path with spaces.
  const quoted = (text) => (windows ? `"${text}"` : text);
  const install = await run(
    quoted(command),
    [...common, '--install-extension', vsix, '--force'].map(quoted),
    {
      env,
      quiet: true,
    },
  );
  if (install.code !== 0) {
    console.error(install.output);
    throw new Missing('VS Code could not install the package (see above).');
  }
  say('opening VS Code');
  const child = spawn(quoted(command), [...common, '--new-window', '--wait', folder].map(quoted), {
    env,
    stdio: 'ignore',
    detached: !windows,
    shell: windows,
  });
  return { ended: once(child, 'exit'), end: () => endEditor(path.join(data, 'code.lock')) };
}

/** `code` hands over to a process that leaves its group; that one writes its pid into its profile. */
async function endEditor(lockFile) {
  const pid = fs.existsSync(lockFile) ? Number(fs.readFileSync(lockFile, 'utf8')) : Number.NaN;
  if (!Number.isInteger(pid) || pid <= 1) return;
  try {
    process.kill(pid, 'SIGTERM');
    const deadline = Date.now() + END_TIMEOUT_MS;
    while (Date.now() < deadline) {
      process.kill(pid, 0);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    say(`VS Code (process ${pid}) is still ending`);
  } catch {
    // It has ended.
  }
}
