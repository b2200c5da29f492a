import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

/** More than a viewer that keeps up would be sent: the window is shown whole screens in between. */
const LINES = 1_000_000;

/** The last rows down to the cursor's: fewer than the scrollback holds, and as many in a window of any height. */
const usedRows = (rows: readonly string[]): readonly string[] =>
  rows.slice(0, rows.findLastIndex((row) => row !== '') + 1).slice(-500);

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};

describe('a flood in a terminal of the workbench', SKIP, () => {
  let journey: Journey;
  let window: Workbench;

  before(async () => {
    journey = await Journey.begin();
    // With the folder in it a line would be long, and wrapped where VS Code still finds the terminal's width.
    writeFileSync(join(journey.folder, 'home/.bashrc'), "PS1='$ '\n");
    window = await journey.openEditor();
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
  });
  after(() => journey.dispose());

  /** What stands above the prompt: numbers, each the one before and one. */
  const assertCounted = (rows: readonly string[]): void => {
    const last = rows.lastIndexOf(String(LINES));
    assert.ok(last > 500, `${LINES} is row ${last} of ${rows.length}`);
    const counted = rows.slice(0, last + 1);
    assert.deepEqual(
      counted,
      counted.map((_, row) => String(LINES - last + row)),
    );
  };

  it('ends with the exact screen and its scrollback, which are there after a reload too', async () => {
    await window.type(`seq ${LINES}\r`);
    await window.terminalShows(new RegExp(`^${LINES}$`));
    await journey.sameScreen(window, 'project');
    assertCounted(await window.terminalRows());
    await window.reload();
    await window.terminalShows(new RegExp(`^${LINES}$`));
    await journey.sameScreen(window, 'project');
    assertCounted(await window.terminalRows());
  });

  it('leaves the same rows in the scrollback after a reload where screens were erased', async () => {
    // A file, as a long line would be wrapped differently while VS Code still finds the terminal's width.
    writeFileSync(
      join(journey.project, 'erase.sh'),
      "for n in 1 2 3; do seq $n$n$n$n 9999 | head -5; printf '\\033[H\\033[2J'; done",
    );
    await window.type('sh erase.sh\r');
    await window.type('echo erased=$((1+2))\r');
    await window.terminalShows(/^erased=3$/);
    await journey.sameScreen(window, 'project');
    const rows = usedRows(await window.terminalRows());
    for (const row of ['1115', '2226', '3337']) {
      assert.ok(rows.includes(row), `what ED 2 has erased is in the scrollback: ${row}`);
    }
    await window.reload();
    await window.terminalShows(/^erased=3$/);
    await journey.sameScreen(window, 'project');
    assert.deepEqual(usedRows(await window.terminalRows()), rows);
  });

  it('is ended by Ctrl-C', async () => {
    await window.type("yes 'a flood'\r");
    await window.terminalShows(/^a flood$/);
    await window.type('\x03');
    await window.terminalShows(/\^C$/);
    await window.type('echo calm=$((1+1))\r');
    await window.terminalShows(/^calm=2$/);
    await journey.sameScreen(window, 'project');
  });
});
