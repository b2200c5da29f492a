import type { Locator } from 'playwright-core';
import { poll } from '../support/poll';

const DRAWN_MS = 2000;

/** Opens a row's context menu, anew as long as it lacks the item: a menu that is open does not follow what its row becomes. */
export const openMenu = async (row: Locator, item: string): Promise<void> => {
  const page = row.page();
  const menu = page.locator('.monaco-menu-container');
  await poll(
    async () => {
      if (await menu.isVisible()) {
        await page.keyboard.press('Escape');
        await menu.waitFor({ state: 'hidden' });
      }
      await row.click({ button: 'right' });
      return menu
        .getByText(item, { exact: true })
        .waitFor({ timeout: DRAWN_MS })
        .then(
          () => true,
          () => false,
        );
    },
    { timeoutMs: 60_000, what: `a menu with ${item}`, state: () => menu.allInnerTexts() },
  );
};
