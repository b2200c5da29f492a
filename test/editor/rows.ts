import type { Locator } from 'playwright-core';
import { poll } from './patience';

/** Longer than two clicks may take to be a double click, and than a window that is not too busy takes to answer. */
export const SHOWN_MS = 5000;

/**
 * Does something until what it leads to is seen: VS Code drops a click or a key for what it draws anew at that moment.
 * @param seen of several one is enough
 */
export const until = async (seen: Locator, act: () => Promise<unknown>, what: string): Promise<void> => {
  await poll(
    async () => {
      // What goes while it is clicked is looked for again.
      await act().catch(() => undefined);
      return isSeen(seen);
    },
    { what, state: () => instead(seen) },
  );
};

/** The same for what goes. It is done only as long as it is there. */
export const untilGone = async (seen: Locator, act: () => Promise<unknown>, what: string): Promise<void> => {
  await poll(
    async () => {
      if ((await seen.count()) > 0) {
        await act().catch(() => undefined);
      }
      return seen
        .first()
        .waitFor({ state: 'detached', timeout: SHOWN_MS })
        .then(
          () => true,
          () => false,
        );
    },
    { what, state: () => instead(seen) },
  );
};

/** What has the keyboard, what covers the rest, and what the window has at all. */
const instead = async (seen: Locator): Promise<unknown> => ({
  seen: await seen.allInnerTexts(),
  views: await seen
    .page()
    .locator('.activitybar .action-item a')
    .evaluateAll((items) => items.map((item) => item.getAttribute('aria-label'))),
  told: await seen.page().locator('.notifications-toasts, .monaco-dialog-box').allInnerTexts(),
  focused: await seen.page().evaluate('document.activeElement?.outerHTML.slice(0, 300)'),
  asked: await seen.page().locator('.quick-input-widget:visible').allInnerTexts(),
});

const isSeen = (seen: Locator): Promise<boolean> =>
  seen
    .first()
    .waitFor({ timeout: SHOWN_MS })
    .then(
      () => true,
      () => false,
    );

/** Clicks on a row, which has the focus then. */
export const focusRow = (row: Locator): Promise<void> => {
  const focused = row.and(row.page().locator('.focused'));
  return until(focused, () => row.click({ timeout: SHOWN_MS }), 'a row to have the focus');
};

/** Clicks on a session's row, which shows it in the window. */
export const showByRow = (row: Locator): Promise<void> => {
  const click = (): Promise<void> => row.click({ timeout: SHOWN_MS });
  return until(row.filter({ hasText: 'shown here' }), click, 'a row to be shown by a click');
};

/** Has rows selected, beside those that are. While VS Code draws anew what a click has attached, it may find nothing selected. */
export const select = async (...rows: readonly Locator[]): Promise<void> => {
  const isSelected = async (row: Locator): Promise<boolean> =>
    (await row.getAttribute('aria-selected')) === 'true';
  await poll(
    async () => {
      for (const row of rows) {
        if (!(await isSelected(row))) {
          await row.click({ modifiers: ['Control'] });
        }
      }
      return (await Promise.all(rows.map(isSelected))).every((one) => one);
    },
    { what: 'the rows to be selected', state: () => Promise.all(rows.map((row) => row.allInnerTexts())) },
  );
};
