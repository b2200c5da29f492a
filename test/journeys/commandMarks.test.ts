import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import type { Workbench } from '../editor/workbench';
import { poll } from '../support/poll';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 240_000,
};
const NAME = 'marked';

/** A shell that marks its prompts and commands as VS Code's shell integration does: OSC 633 A, B, C and D. */
const BASHRC = [
  `PROMPT_COMMAND='printf "\\e]633;D;%s\\a" "$?"'`,
  `PS1='\\[\\e]633;A\\a\\]$ \\[\\e]633;B\\a\\]'`,
  `PS0='\\e]633;C\\a'`,
  '',
].join('\n');

describe('the marks of commands', SKIP, () => {
  let journey: Journey | undefined;
  afterEach(() => journey?.dispose());

  /** How many commands VS Code has a decoration for that were well, and that failed. */
  const decorations = async (window: Workbench): Promise<readonly [number, number]> => {
    const all = window.page.locator('.terminal-wrapper.active .terminal-command-decoration:not(.hide)');
    const failed = await all.and(window.page.locator('.error')).count();
    const marked = await all.and(window.page.locator(':not(.default-color):not(.default)')).count();
    return [marked - failed, failed];
  };

  const areDecorated = (window: Workbench): Promise<true> =>
    poll(
      async () => {
        const [well, failed] = await decorations(window);
        return well > 0 && failed === 1 ? true : undefined;
      },
      { what: 'decorations of both kinds', state: () => decorations(window) },
    );

  /** What a person sees of the terminal in front: the rows that are drawn. */
  const drawn = (window: Workbench): Promise<string> =>
    window.page.locator('.terminal-wrapper.active .xterm-rows').innerText();

  /** Goes back from command to command until one is seen. */
  const goBackTo = (window: Workbench, command: RegExp): Promise<true> =>
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

  it('are shown and can be gone to, while attached and after a reload', async () => {
    journey = await Journey.begin();
    const file = join(journey.project, 'bashrc');
    writeFileSync(file, BASHRC);
    const window = await journey.openEditor();
    await journey.holdfast('new', NAME, '--', 'bash', '--rcfile', file, '-i');
    await window.run('Holdfast: Attach');
    await window.answer(NAME);
    await window.terminalShows(/[$#] *$/);
    await window.type('true well\r');
    await window.type('false failed\r');
    await areDecorated(window);
    await window.screenshot(journey.artifact('command-marks'));
    await window.type('seq 1 200\r');
    await window.terminalShows(/^200$/);

    await window.reload();
    await window.terminalShows(/^200$/);
    assert.doesNotMatch(await drawn(window), /true.well/, 'it has scrolled away');
    await goBackTo(window, /true.well/);
    await areDecorated(window);
    await window.screenshot(journey.artifact('command-marks-after-reload'));
  });
});
