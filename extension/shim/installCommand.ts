import { execFile } from 'node:child_process';
import { accessSync, constants, lstatSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { env, l10n, window } from 'vscode';
import { makeFolders } from '../../daemon/client';
import { HoldfastError } from '../../daemon/protocol/errors';
import { Step, tickOff } from '../firstSteps';
import type { Services } from '../services';
import { SHIM_NOTE } from './shim';

const run = promisify(execFile);

/** Puts the command line where shells outside the editor find it. @returns where it is now, or undefined if declined */
export const installCommand = async (services: Services): Promise<string | undefined> => {
  const shim = await services.shim.ensure();
  const place = process.platform === 'win32' ? await addToUserPath(dirname(shim)) : link(shim);
  if (place !== undefined) {
    tickOff(Step.SHELL);
  }
  return place;
};

const link = (shim: string): string => {
  const folders = [join(homedir(), '.local', 'bin'), '/usr/local/bin'];
  const searched = (process.env['PATH'] ?? '').split(delimiter);
  const [first = ''] = folders;
  // The first that is searched and writable; else the user's own, which is made.
  const folder = folders.find((candidate) => searched.includes(candidate) && isWritable(candidate)) ?? first;
  makeFolders(folder);
  const path = join(folder, 'holdfast');
  replaceLink(path, shim);
  const message = searched.includes(folder)
    ? l10n.t("The command 'holdfast' is installed: {0}.", path)
    : l10n.t("The command 'holdfast' is installed: {0}. Add {1} to your PATH to use it.", path, folder);
  void window.showInformationMessage(message);
  return path;
};

/** Never overwrites what is not a link of ours: somebody may have their own `holdfast`. */
const replaceLink = (path: string, target: string): void => {
  const existing = lstatSync(path, { throwIfNoEntry: false });
  if (existing !== undefined) {
    if (!existing.isSymbolicLink() || !isOurs(path, target)) {
      throw new HoldfastError(
        'INVALID_INPUT',
        l10n.t('{0} exists and is not ours', path),
        l10n.t('Move it away, then try again.'),
      );
    }
    rmSync(path);
  }
  symlinkSync(target, path);
};

/** A link to this launcher, to one of another data folder, or to one that is gone. */
const isOurs = (path: string, target: string): boolean => {
  const old = readlinkSync(path);
  if (old === target || /\/holdfast[^/]*\/(?:[^/]+\/)?bin\/holdfast$/.test(old)) {
    return true;
  }
  try {
    return readFileSync(path, 'utf8').includes(SHIM_NOTE);
  } catch {
    // It leads nowhere, and by its path it was never ours.
    return false;
  }
};

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    // Absent or not ours: the next one.
    return false;
  }
};

/** Windows has no folder for it: the shim's own goes to the user's PATH, after a question. */
const addToUserPath = async (folder: string): Promise<string | undefined> => {
  const add = l10n.t('Add to PATH');
  const copy = l10n.t('Copy Folder');
  const chosen = await window.showInformationMessage(
    l10n.t("Add the folder of the command 'holdfast' to your user PATH?"),
    { modal: true, detail: l10n.t('{0}\n\nTerminals that are opened afterwards find it.', folder) },
    add,
    copy,
  );
  if (chosen === copy) {
    await env.clipboard.writeText(folder);
    return folder;
  }
  if (chosen !== add) {
    return undefined;
  }
  // Through .NET rather than setx, which cuts a PATH at 1024 characters.
  const script = [
    '$key = "Path"; $folder = $args[0]',
    '$old = [Environment]::GetEnvironmentVariable($key, "User")',
    'if (-not (($old -split ";") -contains $folder)) {',
    '  [Environment]::SetEnvironmentVariable($key, ($old.TrimEnd(";") + ";" + $folder), "User") }',
  ].join('\n');
  await run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', `& { ${script} }`, folder], {
    windowsHide: true,
  });
  void window.showInformationMessage(l10n.t("The command 'holdfast' is on your PATH in new terminals."));
  return folder;
};
