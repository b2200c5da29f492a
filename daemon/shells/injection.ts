import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** What a shell reads of the environment that it is started with, and removes from it before it runs anything. */
const ShellVariable = {
  NONCE: 'HOLDFAST_SHELL_NONCE',
  /** The number before its first prompt's: the prompts of a terminal are counted on through its programs. */
  NUMBER: 'HOLDFAST_SHELL_NUMBER',
  /** It is to read what a login shell reads. */
  LOGIN: 'HOLDFAST_SHELL_LOGIN',
  /** The user's own ZDOTDIR, where there is one. */
  ZDOTDIR: 'HOLDFAST_SHELL_ZDOTDIR',
} as const;

/** The scripts, beside the bundles. */
export const SHELLS_FOLDER = 'shells';

export interface Shell {
  /** An absolute path. */
  readonly executable: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** What a shell says with each of its marks, so that a program that prints such marks is not believed. */
export interface ShellIdentity {
  readonly nonce: string;
  /** Its prompts are counted from here on; greater than any number that this terminal has had. */
  readonly number: number;
}

/**
 * A known shell that is started with no arguments, or with none but those of a login or an interactive shell, with the
 * script that has it say where commands begin and end. Anything else is started as it is. The user's own files are read
 * as they would have been, and none is changed.
 * @param folder where the scripts are; where one is missing, the shell is started as it is
 */
export const withIntegration = (shell: Shell, folder: string, identity: ShellIdentity): Shell => {
  const inject = INJECTIONS[nameOf(shell.executable)];
  const injected = inject?.(shell, folder);
  if (injected === undefined || !existsSync(injected.script)) {
    return shell;
  }
  return {
    executable: shell.executable,
    args: injected.args,
    environment: {
      ...shell.environment,
      ...injected.environment,
      [ShellVariable.NONCE]: identity.nonce,
      [ShellVariable.NUMBER]: String(identity.number),
    },
  };
};

interface Injected {
  readonly script: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const nameOf = (executable: string): string =>
  (executable.split(process.platform === 'win32' ? /[\\/]/ : '/').at(-1) ?? '').replace(/\.exe$/i, '');

/** The words of a login or an interactive shell, alone or together (`-il`). @returns undefined when there are others */
const shellWords = (args: readonly string[]): { login: boolean; interactive: boolean } | undefined => {
  const known = args.every((word) => /^(?:-[il]+|--login|--interactive)$/.test(word));
  return known
    ? {
        login: args.some((word) => word === '--login' || /^-i*l/.test(word)),
        interactive: args.some((word) => word === '--interactive' || /^-l*i/.test(word)),
      }
    : undefined;
};

const bash = ({ args }: Shell, folder: string): Injected | undefined => {
  const words = shellWords(args);
  const script = join(folder, 'bash.sh');
  return words === undefined
    ? undefined
    : {
        script,
        // A login shell reads no file that can be named: this one reads for it what it would have read.
        args: ['--init-file', script, ...(words.interactive ? ['-i'] : [])],
        environment: words.login ? { [ShellVariable.LOGIN]: '1' } : {},
      };
};

const zsh = ({ args, environment }: Shell, folder: string): Injected | undefined => {
  const own = environment['ZDOTDIR'];
  const zdotdir = join(folder, 'zsh');
  return shellWords(args) === undefined
    ? undefined
    : {
        script: join(zdotdir, '.zshenv'),
        args,
        environment: { ZDOTDIR: zdotdir, ...(own === undefined ? {} : { [ShellVariable.ZDOTDIR]: own }) },
      };
};

const fish = ({ args }: Shell, folder: string): Injected | undefined => {
  const script = join(folder, 'fish.fish');
  return shellWords(args) === undefined
    ? undefined
    : { script, args: [...args, '--init-command', `source ${singleQuoted(script, "\\'")}`] };
};

const powershell = ({ args }: Shell, folder: string): Injected | undefined => {
  const script = join(folder, 'pwsh.ps1');
  const known = args.every((word) => /^-(?:nologo|login|l)$/i.test(word));
  return known
    ? { script, args: [...args, '-NoExit', '-Command', `. ${singleQuoted(script, "''")}`] }
    : undefined;
};

/** @param quote what stands for a quote between quotes */
const singleQuoted = (text: string, quote: string): string =>
  `'${(quote.startsWith('\\') ? text.replaceAll('\\', '\\\\') : text).replaceAll("'", quote)}'`;

const INJECTIONS: Readonly<Record<string, (shell: Shell, folder: string) => Injected | undefined>> = {
  bash,
  zsh,
  fish,
  pwsh: powershell,
  powershell,
};
