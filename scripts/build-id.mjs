import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Every file below a folder, relative to it, with `/`, sorted. */
export function filesBelow(folder) {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/**
 * Writes dist/build-id: 16 hex digits over the names and contents of everything that runs from a copy of dist/.
 *
 * @returns {string} the id
 */
export function writeBuildId(dist) {
  const hash = createHash('sha256');
  for (const file of filesBelow(dist)) {
    if (file === 'build-id' || file.startsWith('types/')) continue;
    hash
      .update(`${file}\0`)
      .update(fs.readFileSync(path.join(dist, file)))
      .update('\0');
  }
  const id = hash.digest('hex').slice(0, 16);
  fs.writeFileSync(path.join(dist, 'build-id'), `${id}\n`);
  return id;
}
