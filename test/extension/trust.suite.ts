import assert from 'node:assert/strict';
import { window, workspace } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { Command } from '../../extension/contributions';
import { begin, clean, run, sessions, takeErrors, temporaryFolder } from './harness';

describe('a folder that is not trusted', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  it('has nothing started in it, and nothing is asked before that is said', async () => {
    const created = await run<SessionInfo>(Command.NEW_SESSION, { cwd: folder.path, attach: false });
    const trusted = Object.getOwnPropertyDescriptor(workspace, 'isTrusted');
    assert.ok(trusted);
    const pick = window.showQuickPick;
    const asked: string[] = [];
    const ask = async (): Promise<void> => {
      asked.push('a question');
    };
    Object.defineProperty(workspace, 'isTrusted', { ...trusted, get: () => false });
    Object.assign(window, { showQuickPick: ask });
    try {
      for (const command of [
        Command.NEW_SESSION,
        Command.NEW_SESSION_WITH,
        Command.SPAWN_TERMINAL,
        Command.RESTART,
      ]) {
        await run(command);
        assert.match(takeErrors().join(), /not trusted/, command);
      }
    } finally {
      Object.defineProperty(workspace, 'isTrusted', trusted);
      Object.assign(window, { showQuickPick: pick });
    }
    assert.deepEqual(asked, []);
    assert.deepEqual(
      (await sessions()).map(({ id, terminals }) => [id, terminals.length]),
      [[created.id, 1]],
    );
  });
});
