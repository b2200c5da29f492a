import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';

/** How many commands VS Code has a decoration for that were well, and that failed. */
export const decorations = async (window: Workbench): Promise<readonly [number, number]> => {
  const all = window.page.locator('.terminal-wrapper.active .terminal-command-decoration:not(.hide)');
  const failed = await all.and(window.page.locator('.error')).count();
  const marked = await all.and(window.page.locator(':not(.default-color):not(.default)')).count();
  return [marked - failed, failed];
};

export const areDecorated = (window: Workbench): Promise<true> =>
  poll(
    async () => {
      const [well, failed] = await decorations(window);
      return well > 0 && failed === 1 ? true : undefined;
    },
    { what: 'decorations of both kinds', state: () => decorations(window) },
  );

/** What a person sees of the terminal in front: the rows that are drawn. */
export const drawn = (window: Workbench): Promise<string> =>
  window.page.locator('.terminal-wrapper.active .xterm-rows').first().innerText();

/** Goes back from command to command until one is seen. */
export const goBackTo = (window: Workbench, command: RegExp): Promise<true> =>
  poll(
    async () => {
      await window.run('Terminal: Scroll to Previous Command');
      return command.test(await drawn(window)) ? true : undefined;
    },
    {
      timeoutMs: 60_000,
      intervalMs: 500,
      what: `${command} to be gone back to`,
      state: () => drawn(window),
    },
  );
