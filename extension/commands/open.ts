import { commands, workspace } from 'vscode';
import type { Services } from '../services';
import { nodeId, type TreeNode } from '../tree/treeModel';
import { type FocusedArgument, isFocused, type TargetArgument } from './targets';
import { attach } from './view';

/** Two clicks on a row within this time are a double click, as desktops have it. */
const DOUBLE_CLICK_MS = 500;

/**
 * Opens rows as the Explorer does: a click shows the session and leaves the keyboard in the view, so that the next key
 * is not typed into a program; a double click and Enter go to its terminal.
 */
export class RowOpener {
  private _last: { readonly id: string; readonly at: number } | undefined;

  public constructor(private readonly _services: Services) {}

  /** @param argument from the keyboard; a click has selected the row, and passes nothing */
  public async open(argument: TargetArgument): Promise<void> {
    if (isFocused(argument)) {
      await this._enter(argument);
      return;
    }
    const row = await this._services.tree.clicked();
    if (row !== undefined) {
      await attach(this._services, row, undefined, {
        readOnly: false,
        focus: this._isMeantToGo(row) ? 'terminal' : 'preserve',
      });
    }
  }

  private async _enter(argument: FocusedArgument): Promise<void> {
    const [, focused] = argument;
    if (focused?.kind === 'group' || focused?.kind === 'elsewhere') {
      await commands.executeCommand('list.toggleExpand');
    } else {
      await attach(this._services, argument, undefined, { readOnly: false, focus: 'terminal' });
    }
  }

  /** VS Code tells an item's command of each click of a double click, or of the double click only if set so. */
  private _isMeantToGo(node: TreeNode): boolean {
    const id = nodeId(node);
    const isSecond = this._last?.id === id && performance.now() - this._last.at < DOUBLE_CLICK_MS;
    this._last = isSecond ? undefined : { id, at: performance.now() };
    return isSecond || workspace.getConfiguration().get('workbench.list.openMode') === 'doubleClick';
  }
}
