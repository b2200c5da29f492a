/**
 * Records the corpus anew: real programs in a real PTY, their keys typed as a person would.
 *
 *   npm run fidelity:record            all of them
 *   npm run fidelity:record -- vim     those whose name contains a word
 *
 * Linux, as root, with the programs installed (the scenarios name their Debian packages): each program
 * runs in namespaces of its own, in which the host is called `box` and the home folder is `/home/user`, so
 * that a recording names neither who made it nor the machine it was made on. The time, the load and the memory
 * that programs show are real.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Terminal } from '@xterm/headless';
import { spawn } from 'node-pty';
import type { Size } from '../../../daemon/protocol/model';
import { CORPUS, encodeRecording, type Recording, type Resize, recordingFile } from '../recording';
import type { Scenario } from './keys';
import { scenarios } from './scenarios';

/** A program that has been quiet for so long waits for a key. */
const QUIET_MS = 250;
const LONGEST_WAIT_MS = 8000;
const DEFAULT_SIZE: Size = { cols: 80, rows: 24 };
/** Larger recordings make the suite slow and the repository heavy. */
const MAX_FILE_BYTES = 100_000;

const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/games',
  HOME: '/home/user',
  USER: 'user',
  LOGNAME: 'user',
  SHELL: '/bin/bash',
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  COLORTERM: 'truecolor',
  TZ: 'UTC',
};

const record = async (scenario: Scenario): Promise<Recording> => {
  const size = scenario.size ?? DEFAULT_SIZE;
  // The emulator answers what programs ask, and shows what is waited for.
  const emulator = new Terminal({ ...size, allowProposedApi: true, logLevel: 'off' });
  const pty = spawn(
    'unshare',
    [...['-m', '-u', '-p', '-f', '--mount-proc', 'bash', join(__dirname, 'room.sh')], scenario.script],
    { ...size, env: ENVIRONMENT, cwd: '/', encoding: null },
  );
  const parts: Buffer[] = [];
  const chunks: number[] = [];
  const resizes: Resize[] = [];
  let length = 0;
  let lastOutput = Date.now();
  let hasEnded = false;
  pty.onData((data: string | Buffer) => {
    const part = Buffer.from(data as Buffer);
    parts.push(part);
    length += part.length;
    chunks.push(length);
    lastOutput = Date.now();
    emulator.write(part);
  });
  emulator.onData((answer) => pty.write(answer));
  pty.onExit(() => {
    hasEnded = true;
  });
  const quiet = async (): Promise<void> => {
    const started = Date.now();
    lastOutput = Math.max(lastOutput, started);
    while (!hasEnded && Date.now() - lastOutput < QUIET_MS && Date.now() - started < LONGEST_WAIT_MS) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const shown = async (text: string): Promise<void> => {
    const started = Date.now();
    while (!screenOf(emulator).includes(text)) {
      if (hasEnded || Date.now() - started > LONGEST_WAIT_MS) {
        throw new Error(`${scenario.name}: '${text}' never came:\n${screenOf(emulator)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  try {
    await quiet();
    for (const step of scenario.steps) {
      if (typeof step === 'string') {
        pty.write(step);
      } else if ('until' in step) {
        await shown(step.until);
      } else {
        emulator.resize(step.cols, step.rows);
        resizes.push({ offset: length, size: { cols: step.cols, rows: step.rows } });
        pty.resize(step.cols, step.rows);
      }
      await quiet();
    }
  } finally {
    if (!hasEnded) {
      process.kill(pty.pid, 'SIGKILL');
      while (!hasEnded) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    emulator.dispose();
  }
  const program = execFileSync('sh', ['-c', `${scenario.version} 2>&1 | head -n 1`], {
    encoding: 'utf8',
    env: ENVIRONMENT,
  }).trim();
  const bytes = Buffer.concat(parts).subarray(0, scenario.cutTo);
  return {
    name: scenario.name,
    program,
    size,
    bytes,
    resizes,
    chunks: chunks.filter((at) => at <= bytes.length),
  };
};

const screenOf = (emulator: Terminal): string =>
  Array.from({ length: emulator.rows }, (_, row) =>
    emulator.buffer.active.getLine(emulator.buffer.active.baseY + row)?.translateToString(true),
  ).join('\n');

const main = async (): Promise<void> => {
  const word = process.argv[2] ?? '';
  mkdirSync(CORPUS, { recursive: true });
  for (const scenario of scenarios.filter(({ name }) => name.includes(word))) {
    const recording = await record(scenario);
    const file = encodeRecording(recording);
    if (file.length > MAX_FILE_BYTES) {
      throw new Error(`${scenario.name} takes ${file.length} bytes, more than ${MAX_FILE_BYTES}`);
    }
    writeFileSync(recordingFile(scenario.name), file);
    console.log(
      `${scenario.name.padEnd(20)}${String(recording.bytes.length).padStart(8)} bytes, ${String(file.length).padStart(6)} packed  ${recording.program}`,
    );
  }
};

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
