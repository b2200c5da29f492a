/** What the command line runs on: the daemon's own runtime and the copy of the program it runs from. */
export interface ShimTarget {
  /** Absolute path of the Node or Electron executable. */
  readonly executable: string;
  readonly electron: boolean;
  /** Absolute path of cli.js in the versioned copy. */
  readonly script: string;
}

export interface ShimFile {
  readonly name: string;
  readonly content: string;
}

/** Stands in every one, and tells ours from somebody else's `holdfast`. */
export const SHIM_NOTE = "Holdfast's command line. Written by the VS Code extension; changes are lost.";

/** The launcher for a platform: `holdfast`, or `holdfast.cmd` on Windows. */
export const shimFile = (target: ShimTarget, platform: NodeJS.Platform): ShimFile =>
  platform === 'win32'
    ? { name: 'holdfast.cmd', content: cmd(target) }
    : { name: 'holdfast', content: sh(target) };

const sh = ({ executable, electron, script }: ShimTarget): string =>
  [
    '#!/bin/sh',
    `# ${SHIM_NOTE}`,
    // The editor whose runtime it is may be updated or removed; the copy of the program stays.
    `if [ -x ${quote(executable)} ]; then`,
    ...(electron ? ['  ELECTRON_RUN_AS_NODE=1', '  export ELECTRON_RUN_AS_NODE'] : []),
    `  exec ${quote(executable)} ${quote(script)} "$@"`,
    'fi',
    `exec node ${quote(script)} "$@"`,
    '',
  ].join('\n');

const cmd = ({ executable, electron, script }: ShimTarget): string =>
  [
    '@echo off',
    `rem ${SHIM_NOTE}`,
    'setlocal',
    ...(electron ? ['set ELECTRON_RUN_AS_NODE=1'] : []),
    `"${batchText(executable)}" "${batchText(script)}" %*`,
    '',
  ].join('\r\n');

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** In a batch file a per cent sign begins a variable; quotes cannot be part of a Windows path. */
const batchText = (text: string): string => text.replaceAll('%', '%%');
