import { setTimeout as sleep } from 'node:timers/promises';
import {
  commands,
  EventEmitter,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  window,
  workspace,
} from 'vscode';
import { Disposable, toDisposable } from '../../daemon/lifecycle/lifecycle';
import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { withAttention, withSessionAttention } from '../attention/attentionRow';
import { wantedOf } from '../attention/wanted';
import { ContextKey, View } from '../contributions';
import type { DaemonLink } from '../daemonLink';
import { readSetting } from '../settings';
import type { OpenTerminals } from '../terminals/openTerminals';
import { Arrangement } from './arrangement';
import { CommandClock } from './commandClock';
import { Dragging } from './dragging';
import { DroppedEditors, type ShowInEditor } from './droppedEditors';
import { hoverDetails, hoverMarkdown } from './hoverDetails';
import { Mover } from './mover';
import { Pace } from './pace';
import { ShownHovers } from './shownHovers';
import { type Row, rowBeside, TreeChanges } from './treeChanges';
import {
  elsewhereItem,
  groupItem,
  sessionHover,
  sessionItem,
  sessionStateText,
  terminalHover,
  terminalItem,
} from './treeItems';
import {
  childNodes,
  type GroupNode,
  nodeId,
  parentNode,
  rootNodes,
  sessionsBelow,
  type TreeNode,
} from './treeModel';

/** While VS Code takes over rows that came or went, it knows of no selection: how often, and when, it is asked again. */
const CLICK_ATTEMPTS = 6;
const CLICK_ATTEMPT_MS = 100;

/** A row that is drawn more often than twice a second can neither be read nor reached by a key. */
const REDRAW_REST_MS = 500;

/** How long a hover stands that says what was true when it was shown. */
const HOVER_READ_MS = 10_000;

/** The view "Sessions". */
export class SessionTree extends Disposable implements TreeDataProvider<TreeNode> {
  private readonly _onDidChangeTreeData = this._register(new EventEmitter<TreeNode[] | undefined>());
  public readonly onDidChangeTreeData = this._onDidChangeTreeData.event;
  public readonly view: TreeView<TreeNode>;
  /** What of the sessions is shown, and in which order. */
  public readonly arrangement: Arrangement;
  public readonly mover: Mover;
  private readonly _changes = new TreeChanges();
  /** One object for each row, by which VS Code finds the row that is to be drawn anew. */
  private readonly _nodes = new Map<string, TreeNode>();
  private _rows: readonly Row[] = [];
  private readonly _redraws = this._register(new Pace(() => this._redraw(this._readRows()), REDRAW_REST_MS));
  private readonly _hovers = new ShownHovers(HOVER_READ_MS);
  private _hoverTimer: NodeJS.Timeout | undefined;
  private readonly _clock = this._register(new CommandClock(() => this._redraws.ask()));
  private _hasSessions = false;

  public constructor(
    private readonly _link: DaemonLink,
    private readonly _open: OpenTerminals,
    failed: (error: unknown) => void,
    showInEditor: ShowInEditor,
  ) {
    super();
    const isShown = _open.isShown.bind(_open);
    this.arrangement = this._register(
      new Arrangement(_link, (session) => sessionStateText(session, isShown)),
    );
    this.mover = new Mover(_link, this.arrangement);
    const dropped = this._register(
      new DroppedEditors((node, column) => showInEditor(node, column).catch(failed)),
    );
    this.view = this._register(
      window.createTreeView(View.SESSIONS, {
        treeDataProvider: this,
        canSelectMany: true,
        dragAndDropController: new Dragging(
          (nodes, target) => this.mover.drop(nodes, target).catch(failed),
          (nodes) => dropped.addressesOf(nodes),
        ),
        showCollapseAll: false,
      }),
    );
    this._register(toDisposable(() => clearTimeout(this._hoverTimer)));
    this._register(this.view.onDidChangeVisibility(() => this._seen()));
    this._register(_link.onDidChangeSessions(() => this._update()));
    this._register(this.arrangement.onDidChange(() => this._update()));
    this._register(_open.onDidChange(() => this._update()));
    this._register(
      workspace.onDidChangeConfiguration(
        (change) => change.affectsConfiguration('holdfast.attention') && this._update(),
      ),
    );
  }

  /** What is selected, as long as it can be seen. */
  public get selection(): readonly TreeNode[] {
    return this.view.visible ? this.view.selection : [];
  }

  /**
   * What a key is meant for, as in the Explorer: the row that has the focus, and the others that are selected if it is
   * one of them. The arrow keys move the focus and leave the selection where it was.
   */
  public meantBy(focused: TreeNode): readonly TreeNode[] {
    const others = this.view.selection.filter((node) => nodeId(node) !== nodeId(focused));
    return others.length < this.view.selection.length ? [focused, ...others] : [focused];
  }

  /** The row that a click has just selected. */
  public async clicked(): Promise<TreeNode | undefined> {
    for (let attempt = 1; this.view.selection.length === 0 && attempt < CLICK_ATTEMPTS; attempt += 1) {
      await sleep(CLICK_ATTEMPT_MS);
    }
    return this.view.selection[0];
  }

  /** Moves the keyboard's focus from rows that go to one that stays, if it can: see rowBeside. */
  public async leave(going: readonly TreeNode[]): Promise<void> {
    const id = rowBeside(this._rows, new Set(going.map(nodeId)));
    const node = id === undefined ? undefined : this._nodes.get(id);
    if (node !== undefined) {
      // VS Code refuses a row that it has not drawn yet; what was to be done to the others is done all the same.
      await this.view.reveal(node, { select: false, focus: true }).then(undefined, () => undefined);
    }
  }

