import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { closeMenu } from '../editor/menus';
import { poll } from '../editor/patience';
import { SHOWN_MS, until } from '../editor/rows';
import type { Workbench } from '../editor/workbench';
import { areDecorated, drawn, goBackTo } from './commandView';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};
const NAME = 'shell';

interface Ran {
  readonly command: string;
  readonly exitCode: number | null;
}

describe('the commands of a shell of Holdfast', SKIP, () => {
  let journey: Journey | undefined;
  afterEach(() => journey?.dispose());

  const history = async (): Promise<readonly Ran[]> =>
    (await journey?.holdfast<{ commands: readonly Ran[] }>('history', NAME))?.commands ?? [];

  /** Waits until a command has ended in that way so many times. */
  const hasRun = (command: string, exitCode: number, times: number): Promise<boolean> =>
    poll(
      async () =>
        (await history()).filter((one) => one.command === command && one.exitCode === exitCode).length >=
        times,
      { what: `${command} to have ended with ${exitCode} ${times} times`, state: history },
    );

  /** The command that stands above its output while that is read. */
  const stuck = (window: Workbench): Promise<string> =>
    poll(
      async () => {
        await window.run('Terminal: Scroll Up (Page)');
        const texts = await window.page
          .locator('.terminal-wrapper.active .terminal-sticky-scroll .xterm-rows')
          .allInnerTexts();
        return texts.join('').trim() === '' ? undefined : texts.join('');
      },
      { timeoutMs: 60_000, what: 'a command above its output', state: () => window.described() },
    );

  it('are decorated, gone to, kept in sight and run again in a window that was reloaded', async () => {
    journey = await Journey.begin();
    const window = await journey.openEditor();
    await journey.holdfast('new', NAME, '--', 'bash');
    await window.choose('Holdfast: Attach', NAME);
    await window.terminalShows(/[$#] *$/);
    await window.type('true well\r');
    await window.type('(exit 7)\r');
    await areDecorated(window);
    await window.type('seq 1 200\r');
    await window.terminalShows(/^200$/);

    await window.reload();
    await window.terminalShows(/^200$/);
    assert.match(await stuck(window), /seq.1.200/);
    await window.screenshot(journey.artifact('shell-commands-sticky'));
    await goBackTo(window, /true.well/);
    assert.match(await drawn(window), /\(exit.7\)/);
    await areDecorated(window);
    await window.screenshot(journey.artifact('shell-commands-decorated'));

    // Of a line that it does not trust, VS Code asks whether it is meant before it runs it.
    await poll(
      async () => {
        // A menu closes under the pointer as the terminal is drawn anew; one that stays covers everything.
        await closeMenu(window.page);
        const failed = window.page.locator('.terminal-wrapper.active .terminal-command-decoration.error');
        try {
          await failed.first().click({ timeout: SHOWN_MS });
          // A click on an item of a menu that has only just opened does nothing.
          await window.page.getByText('Rerun Command').hover({ timeout: SHOWN_MS });
        } catch {
          return undefined;
        }
        await window.page.keyboard.press('Enter');
        return hasRun('(exit 7)', 7, 2).catch(() => undefined);
      },
      { timeoutMs: 60_000, what: '(exit 7) to run again', state: history },
    );

    const recent = window.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'true well' });
    await until(recent, () => window.run('Terminal: Run Recent Command...'), 'recent commands');
    await window.screenshot(journey.artifact('shell-commands-recent'));
    await window.answer('true well');
    await hasRun('true well', 0, 2);
  });
});
