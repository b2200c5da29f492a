import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { CLI, type Holdfast } from './holdfast';
import { TerminalWindow, type WindowOptions } from './terminalWindow';

/** A window with a shell in which `hf` is the command line. Whoever opens it disposes it. */
export const outerWindow = (
  holdfast: Holdfast,
  options: Omit<WindowOptions, 'cwd' | 'env'> = {},
): TerminalWindow => {
  const script = path.join(holdfast.folder, 'hf');
  writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, { mode: 0o755 });
  return new TerminalWindow({
    ...options,
    cwd: holdfast.work,
    env: { ...holdfast.env, PATH: `${holdfast.folder}:${holdfast.env['PATH']}` },
  });
};
