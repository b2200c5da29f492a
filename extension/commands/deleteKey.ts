import { l10n } from 'vscode';
import type { Services } from '../services';
import type { TreeNode } from '../tree/treeModel';
import { killTargets, mayKill, remove } from './change';
import { isRunning, resolveTargets, type TargetArgument } from './targets';

/** The Delete key in the view: what runs is killed; what has ended is removed, and the focus goes to the next row. */
export class DeleteKey {
  private _isBusy = false;

  public constructor(private readonly _services: Services) {}

  public async press(argument: TargetArgument): Promise<void> {
    // A key that is held down repeats, and until the focus has moved on nobody knows which row it means.
    if (this._isBusy) {
      return;
    }
    this._isBusy = true;
    let left: readonly TreeNode[];
    try {
      left = await this._killOrLeave(argument);
    } finally {
      this._isBusy = false;
    }
    if (left.length > 0) {
      await remove(this._services, undefined, left);
    }
  }

  /** Kills what runs; else moves the focus on. @returns the ended sessions that it has left, to be removed */
  private async _killOrLeave(argument: TargetArgument): Promise<readonly TreeNode[]> {
    const targets = await resolveTargets(this._services, argument, undefined, {
      title: l10n.t('Kill or Remove'),
      fits: () => true,
      many: true,
    });
    const running = targets.filter(isRunning);
    if (running.length > 0) {
      if (await mayKill(running, l10n.t('Kill'))) {
        await killTargets(this._services, running);
      }
      return [];
    }
    const ended = targets
      .filter((target) => target.terminal === undefined)
      .map((target): TreeNode => ({ kind: 'session', session: target.session.id }));
    if (ended.length > 0) {
      await this._services.tree.leave(ended);
    }
    return ended;
  }
}
