import { setTimeout } from 'node:timers/promises';
import { commands, type TreeView } from 'vscode';
import { nodeId, type TreeNode } from './treeModel';

/** Adds the row with the keyboard's focus to the selection, or takes it out, and opens nothing. */
const TOGGLE = 'list.toggleSelection';

/** While VS Code takes over rows that came or went, it knows of no selection: how often, and when, it is asked again. */
const ATTEMPTS = 6;
const NEXT_ATTEMPT_MS = 100;

/**
 * The rows that a key pressed in the tree is meant for, as in the Explorer: the one that has the focus, and the others
 * that are selected if it is one of them. The arrow keys move the focus and leave the selection where it was, and an
 * extension is told of the selection only: so the focused row is found by what toggling it changes.
 */
export class FocusedRows {
  private _reading: Promise<unknown> = Promise.resolve();

  public constructor(private readonly _view: TreeView<TreeNode>) {}

  /** @returns the focused row first; nothing when there is none */
  public read(): Promise<readonly TreeNode[]> {
    // One at a time: two that toggle would each see the other's change.
    const read = this._reading.then(() => this._read());
    this._reading = read.catch(() => undefined);
    return read;
  }

  private async _read(): Promise<readonly TreeNode[]> {
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      const rows = await this._toggleTwice();
      if (rows.length > 0) {
        return rows;
      }
      await setTimeout(NEXT_ATTEMPT_MS);
    }
    return this._toggleTwice();
  }

  private async _toggleTwice(): Promise<readonly TreeNode[]> {
    const before = this._view.selection;
    await commands.executeCommand(TOGGLE);
    const toggled = this._view.selection;
    await commands.executeCommand(TOGGLE);
    const added = without(toggled, before);
    const removed = without(before, toggled);
    if (added.length + removed.length !== 1) {
      return [];
    }
    return added.length === 1 ? added : [...removed, ...toggled];
  }
}

const without = (nodes: readonly TreeNode[], others: readonly TreeNode[]): readonly TreeNode[] => {
  const ids = new Set(others.map(nodeId));
  return nodes.filter((node) => !ids.has(nodeId(node)));
};
