import { l10n, StatusBarAlignment, window } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { OpenTerminals } from './openTerminals';

/** Left of VS Code's own entries for the file in front, which begin at 100. */
const PRIORITY = 101;

/** Says in the status bar that the terminal in front is shown in the size of another viewer. */
export class SizeNotice extends Disposable {
  private readonly _item = this._register(
    window.createStatusBarItem('holdfast.foreignSize', StatusBarAlignment.Right, PRIORITY),
  );

  public constructor(private readonly _open: OpenTerminals) {
    super();
    this._item.name = l10n.t('Holdfast: Size of Another Viewer');
    this._register(_open.onDidChangeSize(() => this._update()));
    this._register(_open.onDidChange(() => this._update()));
    this._register(window.onDidChangeActiveTerminal(() => this._update()));
  }

  private _update(): void {
    const size = this._open.activeForeignSize;
    if (size === undefined) {
      this._item.hide();
      return;
    }
    const { cols, rows } = size;
    this._item.text = `$(screen-normal) ${cols}×${rows}`;
    this._item.tooltip = l10n.t(
      'The terminal has {0} columns and {1} rows, the size of another viewer. Type or click in it to give it the size of this one, unless a viewer keeps it at the smallest of all.',
      cols,
      rows,
    );
    this._item.accessibilityInformation = {
      label: l10n.t('Terminal in another viewer’s size: {0} columns, {1} rows', cols, rows),
    };
    this._item.show();
  }
}
