import fs from 'node:fs';
import path from 'node:path';
import { run } from '../run.mjs';
import { Missing, say } from '../say.mjs';

/** What every npm call of a script adds: no scripts of strangers, no adverts. */
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Runs npm; when it fails, its output is shown and `missing` says what cannot go on. */
export async function npm(args, { cwd, env, missing }) {
  const result = await run('npm', [...args, ...QUIET], { cwd, env, quiet: true });
  if (result.code === 0) return;
  console.error(result.output);
  throw new Missing(`${missing}: npm could not fetch it (see above); the npm registry must be reachable.`);
}

/** Does something once for a key: a stamp in the folder says that it was done, whole, for that very key. */
export async function once(folder, key, work) {
  const stamp = path.join(folder, '.stamp');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === key) return;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  await work();
  fs.writeFileSync(stamp, key);
}

/**
 * Installs pinned packages into a folder of their own.
 *
 * @param {{ folder: string, what: string, dependencies: Record<string, string>, env?: NodeJS.ProcessEnv,
 *   args?: readonly string[], afterwards?: () => Promise<void> }} options
 */
export async function installOnce({ folder, what, dependencies, env, args = [], afterwards }) {
  await once(folder, JSON.stringify(dependencies), async () => {
    say(`installing ${what}`);
    fs.writeFileSync(
      path.join(folder, 'package.json'),
      `${JSON.stringify({ private: true, dependencies })}\n`,
    );
    await npm(['install', '--ignore-scripts', '--no-package-lock', ...args], {
      cwd: folder,
      env,
      missing: `${what} is missing`,
    });
    await afterwards?.();
  });
}
