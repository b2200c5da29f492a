import { l10n, type TreeView, workspace } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { DaemonLink } from '../daemonLink';
import { readSetting } from '../settings';
import { plainText } from '../tree/plainText';
import { wantedOfSession } from './wanted';
import { attentionWords } from './words';

/** So many are named in the tooltip of the badge, which is what a screen reader says of it. */
const NAMED = 5;

/** How many sessions somebody should look at, on the icon of the view. */
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
    const wanting = this._link.all().flatMap((session) => {
      const words = wantedOfSession(session, readSetting).map(attentionWords).join(', ');
      return words === '' ? [] : [l10n.t('{0} ({1})', plainText(session.name), words)];
    });
    const tooltip = wanting.length === 0 ? undefined : tooltipOf(wanting);
    if (tooltip !== this._tooltip) {
      this._tooltip = tooltip;
      this._view.badge = tooltip === undefined ? undefined : { value: wanting.length, tooltip };
    }
  }
}

const tooltipOf = (wanting: readonly string[]): string => {
  const named = wanting.slice(0, NAMED).join('; ');
  const more = wanting.length - NAMED;
  const names = more > 0 ? l10n.t('{0}; {1} more', named, more) : named;
  return wanting.length === 1
    ? l10n.t('1 session wants attention: {0}', names)
    : l10n.t('{0} sessions want attention: {1}', wanting.length, names);
};
