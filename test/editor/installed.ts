import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { installExtension } from './codeServer';

const PLACE = resolve(__dirname, '../../.tools/installed');
const UNFINISHED = 'new-';

/**
 * Gives an editor that has not started yet a packed extension. VS Code installs each package once, as for a user, into a
 * folder of its own; every editor gets a copy of that: an installation takes longer than the start of an editor.
 */
export const provideExtension = async (folder: string, vsix: string): Promise<void> => {
  const name = createHash('sha256').update(readFileSync(vsix)).digest('hex').slice(0, 16);
  const installed = join(PLACE, name);
  if (!existsSync(installed)) {
    await install(vsix, installed);
  }
  cpSync(installed, join(folder, 'extensions'), { recursive: true });
};

const install = async (vsix: string, place: string): Promise<void> => {
  mkdirSync(PLACE, { recursive: true });
  const packagesBefore = readdirSync(PLACE).filter(
    (name) => !name.startsWith(UNFINISHED) && name !== basename(place),
  );
  const work = mkdtempSync(join(PLACE, UNFINISHED));
  try {
    await installExtension(work, vsix, { ...process.env, HOME: work });
    // Whole or not at all: another test may do the same now.
    renameSync(join(work, 'extensions'), place);
  } catch (error) {
    if (!existsSync(place)) {
      throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  for (const name of packagesBefore) {
    rmSync(join(PLACE, name), { recursive: true, force: true });
  }
};
