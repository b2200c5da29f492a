/** DECRST of what would still act: the cursor (DECTCEM), mouse tracking, so that text can be selected, focus reports. */
const NOBODY_THERE = reset('25', '1000', '1002', '1003', '1004');
/** Scroll region (DECSTBM), origin mode (DECOM) and insert mode (IRM) off, autowrap (DECAWM) on: rows mean rows. */
const PLAIN_ROWS = '\x1b[r\x1b[?6l\x1b[4l\x1b[?7h';

/**
 * What is written below the last screen of a program, marked with a star as VS Code marks what its own terminals say, but
 * in bold (SGR 1): its reverse video (SGR 7) can't be read in high contrast themes. Where the screen is full it moves up:
 * into the scrollback, or, as in tmux's dead panes, the top row of a full-screen program goes.
 * @param usedRows how many rows of the screen are in use; undefined when nobody knows: below the cursor then
 */
export const endNotice = (sentence: string, usedRows: number | undefined): string => {
  const below = usedRows === undefined ? '' : `${PLAIN_ROWS}\x1b[${Math.max(1, usedRows)};1H`;
  return `\x1b[0m${NOBODY_THERE}${below}\r\n\x1b[1m * \x1b[0m ${sentence}`;
};

function reset(...modes: readonly string[]): string {
  return modes.map((mode) => `\x1b[?${mode}l`).join('');
}
