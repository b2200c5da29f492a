import { setTimeout as delay } from 'node:timers/promises';
import {
  CustomExecution,
  l10n,
  type Pseudoterminal,
  Task,
  type TaskProvider,
  TaskScope,
  type Terminal,
  TerminalExitReason,
  tasks,
} from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { SessionInfo } from '../../daemon/protocol/model';
import { killTargets } from '../commands/change';
import { toShown } from '../commands/view';
import { TASK_SOURCE, TaskType } from '../contributions';
import type { Services } from '../services';
import type { Shown } from '../terminals/shown';
import { plainText } from '../tree/plainText';
import { FailedTask } from './failedTask';
import { asksSomebody, type DefinitionProblem, readDefinition } from './taskDefinition';
import { identityOf, isSameTask, type TaskIdentity } from './taskIdentity';
import { findTaskSession, runTaskSession } from './taskSession';
import { findTaskTerminal, folderOf } from './taskTerminal';

/** VS Code runs a task that it is asked for soon, or never: a window that comes back has much to do. */
const COMING_BACK_MS = 20_000;
const LOOK_MS = 100;

/** Tasks of the type `holdfast`: each runs in a session of its own, and only once. */
export class TaskRuns extends Disposable implements TaskProvider {
  /** What was terminated, until it has ended. */
  private readonly _ending = new Set<Promise<unknown>>();
  /** Tasks that are run to be seen again, whatever has become of their programs. */
  private readonly _comingBack = new Set<TaskIdentity>();
  /** Terminals of tasks whose sessions are being started. */
  private readonly _beginning = new Set<Terminal>();

  public constructor(private readonly _services: Services) {
    super();
    this._register(tasks.registerTaskProvider(TaskType.HOLDFAST, this));
    this._register(_services.open.onDidTerminate((shown) => this._terminated(shown)));
  }

  /** None: they are what stands in tasks.json, where VS Code finds them itself. */
  public provideTasks(): Task[] {
    return [];
  }

  public resolveTask(task: Task): Task {
    const { definition, scope, name, problemMatchers } = task;
    const execution = new CustomExecution((resolved) => this._begin(task, resolved));
    const resolved = new Task(
      definition,
      scope ?? TaskScope.Workspace,
      name,
      TASK_SOURCE,
      execution,
      problemMatchers,
    );
    resolved.isBackground = task.isBackground;
    resolved.presentationOptions = task.presentationOptions;
    resolved.runOptions = task.runOptions;
    if (task.group !== undefined) {
      resolved.group = task.group;
    }
    if (task.detail !== undefined) {
      resolved.detail = task.detail;
    }
    return resolved;
  }

  /**
   * Runs a task for VS Code to know it again: what runs in its session is shown, with its problem matchers, and nothing is
   * started. @returns false where that can't be, as for a task that is in tasks.json no more
   */
  public async showAgain(identity: TaskIdentity, isShown: () => boolean): Promise<boolean> {
    const known = await tasks.fetchTasks({ type: TaskType.HOLDFAST });
    const task = known.find((candidate) => isSameTask(identityOf(candidate), identity));
    if (task === undefined || asksSomebody(task.definition) || isShown()) {
      return isShown();
    }
    this._comingBack.add(identity);
    try {
      // One that is running VS Code does not run: it comes by itself, or is over because its terminal was closed.
      await until(() => isShown() || !isRunning(identity));
      if (!isShown()) {
        await tasks.executeTask(task);
        await until(isShown);
      }
    } finally {
      this._comingBack.delete(identity);
    }
    return isShown();
  }

