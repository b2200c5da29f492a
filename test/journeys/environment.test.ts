import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};

describe('what a session knows of its window', SKIP, () => {
  let journey: Journey;
  beforeEach(async () => {
    journey = await Journey.begin();
  });
  afterEach(async () => {
    await journey.dispose();
  });

  /** Opens a file by VS Code's own command, as people do in a terminal: `code FILE`, here under code-server's name. */
  const openFile = async (window: Workbench, name: string): Promise<void> => {
    writeFileSync(join(journey.project, name), `this is ${name}\n`);
    await window.type(`code-server ${name}\r`);
    await window.page.locator('.tab', { hasText: name }).first().waitFor();
  };

  it('`code FILE` opens it in the window that shows the session, also after the editor was killed', async () => {
    const window = await journey.openEditor();
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
    assert.equal((await window.terminalNames()).length, 1, 'the terminal that was asked shows nowhere');
    await openFile(window, 'first.txt');
    await window.close();
    await journey.killEditor();
    const again = await journey.openEditor();
    await again.terminalShows(/code-server first/);
    await openFile(again, 'second.txt');
  });
});
