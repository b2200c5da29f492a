import { tmpdir } from 'node:os';
import type { Pty } from '../pty/pty';
import { spawnPty } from '../pty/spawnPty';

/**
 * Run by each runtime: programs that write a burst and exit at once, many times. Prints, as one JSON value,
 * the runs of which something was missing.
 */

interface Loss {
  readonly mode: string;
  readonly size: number;
  readonly received: number;
  readonly exitCode: number;
}

const SIZES = [1, 100, 4095, 4096, 20_000, 65_536, 200_000, 1024 * 1024];
/** What surely fits into a PTY, so that its program can end while nobody reads. */
const FITS_BYTES = 4096;

interface Mode {
  begin?(pty: Pty, size: number): void;
  onData?(pty: Pty, size: number): void;
}

const modes: Readonly<Record<string, Mode>> = {
  flowing: {},
  // Never read until the program has ended, where the PTY holds it all; else paused after each read.
  paused: {
    begin: (pty, size) => {
      if (size <= FITS_BYTES) {
        pty.pause();
      }
    },
    onData: (pty, size) => {
      if (size > FITS_BYTES) {
        pty.pause();
        setImmediate(() => pty.resume());
      }
    },
  },
  // A synchronisation at any moment must not lose or repeat anything either.
  drained: {
    begin: (pty) => {
      pty.pause();
      pty.drain();
      setImmediate(() => {
        pty.drain();
        pty.resume();
        pty.drain();
      });
    },
  },
};

const run = async (name: string, mode: Mode, size: number): Promise<Loss | undefined> => {
  const pty = await spawnPty({
    executable: 'head',
    args: ['-c', String(size), '/dev/zero'],
    cwd: tmpdir(),
    environment: { PATH: process.env['PATH'] ?? '' },
    size: { cols: 80, rows: 24 },
  });
  let received = 0;
  const exit = await new Promise<{ exitCode: number }>((resolve) => {
    pty.start({
      onData: (data) => {
        received += data.length;
        mode.onData?.(pty, size);
      },
      onExit: resolve,
    });
    mode.begin?.(pty, size);
  });
  pty.dispose();
  return received === size && exit.exitCode === 0
    ? undefined
    : { mode: name, size, received, exitCode: exit.exitCode };
};

const main = async (): Promise<void> => {
  const rounds = Number(process.argv[2]);
  const losses: Loss[] = [];
  let runs = 0;
  for (const [name, mode] of Object.entries(modes)) {
    for (const size of SIZES) {
      for (let round = 0; round < rounds; round += 1) {
        const loss = await run(name, mode, size);
        runs += 1;
        if (loss !== undefined) {
          losses.push(loss);
        }
      }
    }
  }
  process.stdout.write(JSON.stringify({ node: process.version, runs, losses }));
};

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
