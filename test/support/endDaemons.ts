import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Ends daemons and PTY hosts that a test has left running below its private data folder, by their pids.
 * @returns what had to be ended
 */
export const endDaemonsBelow = (dataDir: string): readonly number[] => {
  const ended: number[] = [];
  if (!existsSync(dataDir)) {
    return ended;
  }
  const records = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?:^|\/)(?:endpoint\.json|hosts\/[^/]+\.json)$/.test(name),
  );
  for (const name of records) {
    try {
      const { pid } = JSON.parse(readFileSync(join(dataDir, name), 'utf8')) as { readonly pid: number };
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (command.includes(dataDir)) {
        process.kill(pid, 'SIGKILL');
        ended.push(pid);
      }
    } catch {
      // It has left by itself, or another program has its pid.
    }
  }
  return ended;
};
