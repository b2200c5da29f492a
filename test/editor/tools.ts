import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Where Chromium is looked for when CHROMIUM does not say. */
const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A Chromium that Playwright can drive; undefined lets Playwright take the one it has downloaded. */
export const chromiumPath = (): string | undefined =>
  [process.env['CHROMIUM'], ...CHROMIUM_PATHS].find((path) => path !== undefined && existsSync(path));

/** code-server's entry script, in its own folder beside the project's dependencies. */
export const codeServerEntry = (): string => {
  const entry =
    process.env['CODE_SERVER_ENTRY'] ??
    join(ROOT, '.tools/code-server/node_modules/code-server/out/node/entry.js');
  if (!existsSync(entry)) {
    throw new Error(`code-server is not at ${entry}: run 'npm test -- --only setup'`);
  }
  return entry;
};

/** What Chromium is told: it runs without a display, without a sandbox of its own, and asks nobody anything. */
export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
