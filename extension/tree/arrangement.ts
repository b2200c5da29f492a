import { realpathSync } from 'node:fs';
import { commands, l10n, workspace } from 'vscode';
import { Emitter } from '../../daemon/lifecycle/event';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { SessionInfo } from '../../daemon/protocol/model';
import { wantedOfSession } from '../attention/wanted';
import { attentionWords } from '../attention/words';
import { ContextKey } from '../contributions';
import type { DaemonLink } from '../daemonLink';
import { readSetting } from '../settings';
import { Activity } from './activity';
import { isMeantBy } from './filter';
import { isElsewhere } from './folders';
import { plainText } from './plainText';
import type { Shape, SortOrder } from './shape';

/** That a program writes is no news that is told: it is asked for at this pace while the view is sorted by it. */
const ACTIVITY_ASKED_MS = 5000;

/** Characters of the filter above the rows, which have little room. */
const FILTER_SHOWN = 40;

/** What this window's view shows of the sessions, and in which order: its filter, its settings and its folders. */
export class Arrangement extends Disposable implements Shape {
  private readonly _onDidChange = this._register(new Emitter<void>());
  public readonly onDidChange = this._onDidChange.event;
  private readonly _activity = new Activity();
  private _folders = foldersOfWindow();
  private _filter = '';
  private _isSeen = false;
  private _timer: NodeJS.Timeout | undefined;

  /** @param _said what the row of a session says of its state */
  public constructor(
    private readonly _link: DaemonLink,
    private readonly _said: (session: SessionInfo) => string,
  ) {
    super();
    // Registered before the view's own listener, which asks what this one has noted.
    this._register(_link.onDidChangeSessions(() => this._activity.note(_link.all(), Date.now())));
    this._register(
      workspace.onDidChangeWorkspaceFolders(() => {
        this._folders = foldersOfWindow();
        this._onDidChange.fire();
      }),
    );
    this._register(
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('holdfast.view')) {
          this._follow();
          this._onDidChange.fire();
        }
      }),
    );
  }

  public get sort(): SortOrder {
    return readSetting('holdfast.view.sort');
  }

  public get filter(): string {
    return this._filter;
  }

  public set filter(text: string) {
    const trimmed = text.trim();
    if (trimmed !== this._filter) {
      this._filter = trimmed;
      void commands.executeCommand('setContext', ContextKey.IS_FILTERED, this.isFiltered);
      this._onDidChange.fire();
    }
  }

  public get isFiltered(): boolean {
    return this._filter !== '';
  }

  /**
   * What stands above the rows: the filter, and how much it leaves. A view that is alone in its container shows no
   * description; without a row, its welcome says so, which a message would put away.
   */
  public get message(): string {
    const all = this._link.all();
    const shown = this.isFiltered ? all.filter((session) => this.isShown(session)).length : 0;
    return shown === 0
      ? ''
      : l10n.t('Filter “{0}”: {1} of {2}', plainText(this._filter, FILTER_SHOWN), shown, all.length);
  }

  public isShown(session: SessionInfo): boolean {
    if (!this.isFiltered) {
      return true;
    }
    const wanted = wantedOfSession(session, readSetting).map(attentionWords);
    return isMeantBy(this._filter, session, [this._said(session), ...wanted]);
  }

  public isElsewhere(session: SessionInfo): boolean {
    return readSetting('holdfast.view.collapseOtherFolders') && isElsewhere(session, this._folders);
  }

  public isWanting(session: SessionInfo): boolean {
    return wantedOfSession(session, readSetting).length > 0;
  }

  public activeAt(session: SessionInfo): number {
    return this._activity.of(session);
  }

  /** Whether somebody can see the view. */
  public setSeen(isSeen: boolean): void {
    this._isSeen = isSeen;
    this._follow();
  }

  public override dispose(): void {
    super.dispose();
    clearInterval(this._timer);
  }

  private _follow(): void {
    clearInterval(this._timer);
    this._timer = undefined;
    if (this._isSeen && this.sort === 'activity') {
      this._ask();
      this._timer = setInterval(() => this._ask(), ACTIVITY_ASKED_MS);
    }
  }

  private _ask(): void {
    if (this._link.state === 'connected') {
      // Whoever lost the daemon is told of it elsewhere; the next time it is asked again.
      this._link.refresh().catch(() => undefined);
    }
  }
}

/** Each as it was opened, and as it is without links: sessions may know either. */
const foldersOfWindow = (): readonly string[] => [
  ...new Set(
    (workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .flatMap(({ uri }) => [uri.fsPath, withoutLinks(uri.fsPath)]),
  ),
];

const withoutLinks = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    // It is gone; what it was called still says whose sessions are meant.
    return path;
  }
};
