import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { EditorLinks } from './editorLinks';

describe('links to the sockets of a window', { skip: process.platform === 'win32' }, () => {
  let folder: string;
  let servers: Server[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-l-'));
    servers = [];
  });

  afterEach(() => {
    for (const server of servers) {
      server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const socket = async (name: string): Promise<string> => {
    const path = join(folder, name);
    const server = createServer((connection) => connection.destroy()).listen(path);
    servers.push(server);
    await once(server, 'listening');
    return path;
  };

  /** The environment that a window gives programs, as it says it itself. */
  const window = (cli: string): Record<string, string> => ({ PATH: '/bin', VSCODE_IPC_HOOK_CLI: cli });

  it('stand in the environment, and lead to the newest window of the same folders', () => {
    const before = new EditorLinks(folder, 'key').apply(window('/run/old.sock'));
    const after = new EditorLinks(folder, 'key').apply(window('/run/new.sock'));
    assert.deepEqual(after, before);
    assert.equal(after['PATH'], '/bin');
    assert.equal(readlinkSync(after['VSCODE_IPC_HOOK_CLI'] ?? ''), '/run/new.sock');
    assert.deepEqual(readdirSync(join(folder, 'editor')), ['key.cli']);
  });

  it('are taken over from a window that is gone, and left to one that lives', async () => {
    const mine = await socket('mine.sock');
    const gone = new EditorLinks(folder, 'gone').apply(window(join(folder, 'gone.sock')));
    const other = await socket('other.sock');
    const living = new EditorLinks(folder, 'living').apply(window(other));
    await new EditorLinks(folder, 'mine').adopt(window(mine));
    assert.equal(readlinkSync(gone['VSCODE_IPC_HOOK_CLI'] ?? ''), mine);
    assert.equal(readlinkSync(living['VSCODE_IPC_HOOK_CLI'] ?? ''), other);
  });

  it('are wanted here where they are of these folders, or of a window that is gone', async () => {
    const links = new EditorLinks(folder, 'mine');
    assert.equal(await links.isWanted('cli'), false);
    const living = await socket('living.sock');
    new EditorLinks(folder, 'other').apply(window(living));
    assert.equal(await links.isWanted('cli'), false);
    new EditorLinks(folder, 'gone').apply(window(join(folder, 'gone.sock')));
    assert.equal(await links.isWanted('cli'), true);
    assert.equal(await links.isWanted('git'), false);
    await links.adopt(window(await socket('mine.sock')));
    assert.equal(await links.isWanted('cli'), false);
    links.apply(window(living));
    assert.equal(await links.isWanted('cli'), true);
  });

  it('never lead to one another: an editor that runs in a session has inherited one', () => {
    const links = new EditorLinks(folder, 'key');
    const inherited = links.apply(window('/run/outer.sock'));
    assert.deepEqual(links.apply(inherited), inherited);
    assert.equal(readlinkSync(inherited['VSCODE_IPC_HOOK_CLI'] ?? ''), '/run/outer.sock');
  });

  it('lead to the ssh agent of the newest window, and not to one that is gone', async () => {
    const agent = await socket('agent.sock');
    const links = new EditorLinks(folder, 'key');
    const session = links.apply({ SSH_AUTH_SOCK: join(folder, 'first-login.sock') });
    assert.equal(session['SSH_AUTH_SOCK'], join(folder, 'editor/key.ssh'));
    assert.deepEqual(links.apply({ SSH_AUTH_SOCK: agent }), session);
    assert.equal(readlinkSync(session['SSH_AUTH_SOCK'] ?? ''), agent);
    const stale = { SSH_AUTH_SOCK: join(folder, 'ended-login.sock') };
    assert.deepEqual(links.apply(stale), session);
    await new EditorLinks(folder, 'other').adopt(stale);
    assert.equal(readlinkSync(session['SSH_AUTH_SOCK'] ?? ''), agent);
  });

  it('are not made where a path is too long for a socket', () => {
    const environment = window('/run/x.sock');
    assert.deepEqual(new EditorLinks(join(folder, 'x'.repeat(100)), 'key').apply(environment), environment);
    assert.deepEqual(readdirSync(folder), []);
  });
});
