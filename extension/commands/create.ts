import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { FileType, l10n, type QuickPickItem, QuickPickItemKind, Uri, window, workspace } from 'vscode';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { isName, sanitizeName } from '../../daemon/protocol/names';
import { SessionCreate } from '../../daemon/protocol/sessions';
import { TerminalSpawn } from '../../daemon/protocol/terminals';
import { View } from '../contributions';
import { lineCommand, programSpec, startFolder } from '../environment/programEnvironment';
import type { Services } from '../services';
import { lookOf, type Shown } from '../terminals/shown';
import { shortFolder } from '../tree/plainText';
import { mainTerminal, type TreeNode } from '../tree/treeModel';
import { requireTrust } from '../trust';
import { resolveTargets, type Target, type TargetArgument, targetText } from './targets';
import { toShown } from './view';

/** What other extensions and keybindings may pass to "New Session". */
export interface NewSessionArguments {
  readonly name?: string;
  /** An absolute path. */
  readonly cwd?: string;
  /** Program and arguments; without it the shell. */
  readonly command?: readonly string[];
  readonly group?: string;
  /** The id of a codicon, such as `rocket`. */
  readonly icon?: string;
  /** The id of a terminal's colour, such as `terminal.ansiRed`. */
  readonly color?: string;
  /** Whether to show it; true unless given. */
  readonly attach?: boolean;
}

export const createSession = async (
  services: Services,
  wanted: NewSessionArguments,
): Promise<SessionInfo> => {
  requireTrust();
  return whileShowingProgress(() => startSession(services, wanted));
};

const startSession = async (services: Services, wanted: NewSessionArguments): Promise<SessionInfo> => {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const [environment] = await Promise.all([services.environment.gather(), services.link.connect()]);
  const spec = programSpec(wanted.cwd ?? startFolder(), environment, wanted.command);
  const { session } = await services.link.call(SessionCreate.type, {
    ...spec,
    ...(wanted.name === undefined ? {} : { name: wanted.name }),
    ...(wanted.group === undefined ? {} : { group: wanted.group }),
    ...(wanted.icon === undefined ? {} : { icon: wanted.icon }),
    ...(wanted.color === undefined ? {} : { color: wanted.color }),
    ...(folder?.scheme === 'file' ? { workspace: folder.fsPath } : {}),
  });
  return session;
};

/** @returns the session, or undefined when no folder was chosen */
export const newSession = async (services: Services, argument: unknown): Promise<SessionInfo | undefined> => {
  requireTrust();
  const wanted = isArguments(argument) ? argument : inGroup(argument);
  const cwd = wanted.cwd ?? (await chooseFolderIfMany());
  if (cwd === undefined) {
    return undefined;
  }
  const session = await createSession(services, { ...wanted, cwd });
  if (wanted.attach !== false) {
    await show(services, session, undefined);
  }
  return session;
};

/** Asks for name, folder, program and group. @returns the session, or undefined when the user changed their mind */
export const newSessionWith = async (services: Services): Promise<SessionInfo | undefined> => {
  requireTrust();
  await services.link.connect();
  const cwd = await chooseFolder();
  if (cwd === undefined) {
    return undefined;
  }
  const title = l10n.t('New Session');
  const name = await window.showInputBox({
    title: l10n.t('{0}: Name', title),
    prompt: l10n.t('Leave it empty to name the session after its folder.'),
    validateInput: (value) => nameProblem(services, value, { mayBeEmpty: true }),
  });
  if (name === undefined) {
    return undefined;
  }
  const line = await window.showInputBox({
    title: l10n.t('{0}: Program', title),
    prompt: l10n.t('A command line, or empty for your shell.'),
  });
  if (line === undefined) {
    return undefined;
  }
  const group = await window.showInputBox({
    title: l10n.t('{0}: Group', title),
    prompt: l10n.t('Sessions of a group stand together in the view. Leave it empty for none.'),
  });
  if (group === undefined) {
    return undefined;
  }
  const session = await createSession(services, {
    cwd,
    ...(name === '' ? {} : { name }),
    ...(line.trim() === '' ? {} : { command: lineCommand(line) }),
    ...(group.trim() === '' ? {} : { group: group.trim() }),
  });
  await show(services, session, undefined);
  return session;
};

/** @returns the new terminal, or undefined when no session was chosen */
export const spawnTerminal = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<TerminalInfo | undefined> => {
  requireTrust();
  const [target] = await resolveTargets(services, argument, selected, {
    title: l10n.t('Spawn Terminal in Session'),
    fits: (candidate) => candidate.terminal === undefined && candidate.session.state === 'running',
  });
  return target === undefined ? undefined : spawn(services, target.session, undefined);
};

/**
 * Beside a terminal of the panel, which is the active one unless told.
 * @returns the new terminal, or undefined when none was chosen
 */
export const splitTerminal = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<TerminalInfo | undefined> => {
  requireTrust();
  const { open } = services;
  const shownOf = ({ session, terminal }: Target): Shown | undefined =>
    open.all.find((shown) =>
      terminal === undefined ? shown.session === session.id : shown.terminal === terminal.id,
    );
  const meant =
    argument ?? (open.active === undefined ? undefined : `${open.active.session}:${open.active.terminal}`);
  const [target] = await resolveTargets(services, meant, selected, {
    title: l10n.t('Split Terminal in Session'),
    fits: (candidate) => candidate.session.state === 'running' && shownOf(candidate) !== undefined,
  });
  return target === undefined ? undefined : spawn(services, target.session, shownOf(target));
};

