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
import { NoticePace } from './noticePace';
import { wantedOf } from './wanted';
import { attentionSentence } from './words';

/** A window that has the focus is the one to notify: others wait for it. */
const UNFOCUSED_MS = 500;

interface Notice {
  readonly session: SessionInfo;
  readonly terminal: TerminalInfo;
  readonly attention: Attention;
}

/** Notifies of sessions that nobody looks at, once for each session and reason. The daemon says which window does. */
export class AttentionNotices extends Disposable {
  /** Claimed by this window or another. */
  private readonly _known = new Set<string>();
  private readonly _pace = this._register(
    new NoticePace<Notice>(
      (news) => this._tell(news),
      (notice) => this._isWanted(notice),
    ),
  );

  public constructor(
    private readonly _services: Pick<Services, 'link' | 'log' | 'notices' | 'open' | 'page'>,
    private readonly _focused: Pick<FocusedTerminal, 'mayBeLookedAt'>,
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
    return this._services.link.all().flatMap(noticesOf);
  }

  /** What is told of one, as it is now; nothing where somebody has looked. */
  private _now({ session: { id } }: Notice): readonly Notice[] {
    return this._services.link
      .all()
      .filter((session) => session.id === id)
      .flatMap(noticesOf);
  }

  private async _claim(news: readonly Notice[]): Promise<void> {
    const { page } = this._services;
    if (!window.state.focused) {
      await sleep(UNFOCUSED_MS);
    }
    // A window without a page would keep the others from notifying.
    await page.answered;
    const granted: Notice[] = [];
    try {
      for (const notice of news) {
        if (await this._isGranted(notice)) {
          granted.push(notice);
        }
      }
    } finally {
      // Also what is told later is this window's: another one would show each as it comes.
      this._pace.tell(granted);
    }
  }

  private async _isGranted(notice: Notice): Promise<boolean> {
    const { link } = this._services;
    const key = keyOf(notice);
    const isPending = this._now(notice).some((now) => keyOf(now) === key);
    if (!isPending || link.state !== 'connected' || this._isDisposed) {
      return false;
    }
    const { session, terminal, attention } = notice;
    const claim = { session: session.id, reason: attention.reason };
    const { granted } = await link.call(SessionClaimNotice.type, claim);
    // The badge says it of a terminal that may be in front of somebody's eyes; nothing pops up over it.
    return granted && this._focused.mayBeLookedAt !== terminal.id;
  }

  private _isWanted(notice: Notice): boolean {
    const key = keyOf(notice);
    const { mayBeLookedAt } = this._focused;
    return this._now(notice).some((now) => keyOf(now) === key && now.terminal.id !== mayBeLookedAt);
  }

  private _tell(news: readonly Notice[]): void {
    const [first] = news;
    if (first !== undefined) {
      const sessions = new Set(news.map(({ session }) => session.id)).size;
      const shown = sessions > 1 ? this._showMany(sessions) : this._show(this._mostUrgent(first, news));
      shown.catch((error: unknown) => this._services.log.warn(String(error)));
    }
  }

  /** Of what one session is told of: its name and its command may be others by now. */
  private _mostUrgent(first: Notice, news: readonly Notice[]): Notice {
    const keys = new Set(news.map(keyOf));
    return this._now(first).find((now) => keys.has(keyOf(now))) ?? first;
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

  private async _showMany(sessions: number): Promise<void> {
    const show = l10n.t('Show Sessions');
    if (
      (await window.showInformationMessage(l10n.t('{0} sessions want attention.', sessions), show)) === show
    ) {
      await commands.executeCommand(`${View.SESSIONS}.focus`);
    }
  }
}

const keyOf = ({ session, attention }: Notice): string => `${session.id} ${attention.reason}`;

/** The most urgent of each terminal first. */
const noticesOf = (session: SessionInfo): readonly Notice[] =>
  session.quiet === false
    ? session.terminals.flatMap((terminal) =>
        wantedOf(terminal, readSetting, 'notify').map((attention) => ({ session, terminal, attention })),
      )
    : [];
