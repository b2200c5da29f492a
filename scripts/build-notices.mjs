import fs from 'node:fs';
import path from 'node:path';

const LICENSE_FILE = /^(licen[cs]e|copying)(\.(md|txt))?$/i;

/**
 * The licences of the packages whose code is in the bundles; nearly all of them ask to be passed on.
 *
 * @param {string} root
 * @param {Iterable<string>} inputs the bundles' source files, relative to root
 * @returns {string}
 */
export function thirdPartyNotices(root, inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const match = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (match !== null) packages.add(match[0].slice(0, -1));
  }
  const notices = [...packages].sort().map((folder) => {
    const manifest = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const file = fs.readdirSync(path.join(root, folder)).find((name) => LICENSE_FILE.test(name));
    const text =
      file === undefined ? '' : `\n\n${fs.readFileSync(path.join(root, folder, file), 'utf8').trim()}`;
    return `${manifest.name} ${manifest.version} (${manifest.license})${text}`;
  });
  return `Holdfast contains code of these packages:\n\n${notices.join(`\n\n${'-'.repeat(72)}\n\n`)}\n`;
}
