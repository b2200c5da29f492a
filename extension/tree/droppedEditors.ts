import { randomUUID } from 'node:crypto';
import {
  type CustomDocument,
  type CustomReadonlyEditorProvider,
  Uri,
  type WebviewPanel,
  window,
} from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { CustomEditor } from '../contributions';
import { nodeId, type TreeNode } from './treeModel';

/** The scheme of the addresses that rows have while they are dragged. */
const SCHEME = 'holdfast-session';
/** How many rows that were dragged, and may be dropped yet, are known. */
const MAX_KNOWN = 1000;

/** Shows a session in an editor group. */
export type ShowInEditor = (node: TreeNode, column: number | undefined) => Promise<void>;

/**
 * Rows that are dropped on the editor area. VS Code opens there what has an address, and nothing else; no API moves a
 * terminal. So a row has an address while it is dragged, and what opens for it is an editor that says to which group it
 * came, and closes as soon as the terminal is there. An address is good for what was dragged in this window, and once.
 */
export class DroppedEditors extends Disposable implements CustomReadonlyEditorProvider {
  private readonly _dragged = new Map<string, TreeNode>();

  public constructor(private readonly _show: ShowInEditor) {
    super();
    this._register(window.registerCustomEditorProvider(CustomEditor.DROPPED, this));
  }

  /** The addresses of rows that are dragged, as `text/uri-list` has them. */
  public addressesOf(nodes: readonly TreeNode[]): string {
    return nodes
      .filter(({ kind }) => kind === 'session' || kind === 'terminal')
      .map((node) => this._addressOf(node))
      .join('\r\n');
  }

  public openCustomDocument(uri: Uri): CustomDocument {
    return { uri, dispose: () => undefined };
  }

  public async resolveCustomEditor({ uri }: CustomDocument, panel: WebviewPanel): Promise<void> {
    const node = this._dragged.get(uri.path);
    this._dragged.delete(uri.path);
    const column = panel.viewColumn;
    // Behind the answer that VS Code waits for; and behind the terminal, as a group goes with its last editor.
    const close = async (): Promise<void> => {
      try {
        if (node !== undefined) {
          await this._show(node, column);
        }
      } finally {
        panel.dispose();
      }
    };
    setImmediate(() => void close());
  }

  private _addressOf(node: TreeNode): string {
    const uri = Uri.from({ scheme: SCHEME, path: `/${randomUUID()}/${nodeId(node)}` });
    this._dragged.set(uri.path, node);
    for (const path of [...this._dragged.keys()].slice(0, -MAX_KNOWN)) {
      this._dragged.delete(path);
    }
    return uri.toString();
  }
}