  /** @param asked of tasks with the same definition in several folders the one that VS Code has asked about last (1.139) */
  private async _begin(asked: Task, definition: Readonly<Record<string, unknown>>): Promise<Pseudoterminal> {
    const { open, log } = this._services;
    const label = identityOf(asked).name;
    const terminal = await findTaskTerminal(label, (one) => open.owns(one) || this._beginning.has(one));
    const scope = (terminal === undefined ? undefined : folderOf(label, terminal)) ?? asked.scope;
    const identity = identityOf({ name: label, scope });
    if (terminal !== undefined) {
      this._beginning.add(terminal);
    }
    try {
      const session = await this._session(identity, scope, definition);
      const shown = toShown({ session, terminal: undefined }, false);
      if (shown === undefined) {
        throw new HoldfastError(
          'TERMINAL_NOT_FOUND',
          l10n.t('the session has no terminal'),
          l10n.t('Remove the session.'),
        );
      }
      const task = { ...shown, name: terminal?.name ?? identity.name, task: identity };
      if (terminal?.exitStatus?.reason === TerminalExitReason.Unknown) {
        // Terminated while it was being started.
        this._terminated(task);
      }
      return open.adopt(task, terminal);
    } catch (thrown) {
      // VS Code would wait for its terminal for ever.
      const error = inTasksFile(HoldfastError.from(thrown));
      log.error(`task ${plainText(identity.name)}: ${error.code}: ${plainText(error.message, 2000)}`);
      return new FailedTask(error);
    } finally {
      if (terminal !== undefined) {
        this._beginning.delete(terminal);
      }
    }
  }

  private async _session(
    identity: TaskIdentity,
    scope: Task['scope'],
    definition: Readonly<Record<string, unknown>>,
  ): Promise<SessionInfo> {
    await Promise.allSettled(this._ending);
    const comingBack = [...this._comingBack].find((candidate) => isSameTask(candidate, identity));
    if (comingBack !== undefined) {
      this._comingBack.delete(comingBack);
      await this._services.link.connect();
      await this._services.link.refresh();
      const session = findTaskSession(this._services, identity);
      if (session !== undefined) {
        return session;
      }
    }
    const program = readDefinition(definition, process.platform);
    if ('wanted' in program) {
      throw new HoldfastError('INVALID_INPUT', problemText(program), l10n.t('Correct it in tasks.json.'));
    }
    return runTaskSession(this._services, identity, program, scope);
  }

  /** "Terminate Task" ends the program; that the terminal is closed or the window goes does not. */
  private _terminated(shown: Shown): void {
    const { link, notices } = this._services;
    const end = async (): Promise<void> => {
      await link.refresh();
      const session = link.get(shown.session);
      const terminal = session?.terminals.find(({ id }) => id === shown.terminal);
      if (session !== undefined && terminal?.state === 'running') {
        await killTargets(this._services, [{ session, terminal }]);
      }
    };
    const ending = end()
      .catch((error: unknown) => notices.error(error))
      .finally(() => this._ending.delete(ending));
    this._ending.add(ending);
  }
}

/** Looks until something holds, as long as VS Code is given. */
const until = async (holds: () => boolean): Promise<void> => {
  for (let waited = 0; !holds() && waited < COMING_BACK_MS; waited += LOOK_MS) {
    await delay(LOOK_MS, undefined, { ref: false });
  }
};

/** Whether VS Code takes a task to be running. */
const isRunning = (identity: TaskIdentity): boolean =>
  tasks.taskExecutions.some(
    ({ task }) => task.definition.type === TaskType.HOLDFAST && isSameTask(identityOf(task), identity),
  );

/** What is wrong with a folder or a name is to be put right in tasks.json, where the daemon speaks of its command line. */
const inTasksFile = (error: HoldfastError): HoldfastError => {
  const field = { CWD_NOT_FOUND: 'cwd', INVALID_NAME: 'session' }[error.code as string];
  return field === undefined
    ? error
    : new HoldfastError(error.code, error.message, l10n.t("Correct '{0}' in tasks.json.", field));
};

const problemText = ({ field, wanted }: DefinitionProblem): string => {
  switch (wanted) {
    case 'command':
      return l10n.t("'{0}' must be a command line, or a program with its arguments", field);
    case 'text':
      return l10n.t("'{0}' must be a text", field);
    case 'texts':
      return l10n.t("'{0}' must be a list of texts", field);
    case 'variables':
      return l10n.t("'{0}' must be variables with texts as their values", field);
    case 'object':
      return l10n.t("'{0}' must be an object", field);
  }
};
