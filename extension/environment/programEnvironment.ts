import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { env, type Uri, version, workspace } from 'vscode';
import type { ProgramSpec } from '../../daemon/protocol/sessions';
import { Variable } from '../../daemon/protocol/variables';
import { readSetting } from '../settings';
import { applyChanges, cleanEnvironment, resolveVariables } from './cleanEnvironment';

/** Names of `terminal.integrated.*` settings by platform; anything else is a Linux to VS Code. */
const PLATFORM_NAME: Partial<Record<NodeJS.Platform, string>> = { win32: 'windows', darwin: 'osx' };
/** Shells that read the user's profile only as login shells; VS Code starts them so on macOS. */
const LOGIN_SHELL = /(?:^|\/)(?:bash|zsh|fish|sh)$/;

/** What starts in a new terminal, as VS Code's own terminals would start it. */
export const programSpec = (
  cwd: string,
  environment: Readonly<Record<string, string>>,
  command: readonly string[] = shellCommand(),
): ProgramSpec => ({
  command,
  cwd,
  environment,
  ...(readSetting('holdfast.shellIntegration.enabled') ? {} : { shellIntegration: false }),
});

/** The user's shell with its arguments. */
export const shellCommand = (): readonly string[] => {
  const path = readSetting('holdfast.shell.path');
  if (path !== null && path !== '') {
    return [path, ...readSetting('holdfast.shell.args')];
  }
  return process.platform === 'darwin' && LOGIN_SHELL.test(env.shell) ? [env.shell, '-l'] : [env.shell];
};

/**
 * A command line, run by a shell so that variables and pipes mean what they mean there.
 * @param chosen another shell than the user's
 */
export const lineCommand = (
  line: string,
  chosen?: { readonly executable: string; readonly args: readonly string[] | undefined },
): readonly string[] => {
  const [own = env.shell] = shellCommand();
  const shell = chosen?.executable ?? own;
  const usual = /(?:^|\\)cmd(?:\.exe)?$/i.test(shell) ? ['/d', '/c'] : ['-c'];
  return [shell, ...(chosen?.args ?? usual), line];
};

/** The folder that a new session begins in: the one given, else the first that is open and on disk, else home. */
export const startFolder = (folder?: Uri): string => {
  const uri = folder ?? workspace.workspaceFolders?.[0]?.uri;
  return uri !== undefined && uri.scheme === 'file' && existsSync(uri.fsPath) ? uri.fsPath : homedir();
};

/** The editor may itself run in a session; a new one is no part of that. */
export const withoutSession = (environment: Record<string, string>): Record<string, string> => {
  const { [Variable.SESSION]: _session, [Variable.TERMINAL]: _terminal, ...rest } = environment;
  return rest;
};

/** The environment of VS Code's own terminals as far as this host knows it: without what other extensions add. */
export const ownEnvironment = (): Record<string, string> => {
  const clean = withoutSession(cleanEnvironment(process.env));
  const base: Record<string, string> = {
    ...clean,
    ...(clean['LANG'] === undefined && process.platform !== 'win32' ? { LANG: language() } : {}),
    TERM_PROGRAM: 'vscode',
    TERM_PROGRAM_VERSION: version,
  };
  return applyChanges(base, configuredVariables(base), process.platform);
};

const configuredVariables = (base: Readonly<Record<string, string>>): Record<string, string | null> => {
  const name = `terminal.integrated.env.${PLATFORM_NAME[process.platform] ?? 'linux'}`;
  const configured = workspace.getConfiguration().get<Readonly<Record<string, unknown>>>(name) ?? {};
  const variables = { workspaceFolder: workspace.workspaceFolders?.[0]?.uri.fsPath, userHome: homedir() };
  return Object.fromEntries(
    Object.entries(configured)
      .filter((entry): entry is [string, string | null] => entry[1] === null || typeof entry[1] === 'string')
      .map(([key, value]) => [key, value === null ? null : resolveVariables(value, base, variables)]),
  );
};

/** As VS Code sets LANG where the desktop has not: the display language, in UTF-8. */
const language = (): string => {
  const [tongue = 'en', region] = env.language.split('-');
  return `${tongue}_${(region ?? (tongue === 'en' ? 'US' : tongue)).toUpperCase()}.UTF-8`;
};
