import { tmpdir } from 'node:os';
import { spawnPty } from './pty/spawnPty';

const BURST_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

/**
 * Whether this runtime can do what a PTY host needs: load node-pty, open a PTY, and read what a program writes
 * to its last byte although it exits at once.
 * @throws Error in one sentence
 */
export const selfCheck = async (): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`a program in a terminal did not end within ${TIMEOUT_MS} ms`)),
      TIMEOUT_MS,
    );
  });
  try {
    await Promise.race([burst(), limit]);
  } finally {
    clearTimeout(timer);
  }
};

/** The program is this runtime itself: it is there on every platform. */
const burst = async (): Promise<void> => {
  const pty = await spawnPty({
    executable: process.execPath,
    args: [
      '-e',
      `require('fs').writeSync(1,'x'.repeat(1));process.stdout.write('x'.repeat(${BURST_BYTES - 1}))`,
    ],
    cwd: tmpdir(),
    environment: { ...definedOf(process.env), ELECTRON_RUN_AS_NODE: '1', TERM: 'xterm-256color' },
    size: { cols: 80, rows: 24 },
  });
  let received = 0;
  const exitCode = await new Promise<number>((resolve) =>
    pty.start({
      onData: (data) => {
        for (const byte of data) {
          received += byte === 0x78 ? 1 : 0;
        }
      },
      onExit: (exit) => resolve(exit.exitCode),
    }),
  );
  pty.dispose();
  if (exitCode !== 0) {
    throw new Error(`a program in a terminal ended with ${exitCode} instead of 0`);
  }
  // A pseudo console draws a screen, so the same bytes do not come out of it; that many do not either way.
  if (process.platform === 'win32' ? received === 0 : received !== BURST_BYTES) {
    throw new Error(`of ${BURST_BYTES} bytes a program wrote to a terminal, ${received} arrived`);
  }
};

const definedOf = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
