import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Runtimes, editors and browsers that scripts fetch once; never part of a package. */
export const tools = path.join(root, '.tools');

export const inRoot = (...parts) => path.join(root, ...parts);
