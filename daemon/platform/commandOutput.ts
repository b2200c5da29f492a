import { createRequire } from 'node:module';

const TIMEOUT_MS = 5000;

/**
 * What a tool of the system prints, trimmed, or undefined when it is missing, fails or takes longer than 5 s.
 * Loads `node:child_process` when it is called: where the system can be asked without a tool, that costs nothing.
 */
export const commandOutput = (
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): string | undefined => {
  const { execFileSync } = createRequire(__filename)(
    'node:child_process',
  ) as typeof import('node:child_process');
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      windowsHide: true,
      timeout: TIMEOUT_MS,
    }).trim();
  } catch {
    // Missing, failed or slow: for every caller the same as not known.
    return undefined;
  }
};
