import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';
import { inThemes } from './themes';

/** Builds, finds a problem, and goes on watching. */
const WATCH = `echo building; echo "$PWD/main.txt:1: something is missing"; echo done; exec node -e 'let n = 0; setInterval(() => console.log("watching", ++n), 200)'`;

describe('a task in a session', { skip: process.platform !== 'linux', timeout: 400_000 }, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    mkdirSync(join(journey.project, '.vscode'));
    writeFileSync(join(journey.project, 'main.txt'), 'text\n');
    const tasks = [
      {
        ...{ label: 'dev server', type: 'holdfast', command: WATCH, isBackground: true },
        problemMatcher: {
          owner: 'dev',
          fileLocation: 'absolute',
          pattern: { regexp: '^(/.*):(\\d+): (.*)$', file: 1, line: 2, message: 3 },
          background: { activeOnStart: true, beginsPattern: '^building$', endsPattern: '^done$' },
        },
      },
      { label: 'failing', type: 'holdfast', command: 'echo why; exit 3', problemMatcher: [] },
      { label: 'wrong', type: 'holdfast', command: 'true', cwd: '/no/such/folder', problemMatcher: [] },
    ];
    writeFileSync(join(journey.project, '.vscode/tasks.json'), JSON.stringify({ version: '2.0.0', tasks }));
    window = await journey.openEditor();
  });
  after(() => journey?.dispose());

  const session = async (name: string) => (await journey.sessions()).find((one) => one.name === name);
  const pid = async (): Promise<number | null | undefined> =>
    (await session('dev-server'))?.terminals[0]?.pid;
  const shown = (): Promise<true> =>
    poll(async () => ((await session('dev-server'))?.viewers === 1 ? true : undefined), {
      timeoutMs: 60_000,
      what: 'the task to be shown',
      state: () => journey.sessions(),
    });
  /** Chosen again as long as the window, which has just opened, has no tasks to offer. */
  const runTask = (name: string): Promise<void> => window.choose('Tasks: Run Task', name);
  /** The number of problems that VS Code counts in its status bar. */
  const problems = (count: number): Promise<void> =>
    window.page
      .locator('#status\\.problems')
      .filter({ has: window.page.getByLabel(new RegExp(`Errors: ${count}\\b`)) })
      .or(window.page.locator('#status\\.problems').filter({ hasText: `${count}` }))
      .first()
      .waitFor();

  it('runs once, and comes back as the same task after a reload and after the editor’s death', async () => {
    await runTask('dev server');
    await window.terminalShows(/^watching \d+$/);
    await shown();
    await problems(1);
    const first = await pid();
    await window.screenshot(journey.artifact('task-running'));

    await window.reload();
    await window.terminalShows(/^watching \d+$/);
    await shown();
    await problems(1);
    assert.equal(await pid(), first);
    await inThemes(window, async (theme) => {
      await window.screenshot(journey.artifact(`task-after-reload-${theme}`));
    });

    await journey.killEditor();
    window = await journey.openEditor();
    await shown();
    await window.terminalShows(/^watching \d+$/);
    await problems(1);
    assert.equal(await pid(), first);
    await window.screenshot(journey.artifact('task-after-restart'));
    assert.equal((await journey.sessions()).length, 1);

    await window.choose('Tasks: Terminate Task', 'dev server');
    await poll(async () => (await session('dev-server'))?.state === 'exited', {
      what: 'the program to be ended',
      state: () => journey.sessions(),
    });
    await window.screenshot(journey.artifact('task-terminated'));
  });

  it('says in its terminal how it ended, and what is wrong with it', async () => {
    await runTask('failing');
    await window.terminalShows(/^why$/);
    await window.terminalShows(/exit code: 3/);
    await window.screenshot(journey.artifact('task-failed'));
    await runTask('wrong');
    await window.terminalShows(/could not be run: the folder \/no\/such\/folder does not exist/);
    await window.screenshot(journey.artifact('task-wrong'));
  });
});
