import { l10n, StatusBarAlignment, window, workspace } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { Command } from '../contributions';
import type { DaemonLink } from '../daemonLink';
import { sessionsText } from '../tree/counts';
import { wantingSentence, wantingSessions } from './wantingSessions';

/** Right of VS Code's own entries for the whole window: branch, problems, ports. */
const PRIORITY = 0;

/**
 * How many sessions live, and how many somebody should look at, in the status bar. Nothing is there while there is
 * nothing to tell; who does not want it hides it by the status bar's own menu, which knows it by its id and name.
 */
export class StatusItem extends Disposable {
  private readonly _item = this._register(
    window.createStatusBarItem('holdfast.sessions', StatusBarAlignment.Left, PRIORITY),
  );

  public constructor(private readonly _link: DaemonLink) {
    super();
    this._item.name = l10n.t('Holdfast: Sessions');
    this._item.command = Command.SHOW_SESSIONS;
    this._register(_link.onDidChangeSessions(() => this._update()));
    this._register(
      workspace.onDidChangeConfiguration(
        (change) => change.affectsConfiguration('holdfast.attention') && this._update(),
      ),
    );
  }

  private _update(): void {
    const living = this._link.all().filter(({ state }) => state !== 'exited').length;
    const wanting = wantingSessions(this._link.all());
    if (living === 0 && wanting.length === 0) {
      this._item.hide();
      return;
    }
    const count = sessionsText(living);
    const wants = wanting.length === 0 ? [] : [wantingSentence(wanting)];
    this._item.text =
      wanting.length === 0 ? `$(pinned) ${living}` : `$(pinned) ${living} $(bell-dot) ${wanting.length}`;
    this._item.tooltip = [l10n.t('Holdfast: {0}', count), ...wants].join('\n');
    this._item.accessibilityInformation = { label: [l10n.t('Holdfast, {0}', count), ...wants].join('. ') };
    this._item.show();
  }
}
