import { Unicode11Addon } from '@xterm/addon-unicode11';
import type { Terminal } from '@xterm/headless';

/**
 * Makes a terminal count columns as VS Code's terminals do by default (`terminal.integrated.unicodeVersion`),
 * and with them most others: an emoji takes two. xterm's built-in tables are of Unicode 6, where it takes one.
 */
export const useUnicode11 = (terminal: Terminal): void => {
  terminal.loadAddon(new Unicode11Addon());
  terminal.unicode.activeVersion = '11';
};
