import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  commands,
  languages,
  ShellExecution,
  Task,
  type TaskExecution,
  type TaskProcessEndEvent,
  TaskScope,
  tasks,
  Uri,
  window,
  workspace,
} from 'vscode';
import { Command, TaskType } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  ended,
  noTerminal,
  run,
  screenShows,
  session,
  sessions,
  terminal,
  viewers,
} from './harness';

/** Says a line each time it is told to go on, by a file. */
const STEPS = `n=0; while :; do [ -f step-$n ] && { cat step-$n; n=$((n+1)); }; sleep 0.1; done`;
/** Errors as `FILE:LINE: TEXT`, between "begin" and "end". */
const MATCHER = {
  owner: 'steps',
  fileLocation: 'absolute',
  pattern: { regexp: '^(/.*):(\\d+): (.*)$', file: 1, line: 2, message: 3 },
  background: { activeOnStart: true, beginsPattern: '^begin$', endsPattern: '^end$' },
};

describe('a task of the type holdfast', () => {
  const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const file = join(folder, '.vscode/tasks.json');

  before(begin);
  afterEach(async () => {
    await terminate();
    await clean();
    rmSync(join(folder, '.vscode'), { recursive: true, force: true });
  });

  interface Definition extends Readonly<Record<string, unknown>> {
    readonly label: string;
    readonly command: unknown;
  }

  /** "Terminate Task" for each that runs, until none does. */
  const terminate = (): Promise<true> =>
    poll(
      () => {
        // VS Code terminates none that is still beginning.
        for (const execution of tasks.taskExecutions) {
          execution.terminate();
        }
        return tasks.taskExecutions.length === 0 ? true : undefined;
      },
      { what: 'every task to be over' },
    );

  /** Writes tasks.json, and waits until VS Code has read it. */
  const define = async (...definitions: readonly Definition[]): Promise<void> => {
    mkdirSync(join(folder, '.vscode'), { recursive: true });
    const all = definitions.map((definition) => ({ type: 'holdfast', problemMatcher: [], ...definition }));
    writeFileSync(file, JSON.stringify({ version: '2.0.0', tasks: all }));
    const commandsOf = (known: readonly Task[]): string =>
      JSON.stringify(known.map(({ name, definition }) => [name, definition['command']]).sort());
    const wanted = JSON.stringify(definitions.map(({ label, command }) => [label, command]).sort());
    const fetched = (): Thenable<readonly Task[]> => tasks.fetchTasks({ type: TaskType.HOLDFAST });
    await poll(async () => commandsOf(await fetched()) === wanted, {
      what: `VS Code to know ${wanted}`,
      state: async () => commandsOf(await fetched()),
    });
  };

  /** Runs a task of tasks.json by its label. */
  const start = (name: string): Promise<TaskExecution> =>
    poll(
      async () => {
        const known = await tasks.fetchTasks({ type: TaskType.HOLDFAST });
        const task = known.find((candidate) => candidate.name === name);
        try {
          return task === undefined ? undefined : await tasks.executeTask(task);
        } catch (error) {
          // VS Code reads a changed tasks.json in its own time, once more behind the first.
          assert.match(String(error), /Task not found/);
          return undefined;
        }
      },
      { what: `the task ${name} to be run` },
    );

  /** What VS Code tells of the end of the process of the next task of that name. */
  const processEnd = (name: string): Promise<TaskProcessEndEvent> =>
    new Promise((resolve) => {
      const subscription = tasks.onDidEndTaskProcess((event) => {
        if (event.execution.task.name === name) {
          subscription.dispose();
          resolve(event);
        }
      });
    });

  /** Waits until the session of a task is there and shown. */
  const shown = async (name: string): Promise<void> => {
    await poll(async () => (await sessions()).some((one) => one.name === name), {
      what: `the session ${name}`,
    });
    await viewers(name, 1);
  };

  const pidOf = async (name: string): Promise<number | null | undefined> =>
    (await session(name)).terminals[0]?.pid;

  it('runs in a session of its name, with its folder, variables and group; its exit code is the program’s', async () => {
    await define({
      ...{ label: 'say it', session: 'saying', sessionGroup: 'tasks' },
      command: `echo "$WORD in \${PWD##*/}" && exit 7`,
      ...{ cwd: '${workspaceFolder}/.vscode', env: { WORD: 'from ${workspaceFolderBasename}' } },
    });
    const end = processEnd('say it');
    await start('say it');
    assert.equal((await end).exitCode, 7);
    const { group, tags, state } = await session('saying');
    assert.deepEqual([group, tags, state], ['tasks', ['task:say it'], 'exited']);
    await screenShows('saying', /^from folder in \.vscode$/m);
  });

  it('ends as VS Code’s own do when a signal ends its program', async () => {
    await define({ label: 'signalled', command: ['bash', '-c', 'kill -9 $$'] });
    const end = processEnd('signalled');
    await start('signalled');
    const own = new Task(
      { type: 'shell' },
      TaskScope.Workspace,
      'own',
      'test',
      new ShellExecution('bash -c "kill -9 \\$\\$"; exit $?'),
    );
    const ownEnd = processEnd('own');
    await tasks.executeTask(own);
    assert.deepEqual([(await end).exitCode, (await ownEnd).exitCode], [137, 137]);
  });

  it('is shown and not started twice when it runs again, and goes on when its terminal is closed', async () => {
    await define({ label: 'server', command: 'echo serving; exec sleep 1000' });
    await start('server');
    await shown('server');
    await screenShows('server', /serving/);
    const pid = await pidOf('server');
    await start('server');
    const tab = await terminal('server');
    assert.equal(window.terminals.filter(({ name }) => name === 'server').length, 1);
    // As the close button does.
    tab.show();
    await poll(() => window.activeTerminal === tab, { what: 'the terminal to be in front' });
    await commands.executeCommand('workbench.action.terminal.kill');
    await viewers('server', 0);
    await poll(() => tasks.taskExecutions.length === 0, { what: 'the task to be over' });
    assert.equal((await session('server')).state, 'running');
    await start('server');
    await shown('server');
    assert.equal(await pidOf('server'), pid);
    assert.equal((await sessions()).length, 1);
  });

  it('is ended with its program by Terminate Task, and starts anew in the same session', async () => {
    await define({ label: 'ending', command: 'echo "run $(date +%N)"; exec sleep 1000' });
    await start('ending');
    await shown('ending');
    const before = await session('ending');
    await terminate();
    // While the old program is being ended.
    await start('ending');
    const after = await poll(
      async () => {
        const now = await session('ending');
        return now.state === 'running' && now.terminals[0]?.pid !== before.terminals[0]?.pid
          ? now
          : undefined;
      },
      { what: 'another program to run', state: () => session('ending') },
    );
    assert.equal(after.id, before.id);
    assert.throws(() => process.kill(before.terminals[0]?.pid ?? 0, 0), 'the old program is gone');
    const screen = await screenShows('ending', /run \d+/);
    assert.equal(screen.match(/run \d+/g)?.length, 1, 'the screen begins with this run');
  });

  it('runs what tasks.json says now, in the same session', async () => {
    await define({ label: 'changing', command: 'echo old' });
    const end = processEnd('changing');
    await start('changing');
    await end;
    const before = await session('changing');
    await define({ label: 'changing', command: 'echo "new $WORD"', env: { WORD: 'word' } });
    const secondEnd = processEnd('changing');
    await start('changing');
    assert.equal((await secondEnd).exitCode, 0);
    assert.equal((await session('changing')).id, before.id);
    await screenShows('changing', /^new word$/m);
  });

  it('has background problem matchers that begin, end, and find problems, also when it is shown again', async () => {
    const source = join(folder, 'source.txt');
    const step = (number: number, text: string): void => writeFileSync(join(folder, `step-${number}`), text);
    const found = (): readonly string[] =>
      languages.getDiagnostics(Uri.file(source)).map(({ message }) => message);
    try {
      await define({
        ...{ label: 'watch', command: STEPS, isBackground: true, problemMatcher: MATCHER },
      });
      await start('watch');
      step(0, `begin\n${source}:1: first\nend\n`);
      await poll(() => found().join() === 'first', { what: 'the problem to be found', state: found });
      step(1, 'begin\nend\n');
      await poll(() => found().length === 0, { what: 'no problem to be left', state: found });
      step(2, `begin\n${source}:2: second\nend\n`);
      await poll(() => found().join() === 'second', { what: 'the next problem to be found', state: found });
      const pid = await pidOf('watch');
      await run(Command.DETACH, 'watch');
      await noTerminal('watch');
      await poll(() => tasks.taskExecutions.length === 0, { what: 'the task to be over' });
      step(3, `begin\n${source}:3: third\nend\n`);
      await screenShows('watch', /third/);
      await start('watch');
      await poll(() => found().join() === 'third', { what: 'the problem of meanwhile', state: found });
      assert.equal(await pidOf('watch'), pid);
    } finally {
      for (const number of [0, 1, 2, 3]) {
        rmSync(join(folder, `step-${number}`), { force: true });
      }
    }
  });

  it('says in its terminal what is wrong with it, and fails', async () => {
    await define(
      { label: 'wrong', command: 'true', env: { PORT: 8080 } },
      { label: 'missing', command: 'true', cwd: '/no/such/folder' },
    );
    for (const name of ['wrong', 'missing']) {
      const end = processEnd(name);
      await start(name);
      assert.equal((await end).exitCode, 126, name);
    }
    assert.deepEqual(await sessions(), []);
  });

  it('leaves alone a session of that name that is not its own', async () => {
    await define(
      { label: 'other', command: 'exec sleep 1000' },
      { label: 'named', command: 'true', session: 'mine' },
    );
    await run(Command.NEW_SESSION, { name: 'other', cwd: folder, attach: false });
    await run(Command.NEW_SESSION, { name: 'mine', cwd: folder, attach: false });
    await start('other');
    await shown('other-2');
    const end = processEnd('named');
    await start('named');
    assert.equal((await end).exitCode, 126);
    assert.equal((await session('mine')).state, 'running');
  });

  it('is shown by its own terminal when its session is attached', async () => {
    await define({ label: 'one tab', command: 'exec sleep 1000' });
    await start('one tab');
    await shown('one-tab');
    await run(Command.ATTACH, 'one-tab');
    const tab = await terminal('one tab');
    await poll(() => window.activeTerminal === tab, { what: 'the task to be in front' });
    assert.equal((await session('one-tab')).viewers, 1);
    await run(Command.RESTART, 'one-tab');
    await shown('one-tab');
    assert.equal(tasks.taskExecutions.length, 1, 'the task goes on with the new program');
    await run(Command.KILL, 'one-tab');
    await ended('one-tab');
    await poll(() => tasks.taskExecutions.length === 0, { what: 'the task to be over' });
  });

  it('is the same task after Relaunch Terminal, and its program goes on', async () => {
    await define({ label: 'relaunched', command: 'echo running; exec cat' });
    await start('relaunched');
    await shown('relaunched');
    const pid = await pidOf('relaunched');
    const relaunch = async (): Promise<void> => {
      const tab = await terminal('relaunched');
      tab.show();
      await poll(() => window.activeTerminal === tab, { what: 'the task to be in front' });
      await commands.executeCommand('workbench.action.terminal.relaunch');
      await poll(() => !window.terminals.includes(tab), { what: 'the dead tab to go' });
      await shown('relaunched');
      await poll(() => window.activeTerminal?.name === 'relaunched', { what: 'the new tab to be in front' });
    };
    await relaunch();
    assert.equal(await pidOf('relaunched'), pid);
    assert.deepEqual(
      tasks.taskExecutions.map(({ task }) => task.name),
      ['relaunched'],
    );
    await commands.executeCommand('workbench.action.terminal.sendSequence', { text: 'typed\r' });
    await screenShows('relaunched', /^typed\ntyped$/m);
    // One that is in tasks.json no more is shown as any session is.
    await define({ label: 'another', command: 'true' });
    await relaunch();
    assert.equal(await pidOf('relaunched'), pid);
    assert.deepEqual(tasks.taskExecutions, []);
  });

  it('is ended by Terminate Task, also after Relaunch Terminal', async () => {
    await define({ label: 'terminated', command: 'exec sleep 1000' });
    await start('terminated');
    await shown('terminated');
    const tab = await terminal('terminated');
    tab.show();
    await poll(() => window.activeTerminal === tab, { what: 'the task to be in front' });
    await commands.executeCommand('workbench.action.terminal.relaunch');
    await poll(() => !window.terminals.includes(tab), { what: 'the dead tab to go' });
    await shown('terminated');
    await terminate();
    await ended('terminated');
  });
});
