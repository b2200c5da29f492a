import { EventEmitter, l10n, type TextDocumentContentProvider, Uri, window, workspace } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { HoldfastError } from '../../daemon/protocol/errors';
import { type DifferencesPage, renderPage } from './differencesPage';

/** Of the addresses of these pages; package.json names it too. */
export const DIFFERENCES_SCHEME = 'holdfast-environment';

interface Shown {
  readonly page: DifferencesPage;
  readonly showsSecrets: boolean;
}

/** Pages that say what differs: read-only, one a terminal, known as long as they are open. */
export class DifferencesDocument extends Disposable implements TextDocumentContentProvider {
  private readonly _onDidChange = this._register(new EventEmitter<Uri>());
  public readonly onDidChange = this._onDidChange.event;
  private readonly _shown = new Map<string, Shown>();

  public constructor() {
    super();
    this._register(workspace.registerTextDocumentContentProvider(DIFFERENCES_SCHEME, this));
    this._register(workspace.onDidCloseTextDocument(({ uri }) => this._shown.delete(uri.toString())));
  }

  /** @param target tells pages apart: the terminal's */
  public async show(target: string, page: DifferencesPage): Promise<void> {
    // A name of NAME_PATTERN may stand in a path, but for the colon before a terminal's.
    const uri = Uri.from({
      scheme: DIFFERENCES_SCHEME,
      path: `/${page.name.replace(':', ' ')} environment.md`,
      query: target,
    });
    this._show(uri, { page, showsSecrets: false });
    await window.showTextDocument(await workspace.openTextDocument(uri), { preview: true });
  }

  /** @param uri the page's; the one of the active editor unless given. @throws HoldfastError INVALID_INPUT */
  public toggleSecrets(uri: unknown): void {
    const of = uri instanceof Uri ? uri : window.activeTextEditor?.document.uri;
    const shown = of === undefined ? undefined : this._shown.get(of.toString());
    if (of === undefined || shown === undefined) {
      throw new HoldfastError(
        'INVALID_INPUT',
        l10n.t('no page of environments is active'),
        l10n.t("Run 'Holdfast: Show Environment Differences' first."),
      );
    }
    this._show(of, { ...shown, showsSecrets: !shown.showsSecrets });
  }

  public provideTextDocumentContent(uri: Uri): string {
    const shown = this._shown.get(uri.toString());
    if (shown === undefined) {
      // Of a window that was reloaded: what was compared then is kept nowhere.
      throw new HoldfastError(
        'INVALID_INPUT',
        l10n.t('this page is not kept when the window is reloaded'),
        l10n.t("Run 'Holdfast: Show Environment Differences' again."),
      );
    }
    return renderPage(shown.page, shown.showsSecrets);
  }

  private _show(uri: Uri, shown: Shown): void {
    this._shown.set(uri.toString(), shown);
    this._onDidChange.fire(uri);
  }
}
