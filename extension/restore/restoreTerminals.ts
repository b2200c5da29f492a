import { type Terminal, TerminalLocation, type ViewColumn, window } from 'vscode';
import type { SessionId, TerminalId } from '../../daemon/protocol/ids';
import type { TerminalInfo } from '../../daemon/protocol/model';
import { isHidden } from '../environment/terminalProbe';
import type { TaskIdentity } from '../tasks/taskIdentity';
import type { OpenTerminals } from '../terminals/openTerminals';
import type { Place } from '../terminals/place';
import type { Shown } from '../terminals/shown';
import { FrontTabs } from './frontTabs';
import type { RememberedTerminal } from './windowRecord';

/** How long after a start VS Code may still open a terminal by itself, beside which ours would stay hidden. */
const STRAY_TERMINAL_MS = 3000;

/** Runs a task for what it runs to be shown, and waits until it is. @returns whether it is */
export type ShowTask = (task: TaskIdentity, isShown: () => boolean) => Promise<boolean>;

/**
 * Finds tabs that an earlier extension host left: VS Code keeps them, but nothing is behind them. The new host sees
 * terminals without a pty, without a program and without a process, that have a name of ours.
 */
const findDeadTabs = async (
  names: ReadonlySet<string>,
  isOurs: (terminal: Terminal) => boolean,
): Promise<ReadonlyMap<string, Terminal>> => {
  const dead = new Map<string, Terminal>();
  for (const terminal of window.terminals) {
    const options = terminal.creationOptions;
    const isForeign = 'pty' in options || ('shellPath' in options && options.shellPath !== undefined);
    if (!isForeign && names.has(terminal.name) && (await terminal.processId) === -1 && !isOurs(terminal)) {
      dead.set(terminal.name, terminal);
    }
  }
  return dead;
};

/** The remembered terminals of a window on their way back, in order. */
export class TerminalRestorer {
  private readonly _waiting: RememberedTerminal[];
  /** What is about to be shown. */
  private _coming: readonly RememberedTerminal[] = [];
  /** Those of tasks, once all others are there. */
  private readonly _waitingTasks: RememberedTerminal[] = [];
  /** What VS Code makes the terminal of, which it may do after all others are there. */
  private _taken: RememberedTerminal | undefined;

  public constructor(
    private readonly _open: OpenTerminals,
    private readonly _showTask: ShowTask,
    remembered: readonly RememberedTerminal[],
  ) {
    this._waiting = [...remembered];
    this._open.places.recallShown(remembered);
  }

  /** More has turned up that is to come back. */
  public add(remembered: readonly RememberedTerminal[]): void {
    this._waiting.push(...remembered);
    this._open.places.recallShown(remembered);
  }

  /** What is still to come back: it must not be forgotten if the window is left meanwhile. */
  public get waiting(): readonly RememberedTerminal[] {
    return [...this._coming, ...this._waiting, ...this._waitingTasks];
  }

  /**
   * With Holdfast as the default profile, the terminal that VS Code opens by itself when a window starts is the
   * first of these that stands alone: otherwise each start would add a session. Beside one that VS Code has yet to make
   * nothing could be split.
   */
  public takeFirst(): Shown | undefined {
    const inPanel = this._waiting.filter(({ column, task }) => column === null && task === undefined);
    const alone = inPanel.find(
      ({ split }) => split === undefined || inPanel.filter((one) => one.split === split).length === 1,
    );
    const first = this._waiting.findIndex((remembered) => remembered === (alone ?? inPanel[0]));
    const [taken] = first < 0 ? [] : this._waiting.splice(first, 1);
    this._taken = taken ?? this._taken;
    return taken === undefined ? undefined : toShown(taken);
  }

  /** Shows what still exists, what was in front again, else the last of the panel; never takes the focus. */
  public async run(find: (remembered: RememberedTerminal) => TerminalInfo | undefined): Promise<void> {
    const dead = await findDeadTabs(new Set(this._waiting.map((remembered) => remembered.name)), (terminal) =>
      this._open.owns(terminal),
    );
    // Of dead tabs VS Code knows better, which may have been changed since.
    const tabInFront = [...dead.keys()].find((name) => name === window.activeTerminal?.name);
    const wasInFront = (remembered: RememberedTerminal): boolean =>
      tabInFront === undefined ? remembered.front === true : remembered.name === tabInFront;
    let front = this._taken !== undefined && wasInFront(this._taken) ? this._taken : undefined;
    let last: RememberedTerminal | undefined;
    const groups = new FrontTabs();
    const fronts: Shown[] = [];
    const there: RememberedTerminal[] = [];
    for (const next of this._waiting.splice(0)) {
      const found = find(next);
      if (next.task !== undefined && found?.state === 'running') {
        // VS Code takes the task to run in its dead tab.
        this._waitingTasks.push(next);
        dead.get(next.name)?.dispose();
      } else if (found !== undefined) {
        there.push(next);
      }
    }
    this._coming = there;
    await this._open.showAll(
      there.map((next) => [toShown(next), { place: placeOf(next), focus: 'none', origin: 'restored' }]),
    );
    this._coming = [];
    // Closed before the new ones are there, the last of them would take the whole panel with it.
    await this._open.whenMade(STRAY_TERMINAL_MS);
    for (const tab of dead.values()) {
      tab.dispose();
    }
    for (const next of there) {
      if (next.column === null) {
        last = next;
        front = wasInFront(next) ? next : front;
      } else if (next.front === true) {
        fronts.push(toShown(next));
      }
    }
    // What came last is in front of its editor group now, whoever was before.
    await groups.show();
    for (const shown of fronts) {
      this._open.raise(shown);
    }
    const raised = front ?? last;
    if (raised !== undefined) {
      this._raise(toShown(raised));
    }
    for (let next = this._waitingTasks[0]; next !== undefined; next = this._waitingTasks[0]) {
      await this._runTask(next);
      this._waitingTasks.shift();
    }
  }

  /** What a task runs is shown as that task's, or, where it is one no more, as any other session. */
  private async _runTask(remembered: RememberedTerminal): Promise<void> {
    const { task, terminal } = remembered;
    const isShown = (): boolean => this._open.isShown(terminal as TerminalId);
    if (task !== undefined && !isShown() && !(await this._showTask(task, isShown))) {
      await this._open.show(toShown(remembered), { place: placeOf(remembered), focus: 'none' });
    }
  }

  /**
   * Brings what the user left to the front, whether or not this browser or profile knows that the panel was open.
   * VS Code may open a terminal of its own a moment later, in front of ours: then once more.
   */
  private _raise(shown: Shown): void {
    const raise = (): void => this._open.raise(shown);
    raise();
    const subscription = window.onDidOpenTerminal((terminal) => {
      const isOfProfile = this._taken !== undefined && this._open.shows(terminal, toShown(this._taken));
      if (isOfProfile || (!this._open.owns(terminal) && !isHidden(terminal))) {
        subscription.dispose();
        raise();
      }
    });
    setTimeout(() => subscription.dispose(), STRAY_TERMINAL_MS).unref();
  }
}

const toShown = (remembered: RememberedTerminal): Shown => ({
  session: remembered.session as SessionId,
  terminal: remembered.terminal as TerminalId,
  name: remembered.name,
  readOnly: remembered.readOnly,
});

/** Where it was: the API has no way into the place of a dead tab. */
const placeOf = ({ column }: RememberedTerminal): Place =>
  column === null ? TerminalLocation.Panel : { viewColumn: column as ViewColumn, preserveFocus: true };
