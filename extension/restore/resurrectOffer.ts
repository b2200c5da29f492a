import { commands, l10n, window, workspace } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { SessionId } from '../../daemon/protocol/ids';
import type { SessionInfo } from '../../daemon/protocol/model';
import { SessionLossAnswered, SessionOfferLost } from '../../daemon/protocol/sessions';
import { lostPrograms, lostTerminals, resurrectTargets } from '../commands/resurrect';
import type { Target } from '../commands/targets';
import { Command } from '../contributions';
import type { Services } from '../services';
import { plainText } from '../tree/plainText';

/**
 * Asks once what to do about sessions that a reboot or the death of a PTY host took. The daemon says which window asks;
 * one that is closed without an answer has not asked.
 */
export class ResurrectOffer extends Disposable {
  /** Asked about here, or by another window. */
  private readonly _known = new Set<SessionId>();
  private _isClaiming = false;

  public constructor(private readonly _services: Services) {
    super();
    this._register(_services.link.onDidChangeSessions(() => this._look()));
    // In a folder that is not trusted nothing would be started.
    this._register(workspace.onDidGrantWorkspaceTrust(() => this._look()));
  }

  private _look(): void {
    const { link, notices } = this._services;
    const lost = link.all().filter(({ loss }) => loss === 'unanswered');
    for (const id of this._known) {
      if (!lost.some((session) => session.id === id)) {
        this._known.delete(id);
      }
    }
    if (this._isClaiming || !workspace.isTrusted || lost.every(({ id }) => this._known.has(id))) {
      return;
    }
    this._isClaiming = true;
    this._claim(lost)
      .catch((error: unknown) => notices.error(error))
      .finally(() => {
        this._isClaiming = false;
      });
  }

  private async _claim(lost: readonly SessionInfo[]): Promise<void> {
    // A window without a page would keep the others from asking.
    await this._services.page.answered;
    if (this._isDisposed) {
      return;
    }
    const { sessions } = await this._services.link.call(SessionOfferLost.type, {});
    for (const { id } of [...lost, ...sessions]) {
      this._known.add(id);
    }
    if (sessions.length > 0 && !this._isDisposed) {
      // What is lost while the question stands is another one.
      void this._ask(sessions).catch((error: unknown) => this._services.notices.error(error));
    }
  }

  private async _ask(sessions: readonly SessionInfo[]): Promise<void> {
    const { link } = this._services;
    const targets = sessions.map((session): Target => ({ session, terminal: undefined }));
    const [first] = sessions;
    const isOne = sessions.length === 1;
    const resurrect = isOne ? l10n.t('Resurrect') : l10n.t('Resurrect {0} Sessions', sessions.length);
    const choose = l10n.t('Choose…');
    const text = isOne
      ? l10n.t(
          'The session {0} was lost: the machine or the process that held it went down. Resurrecting starts a shell in its last folder, under the old screen.',
          plainText(first?.name ?? ''),
        )
      : l10n.t(
          '{0} sessions were lost: the machine or the process that held them went down. Resurrecting starts a shell in the last folder of each, under the old screen.',
          sessions.length,
        );
    const hasChoice = !isOne || lostPrograms(targets).length > 0;
    const buttons = [resurrect, ...(hasChoice ? [choose] : []), l10n.t('Not Now')];
    const chosen = await window.showInformationMessage(text, ...buttons);
    if (this._isDisposed) {
      return;
    }
    await link.call(SessionLossAnswered.type, { sessions: sessions.map(({ id }) => id) });
    if (chosen === resurrect) {
      await link.refresh();
      await resurrectTargets(this._services, targets.filter(isStillLost(this._services)), 'shell');
    } else if (chosen === choose) {
      await commands.executeCommand(Command.RESURRECT, isOne ? first?.id : undefined);
    }
  }
}

/** Somebody else may have been quicker. */
const isStillLost =
  ({ link }: Services) =>
  ({ session }: Target): boolean => {
    const now = link.get(session.id);
    return now !== undefined && lostTerminals({ session: now, terminal: undefined }).length > 0;
  };