  /** The sessions that are meant by a row that stands for several. */
  public sessionsBelow(node: GroupNode | { readonly kind: 'elsewhere' }): readonly SessionInfo[] {
    return sessionsBelow(this._link, node, this.arrangement);
  }

  public getChildren(node?: TreeNode): TreeNode[] {
    return this._children(node).map((child) => this._nodes.get(nodeId(child)) ?? child);
  }

  public getParent(node: TreeNode): TreeNode | undefined {
    const parent = parentNode(this._link, node, this.arrangement);
    return parent === undefined ? undefined : (this._nodes.get(nodeId(parent)) ?? parent);
  }

  public getTreeItem(node: TreeNode): TreeItem {
    const isShown = this._open.isShown.bind(this._open);
    if (node.kind === 'group' || node.kind === 'elsewhere') {
      const sessions = this.sessionsBelow(node);
      const wanting = sessions.filter((session) => this.arrangement.isWanting(session)).length;
      const several = { wanting, isFiltered: this.arrangement.isFiltered };
      return node.kind === 'group'
        ? groupItem(node, sessions, isShown, several)
        : elsewhereItem(sessions, several);
    }
    const session = this._link.get(node.session);
    if (node.kind === 'session') {
      return session === undefined
        ? gone()
        : withSessionAttention(sessionItem(node, session, isShown, Date.now()), session);
    }
    const terminal = session?.terminals.find((candidate) => candidate.id === node.terminal);
    return terminal === undefined
      ? gone()
      : withAttention(terminalItem(node, terminal, isShown, Date.now()), wantedOf(terminal, readSetting));
  }

  /** VS Code asks for a hover when the pointer rests on a row. */
  public async resolveTreeItem(item: TreeItem, node: TreeNode): Promise<TreeItem> {
    if (node.kind === 'session' || node.kind === 'terminal') {
      const details = await hoverDetails(this._link, node);
      const text = this._hover(node);
      this._hovers.show(nodeId(node), text, details?.isLive);
      item.tooltip = details === undefined ? text : hoverMarkdown(text, details);
      clearTimeout(this._hoverTimer);
      this._hoverTimer = setTimeout(() => this._redraws.ask(), HOVER_READ_MS);
    }
    return item;
  }

  private _hover(node: TreeNode | undefined): string {
    const isSession = node?.kind === 'session' || node?.kind === 'terminal';
    const session = isSession ? this._link.get(node.session) : undefined;
    if (session === undefined || node?.kind !== 'terminal') {
      return session === undefined ? '' : sessionHover(session, Date.now());
    }
    const terminal = session.terminals.find(({ id }) => id === node.terminal);
    return terminal === undefined ? '' : terminalHover(terminal, Date.now());
  }

  private _children(node: TreeNode | undefined): readonly TreeNode[] {
    return node === undefined
      ? rootNodes(this._link, this.arrangement)
      : childNodes(this._link, node, this.arrangement);
  }

  /** A row that came or went is drawn at once, as somebody may wait for it; what else changes, at a calm rate. */
  private _update(): void {
    const rows = this._readRows();
    if (this._changes.isNewOutline(rows)) {
      this._redraw(rows);
    } else {
      this._redraws.ask();
    }
    const { message } = this.arrangement;
    if (this.view.message !== message) {
      this.view.message = message;
    }
    const hasSessions = this._link.all().length > 0;
    if (hasSessions !== this._hasSessions) {
      this._hasSessions = hasSessions;
      void commands.executeCommand('setContext', ContextKey.HAS_SESSIONS, hasSessions);
    }
  }

  private _seen(): void {
    this._followCommands();
    this.arrangement.setSeen(this.view.visible);
    if (this.view.visible) {
      this._redraws.ask();
    }
  }

  /** What rows say of their commands' time is kept right as long as somebody can see it. */
  private _followCommands(): void {
    const seen = this.view.visible ? this._link.all() : [];
    this._clock.follow(seen.flatMap(({ terminals }) => terminals.flatMap(startOf)));
  }

  private _readRows(): readonly Row[] {
    const rows: Row[] = [];
    const add = (parent: TreeNode | undefined): void => {
      for (const child of this._children(parent)) {
        const id = nodeId(child);
        const node = this._nodes.get(id) ?? child;
        const item = this.getTreeItem(node);
        this._nodes.set(id, node);
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
    return rows;
  }

  private _redraw(rows: readonly Row[]): void {
    const ids = new Set(rows.map(({ id }) => id));
    for (const id of this._nodes.keys()) {
      if (!ids.has(id)) {
        this._nodes.delete(id);
      }
    }
    this._rows = rows;
    this._followCommands();
    const changed = this._changes.update(rows);
    if (changed === 'all') {
      this._hovers.drawn(rows.map(({ id }) => id));
      this._onDidChangeTreeData.fire(undefined);
    } else {
      const drawn = [
        ...new Set([...changed, ...this._hovers.outdated((id) => this._hover(this._nodes.get(id)))]),
      ];
      this._hovers.drawn(drawn);
      if (drawn.length > 0) {
        this._onDidChangeTreeData.fire(drawn.flatMap((id) => this._nodes.get(id) ?? []));
      }
    }
  }
}

const startOf = ({ state, currentCommand }: TerminalInfo): readonly number[] =>
  state === 'running' && currentCommand != null ? [currentCommand.startedAt] : [];

/** Removed between the change and the question; the next change takes the item away. */
const gone = (): TreeItem => ({ label: '' });
