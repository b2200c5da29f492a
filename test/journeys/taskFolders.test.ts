import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import { until, untilGone } from '../editor/rows';
import { Journey, type ListedSession } from './journey';

const FOLDERS = ['one', 'two'] as const;

const writeTask = (folder: string): void => {
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  const command = 'echo "${workspaceFolderBasename} in ${PWD##*/} of ${workspaceFolder}"; exec sleep 1000';
  const task = { label: 'serve', type: 'holdfast', command, isBackground: true, problemMatcher: [] };
  const tasks = [{ ...task, runOptions: { runOn: 'folderOpen' } }];
  writeFileSync(join(folder, '.vscode/tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
};

describe('tasks of folders', { skip: process.platform !== 'linux', timeout: 400_000 }, () => {
  let journey: Journey;
  afterEach(() => journey?.dispose());

  const shown = (names: readonly string[]): Promise<readonly ListedSession[]> =>
    poll(
      async () => {
        const all = await journey.sessions();
        const seen = all.filter(({ viewers }) => viewers === 1).map(({ name }) => name);
        return seen.sort().join() === names.join() ? all : undefined;
      },
      { timeoutMs: 60_000, what: `${names} to be shown`, state: () => journey.sessions() },
    );

  it('are each its own folder’s where several are open, also with the same label', async () => {
    journey = await Journey.begin({ 'task.allowAutomaticTasks': 'on' });
    for (const folder of FOLDERS) {
      writeTask(join(journey.project, folder));
    }
    const workspace = join(journey.project, 'both.code-workspace');
    writeFileSync(workspace, JSON.stringify({ folders: FOLDERS.map((path) => ({ path })) }));
    const window = await journey.openEditor({ folder: workspace });
    const all = await shown(['serve', 'serve-2']);
    const said = async (name: string): Promise<string> =>
      poll(async () => (await journey.snapshot(name)).lines.find((line) => line !== ''), {
        what: `${name} to say something`,
      });
    const lines = (await Promise.all(all.map(({ name }) => said(name)))).toSorted();
    assert.deepEqual(
      lines,
      FOLDERS.map((folder) => `${folder} in ${folder} of ${join(journey.project, folder)}`),
    );
    await window.reload();
    await shown(['serve', 'serve-2']);
    const pids = (sessions: readonly ListedSession[]) => sessions.map(({ terminals }) => terminals[0]?.pid);
    assert.deepEqual(pids(await journey.sessions()), pids(all));
    // Each tab is the one of its session.
    const tabs = async (): Promise<string> => (await window.terminalNames()).toSorted().join();
    await poll(async () => (await tabs()) === 'serve (one),serve (two)', { what: 'both tabs', state: tabs });
    const first = all.find(({ name }) => name === 'serve');
    const folder = first === undefined ? '' : (await said(first.name)).split(' ')[0];
    const other = folder === 'one' ? 'serve (two)' : 'serve (one)';
    await window.choose('Holdfast: Detach', 'serve');
    await poll(async () => (await tabs()) === other, { what: `${other} alone to be there`, state: tabs });
    await shown(['serve-2']);
  });

  it('start nothing where the folder is not trusted: VS Code asks first', async () => {
    journey = await Journey.begin({
      'task.allowAutomaticTasks': 'on',
      'security.workspace.trust.enabled': true,
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    });
    writeTask(journey.project);
    const window = await journey.openEditor();
    const { page } = window;
    const dialog = page.locator('.monaco-dialog-box').filter({ hasText: /trust/i });
    const ask = (): Promise<void> => window.run('Tasks: Run Task');
    await until(dialog, ask, 'VS Code to ask for trust');
    await window.screenshot(journey.artifact('task-untrusted'));
    const cancel = dialog.getByRole('button', { name: 'Cancel', exact: true });
    await untilGone(dialog, () => cancel.click(), 'the question to go');
    assert.deepEqual([await journey.sessions(), await window.terminalNames()], [[], []]);
    await until(dialog, ask, 'VS Code to ask for trust once more');
    const trust = dialog.getByRole('button', { name: /^Trust Folder/ });
    await untilGone(dialog, () => trust.click(), 'the question to be answered');
    await shown(['serve']);
  });
});
