import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, Selection, Uri, window, workspace } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { Command } from '../../extension/contributions';
import {
  begin,
  clean,
  creatorIn,
  run,
  screen,
  screenShows,
  session,
  takeErrors,
  temporaryFolder,
  terminal,
} from './harness';

describe('from the editor and the Explorer into sessions', () => {
  const folder = temporaryFolder();
  const create = creatorIn(folder.path);

  before(begin);
  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await clean();
  });
  after(() => folder.dispose());

  const edit = async (name: string, text: string): Promise<string> => {
    const file = join(folder.path, name);
    writeFileSync(file, text);
    await window.showTextDocument(await workspace.openTextDocument(file));
    return file;
  };

  it('Send Text types a line with Enter into one session, and into all of a group', async () => {
    await create('alone', { attach: false });
    await create('first', { attach: false, group: 'both' });
    await create('second', { attach: false, group: 'both' });
    assert.equal(await run(Command.SEND_TEXT, 'alone', undefined, 'echo sum=$((20+3))'), 1);
    await screenShows('alone', /^sum=23$/m);
    const node = { kind: 'group', group: 'both' };
    assert.equal(await run(Command.SEND_TEXT, node, undefined, 'echo sum=$((20+4))'), 2);
    await screenShows('first', /^sum=24$/m);
    await screenShows('second', /^sum=24$/m);
    assert.equal((await screen('alone')).join('\n').includes('sum=24'), false);
  });

  it('Send Text says that a session has ended, and types into the others', async () => {
    await create('living', { attach: false, group: 'mixed' });
    await create('ending', { attach: false, group: 'mixed', command: ['/bin/sh', '-c', 'read line; exit'] });
    assert.equal(await run(Command.SEND_TEXT, 'ending', undefined, 'go'), 1);
    await run(Command.SEND_TEXT, 'nobody', undefined, 'lost').catch(() => undefined);
    assert.match(takeErrors().join(), /^There is no session 'nobody'/);
    const group = { kind: 'group', group: 'mixed' };
    await run(Command.SEND_TEXT, group, undefined, 'echo still-$((1+1))');
    await screenShows('living', /^still-2$/m);
    // Where it ends at this very moment, that is what is said.
    assert.deepEqual(
      takeErrors().filter((text) => !text.startsWith("The program in 'ending' is not running")),
      [],
    );
  });

  it('Run Selected Text runs all selected lines in the session of the active terminal, else the line of the cursor', async () => {
    await create('shell');
    await screenShows('shell', /[$#]/);
    await edit('lines.sh', 'value=$((40+2))\necho "one $value"\necho "two $value"\n');
    const editor = window.activeTextEditor;
    assert.ok(editor);
    editor.selection = new Selection(0, 0, 2, 0);
    assert.equal(await run(Command.RUN_SELECTION), true);
    await screenShows('shell', /^one 42$/m);
    assert.equal(
      (await screen('shell')).some((line) => /^two 42$/.test(line)),
      false,
    );
    editor.selection = new Selection(2, 3, 2, 3);
    assert.equal(await run(Command.RUN_SELECTION), true);
    await screenShows('shell', /^two 42$/m);
    assert.equal(window.activeTextEditor, editor, 'the keyboard stays in the editor');
  });

  it('Run File runs a file with blanks and quotes in its path as it stands in the editor', async () => {
    await create('runner');
    await screenShows('runner', /[$#]/);
    const file = await edit("it's a script.sh", '#!/bin/sh\necho old\n');
    chmodSync(file, 0o755);
    await window.activeTextEditor?.edit((builder) => {
      builder.replace(new Selection(1, 5, 1, 8), 'new-$((6*7))');
    });
    assert.equal(await run(Command.RUN_FILE), true);
    await screenShows('runner', /^new-42$/m);
    assert.equal(window.activeTextEditor?.document.isDirty, false);
  });

  it('says what is missing where no editor is active, and where a file is on no disk', async () => {
    await create('waiting');
    await run(Command.RUN_SELECTION);
    assert.match(takeErrors().join(), /^No editor is active/);
    await window.showTextDocument(await workspace.openTextDocument({ content: 'echo untitled' }));
    await run(Command.RUN_FILE);
    assert.match(takeErrors().join(), /^Only a file on disk can be run/);
  });

  it('New Holdfast Session Here begins in the folder, or in that of the file', async () => {
    const sub = join(folder.path, 'sub folder');
    mkdirSync(sub);
    writeFileSync(join(sub, 'file.txt'), '');
    for (const path of [sub, join(sub, 'file.txt')]) {
      const created = await run<SessionInfo>(Command.NEW_SESSION_HERE, Uri.file(path));
      assert.equal(created.cwd, sub);
      assert.ok(await terminal(created.name));
    }
    await run(Command.NEW_SESSION_HERE, Uri.parse('untitled:x'));
    assert.match(takeErrors().join(), /needs a folder on disk/);
  });

  it('Duplicate starts the same program in the folder that the session is in now', async () => {
    const now = join(folder.path, 'now');
    mkdirSync(now);
    await create('original', { group: 'pair', command: ['/bin/bash', '--norc', '--noprofile'] });
    await run(Command.SEND_TEXT, 'original', undefined, `cd '${now}'; echo here=$((1+1))`);
    await screenShows('original', /^here=2$/m);
    const copy = await run<SessionInfo>(Command.DUPLICATE, 'original');
    const original = await session('original');
    assert.notEqual(copy.id, original.id);
    assert.equal(copy.group, 'pair');
    assert.deepEqual(copy.terminals[0]?.command, original.terminals[0]?.command);
    assert.equal(copy.cwd, now);
    assert.ok(await terminal(copy.name));
  });
});
