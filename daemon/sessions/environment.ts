import { dirname } from 'node:path';
import type { ClientKind } from '../protocol/hello';
import type { SessionId, TerminalId } from '../protocol/ids';
import { Variable } from '../protocol/variables';

export interface ProgramIdentity {
  readonly session: SessionId;
  readonly terminal: TerminalId;
  readonly cwd: string;
  /** Who asked for the program. */
  readonly client: ClientKind;
  readonly version: string;
  readonly dataDir: string;
  readonly runtimeDir: string;
}

const OWN = /^HOLDFAST_/;

/**
 * What a program in a terminal must not get from whoever started it. The first group is what VS Code's own
 * terminals lose (`sanitizeProcessEnvironment` in src/vs/base/common/processes.ts, and code-server's additions).
 */
const UNWANTED: readonly RegExp[] = [
  /^ELECTRON_/,
  /^VSCODE_(?!(PORTABLE|SHELL_LOGIN|ENV_REPLACE|ENV_APPEND|ENV_PREPEND))/,
  /^SNAP(_|$)/,
  /^GDK_PIXBUF_/,
  /^CODE_SERVER_/,
  /^CS_/,
  // Node's own wiring between a parent and a child it forked.
  /^NODE_(OPTIONS|CHANNEL_|UNIQUE_ID)/,
  // What npm tells scripts about itself.
  /^npm_(lifecycle|package|command|execpath|node_execpath)/,
  // The outer terminal's or multiplexer's identity, by which programs would choose features this one lacks.
  /^(TMUX|TMUX_PANE|STY|WINDOW|ZELLIJ.*)$/,
  /^(TERM|TERMCAP|TERMINFO|COLORTERM|COLUMNS|LINES|WINDOWID|TERM_PROGRAM|TERM_PROGRAM_VERSION)$/,
  /^(VTE_VERSION|TERM_SESSION_ID|TERMINAL_EMULATOR|LC_TERMINAL|LC_TERMINAL_VERSION|WT_SESSION|WT_PROFILE_ID)$/,
  /^(KITTY|ITERM|KONSOLE|ALACRITTY|WEZTERM|GHOSTTY)_/,
  OWN,
];

/** Variables of a running VS Code window that its own terminals have too: `code` and git's prompts need them. */
const EDITOR = /^VSCODE_(IPC_HOOK_CLI$|GIT_)/;
/** Meant for the editor's own processes, not for what runs in its terminals. */
const EDITOR_PROCESS = /^(DEBUG|LD_PRELOAD|DYLD_INSERT_LIBRARIES)$/;
/** npm turns its whole configuration into these for a script, and only then they are not the user's own. */
const NPM_CONFIG = /^npm_config_/;

/** The complete environment of a program, from what the caller has and what was added for this program alone. */
export const programEnvironment = (
  given: Readonly<Record<string, string>>,
  identity: ProgramIdentity,
  added: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const fromEditor = identity.client === 'vscode';
  const hasWindow = fromEditor || given['TERM_PROGRAM'] === 'vscode';
  const fromNpm = given['npm_lifecycle_event'] !== undefined;
  const kept = Object.entries(given).filter(
    ([name]) =>
      isVariableName(name) &&
      ((hasWindow && EDITOR.test(name)) || !UNWANTED.some((pattern) => pattern.test(name))) &&
      !(fromEditor && EDITOR_PROCESS.test(name)) &&
      !(fromNpm && NPM_CONFIG.test(name)),
  );
  return {
    ...defaultLocale(given),
    ...Object.fromEntries(kept),
    TERM: 'xterm-256color',
    COLORTERM: 'truecolor',
    TERM_PROGRAM: fromEditor ? 'vscode' : 'holdfast',
    TERM_PROGRAM_VERSION: (fromEditor ? given['TERM_PROGRAM_VERSION'] : undefined) ?? identity.version,
    ...Object.fromEntries(Object.entries(added).filter(([name]) => isVariableName(name) && !OWN.test(name))),
    ...ownVariables(identity),
    ...(process.platform === 'win32' ? {} : { PWD: identity.cwd }),
  };
};

/** What leads a command line that is called inside the terminal back to this daemon and this session. */
export const ownVariables = (
  identity: Pick<ProgramIdentity, 'session' | 'terminal' | 'dataDir' | 'runtimeDir'>,
): Readonly<Record<string, string>> => ({
  [Variable.SESSION]: identity.session,
  [Variable.TERMINAL]: identity.terminal,
  [Variable.SOCKET_DIR]: identity.runtimeDir,
  // The folder above the machine's own: that is what the variable names.
  [Variable.DATA_DIR]: dirname(identity.dataDir),
});

/** Without any locale, programs would take a UTF-8 terminal for an ASCII one. */
const defaultLocale = (given: Readonly<Record<string, string>>): Readonly<Record<string, string>> => {
  const isSet = ['LC_ALL', 'LC_CTYPE', 'LANG'].some(
    (name) => given[name] !== undefined && given[name] !== '',
  );
  if (isSet || process.platform === 'win32') {
    return {};
  }
  return { LANG: process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8' };
};

/** Environments hold NAME=VALUE, ended by NUL; anything else can't be passed on. */
const isVariableName = (name: string): boolean =>
  name !== '' && !name.includes('\0') && !name.slice(1).includes('=');
