import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { inRoot } from '../paths.mjs';
import { say } from '../say.mjs';
import { npm } from './install.mjs';

/** `npm ci`, when node_modules/ is missing or is not what the lock file says. */
export async function ensureDependencies(env) {
  const stamp = inRoot('node_modules', '.holdfast-lock');
  const key = createHash('sha256')
    .update(fs.readFileSync(inRoot('package-lock.json')))
    .digest('hex');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === key) return;
  // Somebody may just have run npm themselves: npm's own record is then at least as new as the lock file.
  const record = inRoot('node_modules', '.package-lock.json');
  const fresh =
    fs.existsSync(record) && fs.statSync(record).mtimeMs >= fs.statSync(inRoot('package-lock.json')).mtimeMs;
  if (!fresh) {
    say('installing the dependencies (npm ci)');
    await npm(['ci'], { env, missing: 'The dependencies are missing' });
  }
  fs.writeFileSync(stamp, key);
}
