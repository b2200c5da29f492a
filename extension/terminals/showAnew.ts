import type { OpenTerminals, ShowOptions } from './openTerminals';
import { keyOf, type Shown } from './shown';
import { untilGone } from './untilGone';

/** Closes what shows these, and waits until VS Code has taken them away; their programs go on. */
export const closeShown = async (open: OpenTerminals, isMeant: (shown: Shown) => boolean): Promise<void> => {
  open.detach(isMeant);
  await untilGone(open, () => open.all.some(isMeant));
};

/**
 * Closes tabs and opens them again where they stood: no API changes the icon or the colour of one that is open. What a
 * task shows is VS Code's, which knows that terminal as the task's.
 *
 * @param focus of the active one
 */
export const showAnew = async (
  open: OpenTerminals,
  isMeant: (shown: Shown) => boolean,
  focus: ShowOptions['focus'] = 'preserve',
): Promise<void> => {
  const meant = open.places.inOrder(open.all.filter((shown) => shown.task === undefined && isMeant(shown)));
  const active = open.active;
  const keys = new Set(meant.map(keyOf));
  await closeShown(open, (shown) => keys.has(keyOf(shown)));
  const optionsOf = (shown: Shown): ShowOptions => ({
    focus: active !== undefined && keyOf(shown) === keyOf(active) ? focus : 'none',
  });
  const hasNeighbour = (shown: Shown): boolean => open.places.parentOf(shown, {}) !== undefined;
  // Beside what is open VS Code splits by its own command only, which takes the keyboard along.
  const beside = meant.filter(hasNeighbour);
  await open.showAll(meant.filter((shown) => !hasNeighbour(shown)).map((shown) => [shown, optionsOf(shown)]));
  for (const shown of beside) {
    await open.show(shown, { focus: 'terminal' });
  }
};
