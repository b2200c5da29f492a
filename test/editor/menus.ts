import type { Locator, Page } from 'playwright-core';
import { poll } from './patience';

const DRAWN_MS = 2000;

const menuOf = (page: Page): Locator => page.locator('.monaco-menu-container');

/** Opens a row's context menu, anew as long as it lacks the item: a menu that is open does not follow what its row becomes. */
export const openMenu = async (row: Locator, item: string): Promise<void> => {
  const menu = menuOf(row.page());
  await poll(
    async () => {
      await closeMenu(row.page());
      try {
        await row.click({ button: 'right', timeout: DRAWN_MS });
        await menu.getByText(item, { exact: true }).waitFor({ timeout: DRAWN_MS });
        return true;
      } catch {
        // It was drawn anew under the pointer, or is not yet what has that item.
        return false;
      }
    },
    { what: `a menu with ${item}`, state: () => menu.allInnerTexts() },
  );
};

/** Closes the menu that is open, if one is. */
export const closeMenu = async (page: Page): Promise<void> => {
  const menu = menuOf(page);
  await poll(
    async () => {
      if (!(await menu.isVisible())) {
        return true;
      }
      await page.keyboard.press('Escape');
      return menu.waitFor({ state: 'hidden', timeout: DRAWN_MS }).then(
        () => true,
        () => false,
      );
    },
    { what: 'the menu to close', state: () => menu.allInnerTexts() },
  );
};
