import { setTimeout } from 'node:timers/promises';
import { commands, EventEmitter, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { ContextKey, View } from '../contributions';
import type { DaemonLink } from '../daemonLink';
import type { OpenTerminals } from '../terminals/openTerminals';
import { FocusedRows } from './focusedRows';
import { type Row, TreeChanges } from './treeChanges';
import { groupItem, sessionItem, terminalItem } from './treeItems';
import { childNodes, nodeId, parentNode, rootNodes, type TreeNode } from './treeModel';

/** While VS Code takes over rows that came or went, it knows of no selection: how often, and when, it is asked again. */
const CLICK_ATTEMPTS = 6;
const CLICK_ATTEMPT_MS = 100;

/** The view "Sessions". */
export class SessionTree extends Disposable implements TreeDataProvider<TreeNode> {
  private readonly _onDidChangeTreeData = this._register(new EventEmitter<TreeNode[] | undefined>());
  public readonly onDidChangeTreeData = this._onDidChangeTreeData.event;
  public readonly view: TreeView<TreeNode>;
  private readonly _focused: FocusedRows;
  private readonly _changes = new TreeChanges();
  /** One object for each row, by which VS Code finds the row that is to be drawn anew. */
  private _nodes = new Map<string, TreeNode>();
  private _hasSessions = false;

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
    this._focused = new FocusedRows(this.view);
    this._register(_link.onDidChangeSessions(() => this._update()));
    this._register(_open.onDidChange(() => this._update()));
  }

  /** What is selected, as long as it can be seen. */
  public get selection(): readonly TreeNode[] {
    return this.view.visible ? this.view.selection : [];
  }

  /** What a key pressed in the view is meant for: see FocusedRows. */
  public focused(): Promise<readonly TreeNode[]> {
    return this._focused.read();
  }

  /** The row that a click has just selected. */
  public async clicked(): Promise<TreeNode | undefined> {
    for (let attempt = 1; this.view.selection.length === 0 && attempt < CLICK_ATTEMPTS; attempt += 1) {
      await setTimeout(CLICK_ATTEMPT_MS);
    }
    return this.view.selection[0];
  }

  public getChildren(node?: TreeNode): TreeNode[] {
    return this._children(node).map((child) => this._nodes.get(nodeId(child)) ?? child);
  }

  public getParent(node: TreeNode): TreeNode | undefined {
    const parent = parentNode(this._link, node);
    return parent === undefined ? undefined : (this._nodes.get(nodeId(parent)) ?? parent);
  }

  public getTreeItem(node: TreeNode): TreeItem {
    const isShown = this._open.isShown.bind(this._open);
    if (node.kind === 'group') {
      const sessions = this._link.all().filter((session) => session.group === node.group);
      return groupItem(node, sessions, isShown);
    }
    const session = this._link.get(node.session);
    if (node.kind === 'session') {
      return session === undefined ? gone() : sessionItem(node, session, isShown);
    }
    const terminal = session?.terminals.find((candidate) => candidate.id === node.terminal);
    return terminal === undefined ? gone() : terminalItem(node, terminal, isShown);
  }

  private _children(node: TreeNode | undefined): readonly TreeNode[] {
    return node === undefined ? rootNodes(this._link) : childNodes(this._link, node);
  }

  private _update(): void {
    const nodes = new Map<string, TreeNode>();
    const rows: Row[] = [];
    const add = (parent: TreeNode | undefined): void => {
      for (const child of this._children(parent)) {
        const id = nodeId(child);
        const node = this._nodes.get(id) ?? child;
        const item = this.getTreeItem(node);
        nodes.set(id, node);
        rows.push({
          id,
          key: item.id ?? id,
          parent: parent === undefined ? undefined : nodeId(parent),
          look: JSON.stringify(item),
        });
        add(node);
      }
    };
    add(undefined);
    this._nodes = nodes;
    const redraw = this._changes.update(rows);
    if (redraw === 'all') {
      this._onDidChangeTreeData.fire(undefined);
    } else if (redraw.length > 0) {
      this._onDidChangeTreeData.fire(redraw.flatMap((id) => nodes.get(id) ?? []));
    }
    const hasSessions = this._link.all().length > 0;
    if (hasSessions !== this._hasSessions) {
      this._hasSessions = hasSessions;
      void commands.executeCommand('setContext', ContextKey.HAS_SESSIONS, hasSessions);
    }
  }
}

/** Removed between the change and the question; the next change takes the item away. */
const gone = (): TreeItem => ({ label: '' });
