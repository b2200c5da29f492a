import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};
const NOTICE = /ended with exit code 3\. Press Enter to restart it/;

describe('the terminal of a program that failed', SKIP, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin({
      'workbench.colorTheme': 'Default High Contrast',
      // A list of tabs beside the second terminal would take the width that its notice needs.
      'terminal.integrated.tabs.enabled': false,
    });
    window = await journey.openEditor();
  });
  after(() => journey.dispose());

  it('shows its last words and how it ended, also after a reload; Enter starts it again', async () => {
    await journey.holdfast('new', 'failing', '--', 'sh', '-c', 'echo working; read line; echo why; exit 3');
    await window.choose('Holdfast: Attach', 'failing');
    await window.terminalShows(/^working$/);
    await window.type('\r');
    await window.terminalShows(NOTICE);
    await window.terminalShows(/^why$/);
    await window.screenshot(journey.artifact('ended'));
    await window.reload();
    await window.terminalShows(NOTICE);
    await window.terminalShows(/^why$/);
    await window.screenshot(journey.artifact('ended-after-reload'));
    await window.type('\r');
    // Under the old screen.
    await window.terminalShows(/^working$/);
    await journey.sameScreen(window, 'failing');
    await window.screenshot(journey.artifact('restarted'));

    // Had by a program with more rows than the panel: its last words and the notice are in view together all the same.
    await journey.holdfast('new', 'tall', '--rows', '50', '--', 'sh', '-c', 'echo fatal; exit 3');
    await window.choose('Holdfast: Attach', 'tall');
    const [first, second, third] = await window.terminalShows(NOTICE);
    assert.deepEqual([first, second], ['fatal', '']);
    assert.match(third ?? '', NOTICE);
    await window.screenshot(journey.artifact('ended-taller-than-panel'));
  });

  it('covers nothing of a program that filled the screen', async () => {
    const fill = `read line; printf '\\033[?1049h\\033[H%s\\033[3;1H' "$(seq $(stty size | cut -d ' ' -f 1))"; exit 3`;
    await journey.holdfast('new', 'full', '--', 'bash', '-c', fill);
    await window.choose('Holdfast: Attach', 'full');
    const attached = async (): Promise<boolean> =>
      (await journey.sessions()).some(({ name, viewers }) => name === 'full' && viewers === 1);
    await poll(attached, { what: 'the tab to be attached', state: () => journey.sessions() });
    await window.type('\r');
    await window.terminalShows(NOTICE);
    const rows = await window.terminalRows();
    await window.screenshot(journey.artifact('ended-full-screen'));
    const numbers = rows.filter((row) => /^\d+$/.test(row)).map(Number);
    const { size } = await journey.snapshot('full');
    // The top row alone may have made room.
    const [first = 0] = numbers;
    assert.ok(first === 1 || first === 2, JSON.stringify(rows));
    assert.deepEqual(
      numbers,
      Array.from({ length: size.rows + 1 - first }, (_, index) => first + index),
    );
  });
});
