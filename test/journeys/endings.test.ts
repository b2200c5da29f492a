import { afterEach, describe, it } from 'node:test';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 240_000,
};
const NOTICE = /ended with exit code 3\. Press Enter to restart it/;

describe('the terminal of a program that failed', SKIP, () => {
  let journey: Journey | undefined;
  afterEach(() => journey?.dispose());

  it('shows its last words and how it ended, also after a reload; Enter starts it again', async () => {
    journey = await Journey.begin({ 'workbench.colorTheme': 'Default High Contrast' });
    const window = await journey.openEditor();
    await journey.holdfast('new', 'failing', '--', 'sh', '-c', 'echo working; read line; echo why; exit 3');
    await window.run('Holdfast: Attach');
    await window.answer('failing');
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
  });
});
