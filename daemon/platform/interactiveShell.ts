/** Shells that people type in, by the name of their executable. */
const POSIX = new Set([
  'sh',
  'ash',
  'bash',
  'dash',
  'fish',
  'ksh',
  'mksh',
  'zsh',
  'csh',
  'tcsh',
  'elvish',
  'nu',
  'xonsh',
]);
const POWERSHELL = new Set(['pwsh', 'pwsh-preview', 'powershell']);
/** Options of these shells that are followed by a value of their own. */
const WITH_VALUE = new Set(['--rcfile', '--init-file', '--config', '--env-config', '-o', '+o', '-O', '+O']);

/** Whether a command is a shell that waits for somebody to type, and not one that was given something to run. */
export const isInteractiveShell = (command: readonly string[]): boolean => {
  const [program, ...args] = command;
  if (program === undefined) {
    // Without a command the user's login shell is started.
    return true;
  }
  const name = (program.split(/[\\/]/).at(-1) ?? '').toLowerCase().replace(/\.exe$/, '');
  if (POSIX.has(name)) {
    return hasNothingToRun(args);
  }
  if (POWERSHELL.has(name)) {
    return args.some((arg) => /^-noe/i.test(arg)) || !args.some((arg) => /^(?:-(?:c|f|e)|[^-])/i.test(arg));
  }
  return name === 'cmd' && !args.some((arg) => /^\/[cr]/i.test(arg));
};

/** POSIX sh, XCU "sh": `-c` brings a command, the first operand names a script. */
const hasNothingToRun = (args: readonly string[]): boolean => {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (WITH_VALUE.has(arg)) {
      index++;
    } else if (/^-[a-z]*c/i.test(arg) || arg.startsWith('--command') || !/^[-+]/.test(arg)) {
      return false;
    }
  }
  return true;
};
