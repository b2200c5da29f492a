import path from 'node:path';
import { root } from '../paths.mjs';

/** What npm, an outer editor or an outer Holdfast terminal has set for its own programs. */
const FOREIGN =
  /^(npm_|INIT_CWD$|NODE$|COLOR$|VSCODE_|ELECTRON_|TERM_PROGRAM|HOLDFAST_(SESSION|TERMINAL|START_FOLDER)$)/;

/** The environment as it was before `npm start`. */
export function usersEnvironment(environment) {
  const cleaned = Object.fromEntries(Object.entries(environment).filter(([name]) => !FOREIGN.test(name)));
  const key = Object.keys(cleaned).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  // npm puts node_modules/.bin of this folder and of every one above it in front, and its own helper.
  const npms = (folder) =>
    folder.endsWith(path.join('node_modules', '.bin')) ||
    folder.includes('node-gyp-bin') ||
    folder.startsWith(root);
  cleaned[key] = (cleaned[key] ?? '')
    .split(path.delimiter)
    .filter((folder) => !npms(folder))
    .join(path.delimiter);
  return cleaned;
}
