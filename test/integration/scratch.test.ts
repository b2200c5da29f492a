import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Scratch } from '../../scripts/scratch.mjs';

/** What an editor that is killed leaves behind: its socket, and what V8 has compiled. */
const EDITOR = `
  const { join } = require('node:path'), { tmpdir } = require('node:os');
  require('node:fs').mkdirSync(join(tmpdir(), 'node-compile-cache'));
  require('node:net').createServer().listen(join(tmpdir(), 'vscode-ipc-1.sock'), () => process.kill(process.pid, 'SIGKILL'));`;

test('what a test program leaves in its temporary folder is found, and goes', {
  skip: process.platform !== 'linux',
}, async () => {
  const scratch = new Scratch();
  const folder = scratch.environment['TMPDIR'] ?? '';
  try {
    assert.deepEqual(await scratch.leftovers(), []);
    const env = { ...process.env, ...scratch.environment };
    assert.throws(() => execFileSync(process.execPath, ['-e', EDITOR], { env }), /SIGKILL|Command failed/);
    assert.deepEqual((await scratch.leftovers()).sort(), ['node-compile-cache', 'vscode-ipc-1.sock']);
    for (const name of readdirSync(folder).filter((one) => !one.startsWith('tsx-'))) {
      rmSync(join(folder, name), { recursive: true });
    }
    assert.deepEqual(await scratch.leftovers(), [], 'tsx’s cache is everybody’s');
  } finally {
    scratch.remove();
  }
  assert.equal(existsSync(folder), false);
});

test('what a test program that was killed leaves running is ended, and nothing else', {
  skip: process.platform !== 'linux',
}, async () => {
  const scratch = new Scratch();
  const other = new Scratch();
  const [left, others] = [scratch, other].map(({ environment }) =>
    spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000); console.log("here")'], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  assert.ok(left !== undefined && others !== undefined);
  try {
    await Promise.all([once(left.stdout, 'data'), once(others.stdout, 'data')]);
    const ended = once(left, 'exit');
    scratch.endPrograms();
    assert.deepEqual(await ended, [null, 'SIGKILL']);
    assert.equal(others.exitCode ?? others.signalCode, null);
  } finally {
    left.kill('SIGKILL');
    others.kill('SIGKILL');
    scratch.remove();
    other.remove();
  }
});
