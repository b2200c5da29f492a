import { window } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { ShowTask } from '../restore/restoreTerminals';
import type { OpenTerminals } from './openTerminals';
import { closeShown, showAnew } from './showAnew';
import { type Entry, keyOf, type Shown } from './shown';

/** What was shown, and the tab that showed it. */
type CutOff = Pick<Entry, 'shown' | 'terminal'>;

/**
 * VS Code's "Relaunch Terminal" cuts off what is behind a tab, as closing it does, and asks an extension for nothing new (1.104–1.139): the
 * tab would stay, with nothing in it for ever. It is closed and opened again; a task's by VS Code, which is to know it as the task's.
 */
export class Relaunched extends Disposable {
  /** @param _askWindow answered by the window after it has told of whatever it did before */
  public constructor(
    private readonly _open: OpenTerminals,
    private readonly _askWindow: () => Thenable<unknown>,
    private readonly _showTask: ShowTask,
    failed: (error: unknown) => void,
  ) {
    super();
    this._register(_open.onDidCutOff((cutOff) => void this._cutOff(cutOff).catch(failed)));
  }

  private async _cutOff({ shown, terminal }: CutOff): Promise<void> {
    // A tab that is being closed is gone then, and there may be another one in its place.
    await this._askWindow();
    if (
      terminal === undefined ||
      terminal.exitStatus !== undefined ||
      !window.terminals.includes(terminal) ||
      !this._open.shows(terminal, shown)
    ) {
      return;
    }
    const isMeant = (one: Shown): boolean => keyOf(one) === keyOf(shown);
    if (shown.task === undefined) {
      await showAnew(this._open, isMeant, 'terminal');
      return;
    }
    const { task, ...own } = shown;
    await closeShown(this._open, isMeant);
    await this._showTask(task, () => this._open.isShown(shown.terminal));
    // Where VS Code runs it no more, as any other session.
    await this._open.show(own, { focus: 'terminal' });
  }
}
