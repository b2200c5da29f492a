import assert from 'node:assert/strict';
import { commands, extensions, type TextDocument, window } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import { begin, clean, configure, creatorIn, ended, run, takeErrors, temporaryFolder } from './harness';

const ENVIRONMENT = 'terminal.integrated.env.linux';

describe('Show Environment Differences', () => {
  const folder = temporaryFolder();
  const create = creatorIn(folder.path);

  before(async () => {
    await begin();
    // What it adds to terminals comes at some time after the start, and would be a difference.
    await extensions.getExtension('vscode.git')?.activate();
  });
  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await configure(ENVIRONMENT, undefined);
    await clean();
  });
  after(() => folder.dispose());

  /** The page that it opens. */
  const page = async (target: unknown): Promise<TextDocument> => {
    await run(Command.SHOW_ENVIRONMENT_DIFFERENCES, target);
    const document = window.activeTextEditor?.document;
    assert.ok(document, takeErrors().join());
    assert.equal(document.uri.scheme, 'holdfast-environment');
    return document;
  };
  const section = (document: TextDocument, title: string): string =>
    document
      .getText()
      .split(/^## /m)
      .find((part) => part.startsWith(`${title} (`)) ?? '';
  const shows = (document: TextDocument, pattern: RegExp): Promise<boolean> =>
    poll(() => pattern.test(document.getText()), {
      what: `the page to have ${pattern}`,
      state: () => document.getText(),
    });

  it('says that nothing differs as long as nothing has changed, settings and other extensions included', async () => {
    await configure(ENVIRONMENT, { OF_THE_USER: 'value' });
    await create('fresh', { attach: false });
    const document = await page('fresh');
    assert.equal(document.languageId, 'markdown');
    assert.match(document.getText(), /^# Environment of 'fresh' and of a New Terminal$/m);
    assert.match(document.getText(), /^Nothing differs\.$/m);
    assert.deepEqual(document.getText().match(/^## (?!Each Terminal).*/gm), null);
  });

  it('of a session that nobody shows, says what is only in it, what only in a new terminal, and what is another', async () => {
    await configure(ENVIRONMENT, {
      OF_THE_USER: 'before',
      FORMER: 'x',
      THE_PATH: '/a:/former',
    });
    await create('old', { attach: false });
    await configure(ENVIRONMENT, { OF_THE_USER: 'now', ADDED: 'y`z`', THE_PATH: '/a:/added' });
    const document = await page('old');
    assert.match(
      section(document, 'Different'),
      /^- `OF_THE_USER`\n {2}- in 'old': `before`\n {2}- in a new terminal: `now`$/m,
    );
    assert.match(
      section(document, 'Different'),
      /^- `THE_PATH`\n {2}- only in 'old': `\/former`\n {2}- only in a new terminal: `\/added`$/m,
    );
    assert.match(section(document, "Only in 'old'"), /\(1\)\n\n- `FORMER`: `x`$/m);
    assert.match(section(document, 'Only in a New Terminal'), /\(1\)\n\n- `ADDED`: `` y`z` ``$/m);
    // Asked again, the same page says what is so now.
    await configure(ENVIRONMENT, { OF_THE_USER: 'before', FORMER: 'x', THE_PATH: '/a:/former' });
    await shows(await page('old'), /^Nothing differs\.$/m);
  });

  it('hides the values of secrets until they are asked for, and hides them again', async () => {
    await configure(ENVIRONMENT, { API_TOKEN: 'first-secret' });
    await create('secretive', { attach: false });
    await configure(ENVIRONMENT, { API_TOKEN: 'second-secret', PROXY: 'http://ann:third-secret@proxy' });
    const document = await page('secretive');
    assert.match(section(document, 'Different'), /^- `API_TOKEN`\n {2}- in 'secretive': •+\n/m);
    assert.match(section(document, 'Only in a New Terminal'), /^- `PROXY`: •+$/m);
    assert.doesNotMatch(document.getText(), /-secret/);
    await run(Command.TOGGLE_SECRET_VALUES);
    await shows(document, /`first-secret`\n.*`second-secret`\n[\s\S]*third-secret/);
    await run(Command.TOGGLE_SECRET_VALUES, document.uri);
    await shows(document, /^(?![\s\S]*-secret)/);
  });

  it('of a row’s second terminal compares that one', async () => {
    const created = await create('two', { attach: false });
    await configure(ENVIRONMENT, { OF_THE_SECOND: 'yes' });
    await run(Command.SPAWN_TERMINAL, 'two');
    const first = await page('two');
    assert.match(section(first, 'Only in a New Terminal'), /OF_THE_SECOND/);
    const { id } = created satisfies SessionInfo;
    const second = await page(`${id}:bash`);
    assert.match(second.getText(), /^# Environment of 'two:bash' and of a New Terminal$/m);
    assert.match(second.getText(), /^Nothing differs\.$/m);
  });

  it('says of a session that has ended that it has, and opens nothing', async () => {
    await create('ending', { attach: false, command: ['/bin/sh', '-c', 'exit 0'] });
    await ended('ending');
    await run(Command.SHOW_ENVIRONMENT_DIFFERENCES, 'ending');
    assert.match(takeErrors().join(), /program in 'ending' is not running.*restart/);
    assert.equal(window.activeTextEditor, undefined);
    await run(Command.TOGGLE_SECRET_VALUES);
    assert.match(takeErrors().join(), /no page of environments is active/i);
  });
});
