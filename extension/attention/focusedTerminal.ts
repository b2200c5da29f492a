import { TextEditorSelectionChangeKind, window } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { TerminalWatch } from '../../daemon/protocol/attention';
import type { TerminalId } from '../../daemon/protocol/ids';
import type { DaemonLink } from '../daemonLink';
import type { PageWatch } from '../pageWatch';
import type { OpenTerminals } from '../terminals/openTerminals';

/**
 * Tells the daemon which terminal somebody looks at in this window. No API tells where the keyboard is: VS Code's active terminal stays
 * active behind a closed panel. So it counts from when it was shown, became active or was typed in, until the user is in a text
 * editor or in another window.
 */
export class FocusedTerminal extends Disposable {
  private _isInEditor = false;
  private _isPageThere = true;
  private _told: TerminalId | null = null;

  public constructor(
    private readonly _link: DaemonLink,
    private readonly _open: OpenTerminals,
    page: PageWatch,
  ) {
    super();
    const used = (): void => {
      this._isInEditor = false;
      this._update();
    };
    this._register(window.onDidChangeActiveTerminal(used));
    this._register(_open.onDidUse(used));
    this._register(_open.onDidChange(() => this._update()));
    this._register(window.onDidChangeWindowState(() => this._update()));
    this._register(
      window.onDidChangeTextEditorSelection(({ kind }) => {
        if (kind === TextEditorSelectionChangeKind.Keyboard || kind === TextEditorSelectionChangeKind.Mouse) {
          this._isInEditor = true;
          this._update();
        }
      }),
    );
    this._register(
      page.onDidLeave(() => {
        this._isPageThere = false;
        this._update();
      }),
    );
    this._register(
      page.onDidReturn(() => {
        this._isPageThere = true;
        this._update();
      }),
    );
    this._register(
      _link.onDidConnect(() => {
        // Another connection: its daemon has not been told.
        this._told = null;
        this._update();
      }),
    );
  }

  /** The active terminal of a window that has the focus: it may be looked at, also where the keyboard is in an editor. */
  public get mayBeLookedAt(): TerminalId | undefined {
    return window.state.focused && this._isPageThere ? this._open.active?.terminal : undefined;
  }

  private _update(): void {
    const now = this._isInEditor ? null : (this.mayBeLookedAt ?? null);
    if (now !== this._told && this._link.state === 'connected') {
      this._told = now;
      // Of an earlier build, or gone: the next connection is told anew.
      this._link.call(TerminalWatch.type, { terminal: now }).catch(() => undefined);
    }
  }
}
