import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { areDecorated, drawn, goBackTo } from './commandView';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
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

  it('are shown and can be gone to, while attached and after a reload', async () => {
    journey = await Journey.begin();
    const file = join(journey.project, 'bashrc');
    writeFileSync(file, BASHRC);
    const window = await journey.openEditor();
    await journey.holdfast('new', NAME, '--', 'bash', '--rcfile', file, '-i');
    await window.choose('Holdfast: Attach', NAME);
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
