import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { Uri, workspace } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { Command } from '../../extension/contributions';
import { begin, clean, run, screenShows, terminal } from './harness';

describe('a folder that is not on disk', () => {
  before(begin);
  afterEach(clean);

  it('has sessions begin in the home folder', async () => {
    const folders = Object.getOwnPropertyDescriptor(workspace, 'workspaceFolders');
    assert.ok(folders);
    // To open one really would restart this extension host.
    const virtual = [{ uri: Uri.parse('vscode-vfs://github/owner/project'), name: 'project', index: 0 }];
    Object.defineProperty(workspace, 'workspaceFolders', { ...folders, get: () => virtual });
    try {
      const created = await run<SessionInfo>(Command.NEW_SESSION);
      assert.deepEqual([created.cwd, created.workspace, created.state], [homedir(), null, 'running']);
      const tab = await terminal(created.name);
      tab.sendText('pwd; echo "in $((6*7))"');
      await screenShows(created.name, /^in 42$/m);
    } finally {
      Object.defineProperty(workspace, 'workspaceFolders', folders);
    }
  });
});
