import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readJsonFile } from '../platform/privateFile';
import { newId } from '../platform/secrets';
import { HOSTS_FOLDER } from '../protocol/endpoint';
import { HoldfastError } from '../protocol/errors';
import type { HostRecord } from '../protocol/host';
import type { HostId } from '../protocol/ids';
import { launchEnvironment } from './launchEnvironment';

export interface StartHostOptions {
  readonly dataDir: string;
  readonly runtimeDir: string;
  /** Absolute path of ptyhost.js. */
  readonly entry: string;
  /** The mask this process was started with: programs inherit it through the PTY host. */
  readonly userUmask: number;
}

/** Loading node-pty from a cold disk takes seconds on slow machines. */
const START_TIMEOUT_MS = 20_000;
const POLL_MS = 10;

/**
 * Starts a PTY host as a process of its own session, which outlives this one.
 * @throws HoldfastError SPAWN_FAILED
 */
export const startHost = async (options: StartHostOptions): Promise<HostRecord> => {
  const id = newId() as HostId;
  const mask = process.platform === 'win32' ? undefined : process.umask(options.userUmask);
  const child = spawn(
    process.execPath,
    [options.entry, '--data-dir', options.dataDir, '--runtime-dir', options.runtimeDir, '--id', id],
    { detached: true, stdio: 'ignore', cwd: '/', env: launchEnvironment(), windowsHide: true },
  );
  if (mask !== undefined) {
    process.umask(mask);
  }
  child.unref();
  let ended: string | undefined;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code, signal) => {
    ended ??= `it ended with ${signal ?? `status ${code}`}`;
  });
  const path = join(options.dataDir, HOSTS_FOLDER, `${id}.json`);
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const record = asHostRecord(readJsonFile(path));
    if (record !== undefined) {
      return record;
    }
    if (ended !== undefined || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new HoldfastError(
        'SPAWN_FAILED',
        `the PTY host did not start: ${ended ?? `it said nothing for ${START_TIMEOUT_MS} ms`}`,
        `Run '${process.execPath} ${options.entry} --self-check' to see why.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
};

/** A PTY host's record as it was read, or undefined when it is none. */
export const asHostRecord = (value: unknown): HostRecord | undefined => {
  const record = value as Partial<HostRecord> | null | undefined;
  return typeof record?.id === 'string' &&
    typeof record.pid === 'number' &&
    typeof record.socket === 'string' &&
    typeof record.token === 'string'
    ? (record as HostRecord)
    : undefined;
};
