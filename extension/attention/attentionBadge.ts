import { type TreeView, workspace } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { DaemonLink } from '../daemonLink';
import { wantingSentence, wantingSessions } from './wantingSessions';

/** How many sessions somebody should look at, on the icon of the view; its tooltip is what a screen reader says of it. */
export class AttentionBadge extends Disposable {
  private _tooltip: string | undefined;

  public constructor(
    private readonly _link: DaemonLink,
    private readonly _view: TreeView<unknown>,
  ) {
    super();
    this._register(_link.onDidChangeSessions(() => this._update()));
    this._register(
      workspace.onDidChangeConfiguration(
        (change) => change.affectsConfiguration('holdfast.attention') && this._update(),
      ),
    );
  }

  private _update(): void {
    const wanting = wantingSessions(this._link.all());
    const tooltip = wanting.length === 0 ? undefined : wantingSentence(wanting);
    if (tooltip !== this._tooltip) {
      this._tooltip = tooltip;
      this._view.badge = tooltip === undefined ? undefined : { value: wanting.length, tooltip };
    }
  }
}
