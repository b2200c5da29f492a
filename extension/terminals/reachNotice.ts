import { l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { OpenTerminals } from './openTerminals';

/** Left of the size's, which is left of VS Code's own entries for the file in front. */
const PRIORITY = 102;

/** Says in the status bar that what holds the terminal in front does not answer: else it looks as if it ignored the keyboard. */
export class ReachNotice extends Disposable {
  /** Made when it is needed, which is hardly ever. */
  private _item: StatusBarItem | undefined;

  public constructor(private readonly _open: OpenTerminals) {
    super();
    this._register(_open.onDidChangeReachable(() => this._update()));
    this._register(_open.onDidChange(() => this._update()));
    this._register(window.onDidChangeActiveTerminal(() => this._update()));
  }

  public override dispose(): void {
    this._item?.dispose();
    super.dispose();
  }

  private _update(): void {
    if (this._open.isActiveReachable) {
      this._item?.dispose();
      this._item = undefined;
    } else {
      this._item ??= makeItem();
    }
  }
}

const makeItem = (): StatusBarItem => {
  const item = window.createStatusBarItem('holdfast.unreachable', StatusBarAlignment.Right, PRIORITY);
  item.name = l10n.t('Holdfast: Terminal Does Not Answer');
  item.text = `$(warning) ${l10n.t('terminal does not answer')}`;
  item.tooltip = l10n.t(
    'The process that holds this terminal does not answer: it is stopped, or the machine is overloaded. Nothing is lost; what you type waits for it.',
  );
  item.backgroundColor = new ThemeColor('statusBarItem.warningBackground');
  item.show();
  return item;
};
