import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator } from 'playwright-core';
import { hoverOf } from '../editor/hovers';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

/** What VS Code would make bold, a link, a command, a picture and an icon of, where it takes a text for HTML or Markdown. */
const HOSTILE = '<b>x<b> <img src=x> **y** [z](command:workbench.action.quit) $(flame) https://evil.example';
/** None of them is in a row or a hover of plain text. */
const RENDERED = ['b', 'strong', 'em', 'code', 'img', 'a[href]', 'a[data-href]', '.codicon-flame'];

describe('what programs and people call things', {
  skip: process.platform !== 'linux',
  timeout: 300_000,
}, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    window = await journey.openEditor();
  });
  after(() => journey?.dispose());

  const isPlain = async (drawn: Locator): Promise<void> => {
    for (const selector of RENDERED) {
      assert.equal(await drawn.locator(selector).count(), 0, `${selector} in ${await drawn.innerHTML()}`);
    }
  };

  it('is drawn letter by letter in the tree and its hovers, and is no HTML, Markdown, link or icon', async () => {
    // A folder's name can have all of it but the slashes.
    const folder = HOSTILE.replaceAll('/', '');
    const cwd = join(journey.project, folder);
    mkdirSync(cwd);
    const title = `printf '\\033]2;%s\\007' "$TITLE"; exec cat`;
    const labels = ['--group', HOSTILE, '--note', HOSTILE, '--tag', HOSTILE];
    const program = ['--env', `TITLE=${HOSTILE}`, '--', 'sh', '-c', title];
    await journey.holdfast('new', 'victim', '--cwd', cwd, ...labels, ...program);
    const rows = await window.openSessionsView();
    const row = rows.filter({ hasText: 'victim' });
    await row.filter({ hasText: folder }).waitFor();
    const group = rows.filter({ hasText: HOSTILE }).first();
    await group.waitFor();
    await isPlain(row);
    await isPlain(group);

    // Its title, its note and its tag, each letter by letter.
    const letters = HOSTILE.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const hover = await hoverOf(row, new RegExp(`victim(?:[^]*${letters}){3}`));
    await isPlain(hover);
  });
});
