import { commands, EventEmitter, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { ContextKey, View } from '../contributions';
import type { DaemonLink } from '../daemonLink';
import type { OpenTerminals } from '../terminals/openTerminals';
import { groupItem, sessionItem, terminalItem } from './treeItems';
import { childNodes, parentNode, rootNodes, type TreeNode } from './treeModel';

/** The view "Sessions". */
export class SessionTree extends Disposable implements TreeDataProvider<TreeNode> {
  private readonly _onDidChangeTreeData = this._register(new EventEmitter<void>());
  public readonly onDidChangeTreeData = this._onDidChangeTreeData.event;
  public readonly view: TreeView<TreeNode>;

  public constructor(
    private readonly _link: DaemonLink,
    private readonly _open: OpenTerminals,
  ) {
    super();
    this.view = this._register(
      window.createTreeView(View.SESSIONS, {
        treeDataProvider: this,
        canSelectMany: true,
        showCollapseAll: false,
      }),
    );
    const changed = (): void => {
      this._onDidChangeTreeData.fire();
      void commands.executeCommand('setContext', ContextKey.HAS_SESSIONS, this._link.all().length > 0);
    };
    this._register(_link.onDidChangeSessions(changed));
    this._register(_open.onDidChange(() => this._onDidChangeTreeData.fire()));
  }

  /** What is selected, as long as it can be seen. */
  public get selection(): readonly TreeNode[] {
    return this.view.visible ? this.view.selection : [];
  }

  public getChildren(node?: TreeNode): TreeNode[] {
    return [...(node === undefined ? rootNodes(this._link) : childNodes(this._link, node))];
  }

  public getParent(node: TreeNode): TreeNode | undefined {
    return parentNode(this._link, node);
  }

  public getTreeItem(node: TreeNode): TreeItem {
    const isShown = this._open.isShown.bind(this._open);
    if (node.kind === 'group') {
      return groupItem(node, childNodes(this._link, node).length);
    }
    const session = this._link.get(node.session);
    if (node.kind === 'session') {
      return session === undefined ? gone() : sessionItem(node, session, isShown);
    }
    const terminal = session?.terminals.find((candidate) => candidate.id === node.terminal);
    return terminal === undefined ? gone() : terminalItem(node, terminal, isShown);
  }
}

/** Removed between the change and the question; the next change takes the item away. */
const gone = (): TreeItem => ({ label: '' });
