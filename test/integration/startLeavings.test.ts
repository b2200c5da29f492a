import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { removeDeadSockets } from '../../scripts/start/deadSockets.mjs';

const folder = mkdtempSync(join(tmpdir(), 'hf-dead-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A program that listens, and is killed before it can remove its socket. */
const leaveSocket = async (name: string): Promise<void> => {
  const listen = `require('net').createServer().listen(process.argv[1], () => console.log('listens'))`;
  const child = spawn(process.execPath, ['-e', listen, join(folder, name)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

const notOnWindows = { skip: process.platform === 'win32' };

test(
  'an editor that npm start has ended leaves no socket in the temporary folder, and others’ stay',
  notOnWindows,
  async () => {
    await leaveSocket('vscode-ipc-older.sock');
    await leaveSocket('other.sock');
    writeFileSync(join(folder, 'vscode-file.sock'), '');
    const server = createServer().listen(join(folder, 'vscode-ipc-alive.sock'));
    await once(server, 'listening');
    try {
      assert.deepEqual(await removeDeadSockets({ since: Date.now() + 60_000, folders: [folder] }), []);
      const since = Date.now() - 60_000;
      await leaveSocket('vscode-git-0123456789.sock');
      const removed = await removeDeadSockets({ since, folders: [folder] });
      assert.deepEqual(
        [...removed].sort(),
        ['vscode-git-0123456789.sock', 'vscode-ipc-older.sock'].map((name) => join(folder, name)),
      );
      assert.deepEqual(readdirSync(folder).sort(), [
        'other.sock',
        'vscode-file.sock',
        'vscode-ipc-alive.sock',
      ]);
    } finally {
      server.close();
    }
  },
);
