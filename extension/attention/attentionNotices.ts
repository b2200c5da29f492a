import { setTimeout as sleep } from 'node:timers/promises';
import { commands, l10n, window } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { SessionClaimNotice } from '../../daemon/protocol/attention';
import type { Attention, SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { SessionSet } from '../../daemon/protocol/sessions';
import { toShown } from '../commands/view';
import { View } from '../contributions';
import type { Services } from '../services';
import { readSetting } from '../settings';
import type { FocusedTerminal } from './focusedTerminal';
import { wantedOf } from './wanted';
import { attentionSentence } from './words';

/** A window that has the focus is the one to notify: others wait for it. */
const UNFOCUSED_MS = 500;
/** More at once, as after a night, are one notification. */
const MOST_AT_ONCE = 3;

interface Notice {
  readonly session: SessionInfo;
  readonly terminal: TerminalInfo;
  readonly attention: Attention;
}

/** Notifies of sessions that nobody looks at, once for each session and reason. The daemon says which window does. */
export class AttentionNotices extends Disposable {
  /** Claimed by this window or another. */
  private readonly _known = new Set<string>();

  public constructor(
    private readonly _services: Services,
    private readonly _focused: FocusedTerminal,
  ) {
    super();
    this._register(_services.link.onDidChangeSessions(() => this._look()));
    this._register(_services.link.onDidConnect(() => this._look()));
  }

  private _look(): void {
    const pending = this._pending();
    const keys = new Set(pending.map(keyOf));
    for (const key of this._known) {
      if (!keys.has(key)) {
        this._known.delete(key);
      }
    }
    const news = pending.filter((notice) => !this._known.has(keyOf(notice)));
    if (news.length > 0 && this._services.link.state === 'connected') {
      for (const notice of news) {
        this._known.add(keyOf(notice));
      }
      this._claim(news).catch((error: unknown) => this._services.log.warn(String(error)));
    }
  }

  private _pending(): readonly Notice[] {
    return this._services.link
      .all()
      .filter(({ quiet }) => quiet === false)
      .flatMap((session) =>
        session.terminals.flatMap((terminal) =>
          wantedOf(terminal, readSetting, 'notify').map((attention) => ({ session, terminal, attention })),
        ),
      );
  }

  private async _claim(news: readonly Notice[]): Promise<void> {
    const { link, page } = this._services;
    if (!window.state.focused) {
      await sleep(UNFOCUSED_MS);
    }
    // A window without a page would keep the others from notifying.
    await page.answered;
    const granted: Notice[] = [];
    for (const notice of news) {
      const key = keyOf(notice);
      const isPending = this._pending().some((now) => keyOf(now) === key);
      if (!isPending || link.state !== 'connected' || this._isDisposed) {
        continue;
      }
      const { session, terminal, attention } = notice;
      const claim = { session: session.id, reason: attention.reason };
      const isOurs = (await link.call(SessionClaimNotice.type, claim)).granted;
      // The badge says it of a terminal that may be in front of somebody's eyes; nothing pops up over it.
      if (isOurs && this._focused.mayBeLookedAt !== terminal.id) {
        granted.push(notice);
      }
    }
    const shown =
      granted.length > MOST_AT_ONCE ? [this._showMany(granted)] : granted.map((one) => this._show(one));
    await Promise.all(shown);
  }

  private async _show({ session, terminal, attention }: Notice): Promise<void> {
    const attach = l10n.t('Attach');
    const never = l10n.t('Don’t Show for This Session');
    const text = attentionSentence(session, terminal, attention);
    const show = attention.reason === 'failed' ? window.showWarningMessage : window.showInformationMessage;
    const chosen = await show(text, attach, never);
    const { link, open, notices } = this._services;
    try {
      if (chosen === attach) {
        const shown = toShown({ session, terminal }, false);
        if (shown !== undefined) {
          await open.show(shown, { focus: 'terminal' });
        }
      } else if (chosen === never) {
        await link.call(SessionSet.type, { target: { text: session.id }, quiet: true });
      }
    } catch (error) {
      notices.error(error);
    }
  }

  private async _showMany(granted: readonly Notice[]): Promise<void> {
    const show = l10n.t('Show Sessions');
    const sessions = new Set(granted.map(({ session }) => session.id)).size;
    if (
      (await window.showInformationMessage(l10n.t('{0} sessions want attention.', sessions), show)) === show
    ) {
      await commands.executeCommand(`${View.SESSIONS}.focus`);
    }
  }
}

const keyOf = ({ session, attention }: Notice): string => `${session.id} ${attention.reason}`;