const spawn = async (
  services: Services,
  session: SessionInfo,
  beside: Shown | undefined,
): Promise<TerminalInfo> => {
  const { terminal } = await whileShowingProgress(async () =>
    services.link.call(TerminalSpawn.type, {
      ...programSpec(session.cwd, await services.environment.gather()),
      target: { text: targetText({ session, terminal: undefined }) },
    }),
  );
  await show(services, session, terminal, beside);
  return terminal;
};

/** In a folder of the Explorer, or that of a file there. */
export const newSessionHere = async (
  services: Services,
  resource: unknown,
): Promise<SessionInfo | undefined> => {
  if (!(resource instanceof Uri) || resource.scheme !== 'file') {
    throw new HoldfastError(
      'INVALID_INPUT',
      l10n.t('a session needs a folder on disk'),
      l10n.t('Choose one in the Explorer.'),
    );
  }
  const { type } = await workspace.fs.stat(resource);
  const cwd = (type & FileType.Directory) === 0 ? dirname(resource.fsPath) : resource.fsPath;
  return newSession(services, { cwd });
};

/** Starts the program of a session in a new one, in the folder that the other one is in now. @returns undefined when none was chosen */
export const duplicate = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<SessionInfo | undefined> => {
  requireTrust();
  const [target] = await resolveTargets(services, argument, selected, {
    title: l10n.t('Duplicate'),
    fits: (candidate) => candidate.terminal === undefined,
  });
  const terminal = target === undefined ? undefined : mainTerminal(target.session);
  if (target === undefined || terminal === undefined) {
    return undefined;
  }
  const { group } = target.session;
  const session = await createSession(services, {
    cwd: terminal.cwd,
    command: terminal.command,
    ...(group === null ? {} : { group }),
    ...lookOf(target.session),
  });
  await show(services, session, undefined);
  return session;
};

/** On a busy machine the first start of all, with the daemon's, takes seconds. */
const whileShowingProgress = <T>(work: () => Promise<T>): Thenable<T> =>
  window.withProgress({ location: { viewId: View.SESSIONS } }, work);

/** Says what is wrong with a name, in a sentence with a way out. */
export const nameProblem = (
  { link }: Services,
  name: string,
  { mayBeEmpty }: { readonly mayBeEmpty: boolean },
): string | undefined => {
  if (name === '') {
    return mayBeEmpty ? undefined : l10n.t('A name is needed.');
  }
  if (!isName(name)) {
    return l10n.t(
      'Letters, digits, ".", "_" and "-" only, beginning with a letter or digit: {0}',
      sanitizeName(name),
    );
  }
  return link.all().some((session) => session.name === name)
    ? l10n.t('There is a session of that name.')
    : undefined;
};

const show = async (
  services: Services,
  session: SessionInfo,
  terminal: TerminalInfo | undefined,
  beside?: Shown,
): Promise<void> => {
  const shown = toShown({ session, terminal }, false);
  if (shown !== undefined) {
    await services.open.show(shown, { focus: 'terminal', ...(beside === undefined ? {} : { beside }) });
  }
};

const chooseFolderIfMany = async (): Promise<string | undefined> => {
  if ((workspace.workspaceFolders?.length ?? 0) < 2) {
    return startFolder();
  }
  const folder = await window.showWorkspaceFolderPick({
    placeHolder: l10n.t('Select a folder for the new session'),
  });
  return folder === undefined ? undefined : startFolder(folder.uri);
};

interface FolderItem extends QuickPickItem {
  readonly path: string | undefined;
}

const chooseFolder = async (): Promise<string | undefined> => {
  const paths = new Set([
    ...(workspace.workspaceFolders ?? []).map((folder) => startFolder(folder.uri)),
    homedir(),
  ]);
  const items: FolderItem[] = [
    ...[...paths].map((path) => ({ label: shortFolder(path, homedir()), path })),
    { label: '', kind: QuickPickItemKind.Separator, path: undefined },
    { label: l10n.t('Browse…'), path: undefined },
  ];
  const picked = await window.showQuickPick(items, { title: l10n.t('New Session: Folder') });
  if (picked === undefined || picked.path !== undefined) {
    return picked?.path;
  }
  const chosen = await window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: Uri.file(startFolder()),
  });
  return chosen?.[0]?.fsPath;
};

/** From the menu of a group: in that group. */
const inGroup = (argument: unknown): NewSessionArguments =>
  typeof argument === 'object' &&
  argument !== null &&
  'group' in argument &&
  typeof argument.group === 'string'
    ? { group: argument.group }
    : {};

const isArguments = (value: unknown): value is NewSessionArguments => {
  if (typeof value !== 'object' || value === null || 'kind' in value) {
    return false;
  }
  const { name, cwd, group, icon, color, command } = value as Partial<
    Record<keyof NewSessionArguments, unknown>
  >;
  const texts = [name, cwd, group, icon, color].every(
    (text) => text === undefined || typeof text === 'string',
  );
  const words =
    command === undefined || (Array.isArray(command) && command.every((word) => typeof word === 'string'));
  if (!texts || !words) {
    throw new HoldfastError(
      'INVALID_INPUT',
      l10n.t('what was passed to New Session is not understood'),
      l10n.t('Pass {0}.', '{ name?, cwd?, command?: string[], group?, icon?, color?, attach? }'),
    );
  }
  return true;
};
