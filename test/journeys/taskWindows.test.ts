import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { Journey, type ListedSession } from './journey';

const COUNT = `exec node -e 'let n = 0; setInterval(() => console.log("counting", ++n), 200)'`;
const NAME = 'counter';

describe('a task that runs when its folder is opened', {
  skip: process.platform !== 'linux',
  timeout: 400_000,
}, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin({ 'task.allowAutomaticTasks': 'on' });
    mkdirSync(join(journey.project, '.vscode'));
    const task = { label: NAME, type: 'holdfast', command: COUNT, isBackground: true, problemMatcher: [] };
    const tasks = [{ ...task, runOptions: { runOn: 'folderOpen' } }];
    writeFileSync(join(journey.project, '.vscode/tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
    window = await journey.openEditor();
  });
  after(() => journey?.dispose());

  /** The one session that there is, once it is shown so often. */
  const shownBy = (viewers: number): Promise<ListedSession> =>
    poll(
      async () => {
        const [session] = await journey.sessions();
        return session?.viewers === viewers ? session : undefined;
      },
      { timeoutMs: 60_000, what: `the task to have ${viewers} viewers`, state: () => journey.sessions() },
    );
  const pidOf = (session: ListedSession): number | null | undefined => session.terminals[0]?.pid;
  const isTheOnly = async (first: ListedSession): Promise<void> => {
    assert.deepEqual((await journey.sessions()).map(pidOf), [pidOf(first)]);
  };

  it('runs once, whatever windows open that folder', async () => {
    const first = await shownBy(1);
    assert.equal(first.name, NAME);
    await window.terminalShows(/^counting \d+$/);
    const other = await journey.openWindow();
    await shownBy(2);
    await other.terminalShows(/^counting \d+$/);
    await isTheOnly(first);
    await other.close();
    await shownBy(1);
    await isTheOnly(first);
  });

  it('goes on, and is shown again as the same task, after a reload that runs it once more', async () => {
    const first = await shownBy(1);
    await window.reload();
    await window.terminalShows(/^counting \d+$/);
    await shownBy(1);
    await isTheOnly(first);
  });

  it('goes on when the extension host dies, and is shown again by the next one', async () => {
    const first = await shownBy(1);
    const dead = journey.extensionHosts();
    for (const pid of dead) {
      process.kill(pid, 'SIGKILL');
    }
    await poll(() => journey.extensionHosts().some((pid) => !dead.includes(pid)), {
      what: 'another extension host',
      state: () => journey.extensionHosts(),
    });
    assert.equal((await journey.sessions())[0]?.state, 'running');
    await shownBy(1);
    await window.terminalShows(/^counting \d+$/);
    await isTheOnly(first);
    await window.screenshot(journey.artifact('task-after-crash'));
  });
});
