import { setTimeout as delay } from 'node:timers/promises';
import { l10n, window } from 'vscode';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { SessionInfo } from '../../daemon/protocol/model';
import { SessionRemove } from '../../daemon/protocol/sessions';
import type { Services } from '../services';
import { noticeText } from '../tree/plainText';

/** Long enough to read the names and to miss one. */
const UNDO_SECONDS = 30;
/** How many names a notification lists. */
const MAX_LISTED = 5;

/**
 * Takes all that has ended out of this window's lists, and forgets it only once there was time to undo that: what the
 * daemon has forgotten can't be brought back. A window that is closed before that has removed nothing.
 * @param undoMs how long that is
 * @returns how many sessions were removed
 */
export const removeEnded = async (
  services: Services,
  undoMs: unknown = UNDO_SECONDS * 1000,
): Promise<number> => {
  await services.link.refresh();
  const sessions = services.link.all().filter(({ state, pinned }) => state === 'exited' && !pinned);
  if (sessions.length === 0) {
    void window.showInformationMessage(l10n.t('No session has ended.'));
    return 0;
  }
  const hidden = services.link.hide(sessions.map(({ id }) => id));
  try {
    const isUndone = await mayBeUndone(services, sessions, typeof undoMs === 'number' ? undoMs : undefined);
    return isUndone ? 0 : await forget(services, sessions);
  } finally {
    hidden.dispose();
  }
};

/** Closing the notification is to agree with it. */
const mayBeUndone = async (
  { notices }: Services,
  sessions: readonly SessionInfo[],
  undoMs = UNDO_SECONDS * 1000,
): Promise<boolean> => {
  const undo = l10n.t('Undo');
  const names = sessions.map(({ name }) => name);
  const listed = names.slice(0, MAX_LISTED).join(', ') + (names.length > MAX_LISTED ? ', …' : '');
  const text =
    sessions.length === 1
      ? l10n.t('{0} has ended and is removed in {1} seconds, with its last screen.', listed, undoMs / 1000)
      : l10n.t(
          '{0} sessions have ended and are removed in {1} seconds, with their last screens: {2}',
          sessions.length,
          undoMs / 1000,
          listed,
        );
  const answer = Promise.resolve(window.showInformationMessage(noticeText(text), undo));
  const choice = await Promise.race([answer, delay(undoMs, 'late' as const, { ref: false })]);
  if (choice === 'late') {
    // The notification stands until somebody closes it.
    answer
      .then((late): Thenable<unknown> | undefined =>
        late === undo ? window.showWarningMessage(l10n.t('They have been removed by now.')) : undefined,
      )
      .catch((error: unknown) => notices.error(error));
  }
  return choice === undo;
};

const forget = async ({ link, open, log }: Services, sessions: readonly SessionInfo[]): Promise<number> => {
  let removed = 0;
  for (const { id, name } of sessions) {
    try {
      // Not by force: one that somebody has started again, or looks at, is none that has ended.
      await link.call(SessionRemove.type, { target: { text: id, explicit: true } });
      open.detach((shown) => shown.session === id);
      removed++;
    } catch (error) {
      const { code, message } = HoldfastError.from(error);
      log.info(`${name} is not removed: ${code}, ${message}`);
      if (!KEPT.has(code)) {
        throw error;
      }
    }
  }
  await link.refresh();
  return removed;
};

/** Somebody else was quicker, or works with it. */
const KEPT: ReadonlySet<string> = new Set([
  'SESSION_NOT_FOUND',
  'SESSION_RUNNING',
  'VIEWERS_ATTACHED',
  'SESSION_UNREACHABLE',
]);
