import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { inRoot } from '../paths.mjs';
import { run } from '../run.mjs';
import { Missing, say } from '../say.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/**
 * A Chromium that Playwright can drive: one that is there, else Playwright's download, else Debian's package.
 *
 * @returns {Promise<string>} its executable
 */
export async function ensureChromium(env) {
  const there = findChromium() ?? (await playwrightChromium(env));
  if (there !== undefined) return there;

  say("installing Chromium (Playwright's download)");
  const cli = inRoot('node_modules/playwright-core/cli.js');
  const download = await run(process.execPath, [cli, 'install', 'chromium'], {
    env,
    quiet: true,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  const downloaded = download.code === 0 ? await playwrightChromium(env) : undefined;
  if (downloaded !== undefined) return downloaded;

  if (process.platform === 'linux' && process.getuid?.() === 0 && fs.existsSync('/usr/bin/apt-get')) {
    say("installing Chromium (Debian's package)");
    const quiet = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, quiet: true };
    await run('apt-get', ['update', '-q'], quiet);
    const install = await run(
      'apt-get',
      ['install', '-y', '-q', '--no-install-recommends', 'chromium'],
      quiet,
    );
    const installed = findChromium();
    if (installed !== undefined) return installed;
    console.error(install.output);
  }
  throw new Missing(
    'A Chromium is missing for the tests in a real editor: install chromium or Google Chrome, or name one in CHROMIUM.',
  );
}

function findChromium() {
  const named = process.env['CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (fs.existsSync(named)) return named;
    throw new Missing(`CHROMIUM names ${named}, which does not exist.`);
  }
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const candidates = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name + suffix)));
  return [...candidates, ...APPLICATIONS].find((file) => fs.existsSync(file));
}

/** Where Playwright keeps its own download, if it has been made and can start. */
async function playwrightChromium(env) {
  const { chromium } = await import('playwright-core');
  const file = chromium.executablePath();
  if (!fs.existsSync(file)) return undefined;
  // Only Linux can lack libraries it needs; on Windows `--version` would open a window.
  if (process.platform !== 'linux') return file;
  return spawnSync(file, ['--version'], { env, stdio: 'ignore' }).status === 0 ? file : undefined;
}
