import { type DataTransfer, DataTransferItem, type TreeDragAndDropController } from 'vscode';
import type { TreeNode } from './treeModel';

/** VS Code's name for what is dragged within a view: `application/vnd.code.tree.` and the view's id in lower case. */
export const TREE_MIME = 'application/vnd.code.tree.holdfast.sessions';

/** Moves what was dropped. @param target the row it was dropped on; undefined below all rows */
export type DropNodes = (nodes: readonly TreeNode[], target: TreeNode | undefined) => Promise<void>;

/** What can be done with the mouse to the rows of the view; each drop has a command that does the same. */
export class Dragging implements TreeDragAndDropController<TreeNode> {
  public readonly dragMimeTypes = [TREE_MIME];
  public readonly dropMimeTypes = [TREE_MIME];

  public constructor(private readonly _drop: DropNodes) {}

  public handleDrag(source: readonly TreeNode[], data: DataTransfer): void {
    data.set(TREE_MIME, new DataTransferItem(source));
  }

  public async handleDrop(target: TreeNode | undefined, data: DataTransfer): Promise<void> {
    const value: unknown = data.get(TREE_MIME)?.value;
    // Another window's rows come as text, which names nothing that is known here.
    if (Array.isArray(value)) {
      await this._drop(value, target);
    }
  }
}
