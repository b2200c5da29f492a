import { type DataTransfer, DataTransferItem, type TreeDragAndDropController } from 'vscode';
import type { TreeNode } from './treeModel';

/** VS Code's name for what is dragged within a view: `application/vnd.code.tree.` and the view's id in lower case. */
export const TREE_MIME = 'application/vnd.code.tree.holdfast.sessions';

/** What the editor area takes. */
const URI_LIST_MIME = 'text/uri-list';

/** Moves what was dropped. @param target the row it was dropped on; undefined below all rows */
export type DropNodes = (nodes: readonly TreeNode[], target: TreeNode | undefined) => Promise<void>;

/** What can be done with the mouse to the rows of the view; each drop has a command that does the same. */
export class Dragging implements TreeDragAndDropController<TreeNode> {
  public readonly dragMimeTypes = [TREE_MIME, URI_LIST_MIME];
  public readonly dropMimeTypes = [TREE_MIME];

  /** @param _addressesOf what the editor area is told of rows */
  public constructor(
    private readonly _drop: DropNodes,
    private readonly _addressesOf: (nodes: readonly TreeNode[]) => string,
  ) {}

  public handleDrag(source: readonly TreeNode[], data: DataTransfer): void {
    data.set(TREE_MIME, new DataTransferItem(source));
    data.set(URI_LIST_MIME, new DataTransferItem(this._addressesOf(source)));
  }

  public async handleDrop(target: TreeNode | undefined, data: DataTransfer): Promise<void> {
    const value: unknown = data.get(TREE_MIME)?.value;
    // Another window's rows come as text, which names nothing that is known here.
    if (Array.isArray(value)) {
      await this._drop(value, target);
    }
  }
}
