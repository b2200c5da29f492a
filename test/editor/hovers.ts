import type { Locator } from 'playwright-core';
import { poll } from './patience';

/** A second until VS Code asks for a hover, and what is asked for may take longer than that. */
const DRAWN_MS = 4000;

/** Beside the view and what stands in the panel. */
const ASIDE = { x: 700, y: 300 };

/**
 * Rests the pointer on a row until its hover with a text is seen, and returns that. A row that is drawn anew under the pointer
 * closes its hover, and a pointer that rests where it was asks for no other: it goes away and comes back.
 */
export const hoverOf = async (row: Locator, text: string | RegExp): Promise<Locator> => {
  const page = row.page();
  const hover = page.locator('.monaco-hover:visible').filter({ hasText: text });
  await poll(
    async () => {
      await page.mouse.move(ASIDE.x, ASIDE.y);
      try {
        await row.hover({ timeout: DRAWN_MS });
        await hover.waitFor({ timeout: DRAWN_MS });
        return true;
      } catch {
        // It was drawn anew under the pointer, or says something else as yet.
        return false;
      }
    },
    {
      what: `a hover with ${text}`,
      state: async () => ({
        rows: await row.allInnerTexts(),
        hovers: await page.locator('.monaco-hover:visible').allInnerTexts(),
      }),
    },
  );
  return hover;
};
