import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { window, workspace } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { HOSTS_FOLDER, STORE_FILE } from '../../daemon/protocol/endpoint';
import type { SessionId } from '../../daemon/protocol/ids';
import type { Services } from '../services';
import { readSetting } from '../settings';
import { type ShowTask, TerminalRestorer } from './restoreTerminals';
import { WindowQuestions } from './windowQuestions';
import { WindowRecord, windowKey } from './windowRecord';

/** Another window of these folders begins, and waits no longer than this to hear whether it takes the place of this one. */
const ASKED_PATIENCE_MS = 3000;

/** Remembers what this window shows, at once and on disk, and brings back what it showed when it was left. */
export class WindowState extends Disposable {
  public readonly restorer: TerminalRestorer;
  private _record: WindowRecord;
  private readonly _folder: string;
  private readonly _questions: WindowQuestions;
  /** Whether the page of this window is gone, so that another window may have what is shown here. */
  private _isLeft = false;

  /** @param _services with a link that has not connected yet */
  public constructor(
    private readonly _services: Services,
    showTask: ShowTask,
  ) {
    super();
    this._folder = recordFolder(_services.context.globalStorageUri.fsPath);
    this._record = WindowRecord.claim(this._folder);
    this._questions = this._register(new WindowQuestions(this._folder, () => this._record.name));
    this._register(this._questions.onDidAsk(() => void _services.page.answers(ASKED_PATIENCE_MS)));
    const isRestoring = readSetting('holdfast.restoreTerminals');
    const remembered = isRestoring ? this._record.terminals : [];
    _services.open.places.recall(isRestoring ? this._record.left : []);
    this.restorer = new TerminalRestorer(_services.open, showTask, remembered);
    this._register(_services.open.onDidChange(() => this._write()));
    this._register(_services.open.places.onDidChangeActive(() => this._write()));
    this._register(window.tabGroups.onDidChangeTabs(() => this._write()));
  }

  /** The page is gone: what it showed is for the next window. */
  public leave(): void {
    if (!this._isLeft) {
      this._isLeft = true;
      this._record.release();
    }
  }

  public comeBack(): void {
    this._isLeft = false;
    this._write();
  }

  /** Starts a daemon only if there is something that it could bring back. */
  public async begin(): Promise<void> {
    const { link, tree } = this._services;
    if (!workspace.isTrusted) {
      // A terminal would make VS Code ask for trust at each start; what was shown comes back once it is given.
      this._register(
        workspace.onDidGrantWorkspaceTrust(() => {
          this.begin().catch((error: unknown) => this._services.notices.error(error));
        }),
      );
      await link.listen();
      return;
    }
    if (this.restorer.waiting.length > 0) {
      await link.connect();
      await this.restorer.run((remembered) => {
        const session = link.get(remembered.session as SessionId);
        return session?.terminals.find((terminal) => terminal.id === remembered.terminal);
      });
      this._write();
      return;
    }
    this._takeOver();
    await link.listen();
    if (link.state === 'absent' && hasHosts(this._services.dataDir)) {
      // They have died without a word, as in a reboot: what they took is to be offered.
      await link.connect();
    }
    if (tree.view.visible) {
      await this._showStored();
    } else {
      const subscription = this._register(
        tree.view.onDidChangeVisibility(({ visible }) => {
          if (visible) {
            subscription.dispose();
            this._showStored().catch((error: unknown) => this._services.notices.error(error));
          }
        }),
      );
    }
  }

  public override dispose(): void {
    super.dispose();
    this.leave();
  }

  /**
   * Nothing is there to be restored, but other windows of these folders are: where the page of one is gone, this is
   * most likely the one that somebody opened in its place.
   */
  private _takeOver(): void {
    if (readSetting('holdfast.restoreTerminals')) {
      this._questions.ask(() => {
        const found = this._isDisposed ? undefined : WindowRecord.claim(this._folder, this._record);
        if (found === undefined || found.terminals.length === 0) {
          found?.release();
          return false;
        }
        this._record.write([]);
        this._record = found;
        this._services.open.places.recall(found.left);
        this.restorer.add(found.terminals);
        this.begin().catch((error: unknown) => this._services.notices.error(error));
        return true;
      });
    }
  }

  /** Ended and lost sessions are the daemon's to tell of, also when none runs. */
  private async _showStored(): Promise<void> {
    const { link, dataDir } = this._services;
    if (link.state === 'absent' && existsSync(join(dataDir, STORE_FILE))) {
      await link.connect();
    }
  }

  private _write(): void {
    if (this._isLeft) {
      return;
    }
    try {
      const { open } = this._services;
      this._record.write([...open.places.remember(), ...this.restorer.waiting], open.places.left);
      this._questions.listen();
    } catch (error) {
      this._services.log.warn(`what this window shows could not be noted: ${String(error)}`);
    }
  }
}

/** Whether PTY hosts have left records, which they take with them when they leave. */
const hasHosts = (dataDir: string): boolean => {
  try {
    return readdirSync(join(dataDir, HOSTS_FOLDER)).some((name) => name.endsWith('.json'));
  } catch {
    // No daemon has ever been here.
    return false;
  }
};

const recordFolder = (storage: string): string => join(storage, 'windows', windowKey(openFolders()));

/** What this window has open: a workspace file, or folders. */
export const openFolders = (): readonly string[] => {
  const file = workspace.workspaceFile?.path;
  return file === undefined ? (workspace.workspaceFolders ?? []).map((folder) => folder.uri.path) : [file];
};
