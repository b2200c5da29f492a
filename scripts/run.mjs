import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { root } from './paths.mjs';

/** How long a group that was told to end may take before it is killed. */
const GRACE_MS = 5000;

/**
 * Runs a program to its end, as the leader of its own process group, so that a timeout ends all of it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, timeoutMs?: number, quiet?: boolean }} [options]
 *   `quiet` keeps the output for the result instead of showing it.
 * @returns {Promise<{ code: number, timedOut: boolean, output: string }>} code is 1 after a signal
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', options.quiet ? 'pipe' : 'inherit', options.quiet ? 'pipe' : 'inherit'],
      detached: !windows,
      // npm is a .cmd file on Windows, which only a shell can start.
      shell: windows && !path.isAbsolute(command),
    });
    let output = '';
    child.stdout?.on('data', (data) => (output += data));
    child.stderr?.on('data', (data) => (output += data));

    const end = (signal) => endGroup(child, signal);
    const forward = () => end('SIGTERM');
    process.on('SIGINT', forward);
    process.on('SIGTERM', forward);
    let timedOut = false;
    const timers = [];
    if (options.timeoutMs !== undefined) {
      timers.push(
        setTimeout(() => {
          timedOut = true;
          end('SIGTERM');
          timers.push(setTimeout(() => end('SIGKILL'), GRACE_MS));
        }, options.timeoutMs),
      );
    }
    const settled = () => {
      timers.forEach(clearTimeout);
      process.off('SIGINT', forward);
      process.off('SIGTERM', forward);
    };
    child.once('error', (error) => {
      settled();
      reject(error);
    });
    // 'exit', not 'close': something a test left behind may hold the output open.
    child.once('exit', (code) => {
      if (timedOut) end('SIGKILL');
      settled();
      resolve({ code: code ?? 1, timedOut, output });
    });
  });
}

function endGroup(child, signal) {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has gone by itself.
  }
}
