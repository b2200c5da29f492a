import assert from 'node:assert/strict';
import { commands, env, type MessageOptions, Uri, window } from 'vscode';
import { EXTENSION_ID } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  configure,
  creatorIn,
  sessions,
  takeErrors,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';
import { showingMessages } from './messages';

/** Whom VS Code asks no question of its own about before a link is handed on. */
const CONFIRMED = 'extensions.confirmedUriHandlerExtensionIds';

interface Told {
  readonly text: string;
  readonly isModal: boolean;
  readonly detail: string | undefined;
  readonly buttons: readonly string[];
}

describe('links', () => {
  const folder = temporaryFolder();
  let showing: ReturnType<typeof showingMessages> | undefined;
  let told: Told[] = [];
  let answer: string | undefined;

  before(async () => {
    await begin();
    await configure(CONFIRMED, [EXTENSION_ID]);
    const show = async (text: string, ...rest: readonly (MessageOptions | string)[]) => {
      const options = rest.find((value): value is MessageOptions => typeof value === 'object');
      const buttons = rest.filter((value): value is string => typeof value === 'string');
      told.push({ text, isModal: options?.modal === true, detail: options?.detail, buttons });
      return answer;
    };
    showing = showingMessages(['showInformationMessage', 'showWarningMessage'], show);
  });
  afterEach(async () => {
    told = [];
    answer = undefined;
    await clean();
  });
  after(async () => {
    showing?.dispose();
    await configure(CONFIRMED, undefined);
    folder.dispose();
  });

  const create = creatorIn(folder.path);
  const follow = (rest: string): Thenable<unknown> =>
    commands.executeCommand('vscode.open', Uri.parse(`${env.uriScheme}://${EXTENSION_ID}${rest}`));
  const asked = (): Promise<Told | undefined> => poll(() => told[0], { what: 'a question or a message' });

  it('one to a session asks first, with its name, program and folder, and then shows it', async () => {
    await create('linked', { attach: false });
    answer = 'Attach';
    await follow('/attach?session=linked');
    const question = await asked();
    assert.deepEqual(question, {
      text: 'Attach to the session linked?',
      isModal: true,
      detail: [
        'A link asks for it. What is typed then goes to its program.',
        'Program: /bin/bash --noprofile --norc',
        `Folder: ${folder.path}`,
      ].join('\n'),
      buttons: ['Attach'],
    });
    await terminal('linked');
    await viewers('linked', 1);
  });

  it('one that is answered with Escape shows nothing', async () => {
    const { id } = await create('declined', { attach: false });
    await follow(`/attach?session=${id}`);
    assert.equal((await asked())?.text, 'Attach to the session declined?');
    // A second one is handled behind the first.
    await follow('/attach?session=declined');
    await poll(() => told.length === 2, { what: 'the second question' });
    assert.equal((await viewers('declined', 0)).lastAttachedAt, null);
    assert.ok(!window.terminals.some(({ name }) => name === 'declined'));
  });

  it('one to a session that is not there says so, and offers those that are', async () => {
    await follow('/attach?session=nowhere');
    const message = await asked();
    assert.match(message?.text ?? '', /the session nowhere, which is not there/);
    assert.deepEqual([message?.isModal, message?.buttons], [false, ['Show Sessions']]);
  });

  for (const rest of [
    '/kill?session=kept',
    '/attach',
    '/attach?session=kept&command=quit',
    '/attach?session=%5Bx%5D(command:quit)',
    '/attach?session=kept%3Amain%0A',
    '/new?command=rm',
  ]) {
    it(`one that asks for anything else is refused: ${rest}`, async () => {
      await create('kept', { attach: false });
      answer = 'Attach';
      await follow(rest);
      const [error] = await poll(
        () => {
          const errors = takeErrors();
          return errors.length > 0 ? errors : undefined;
        },
        { what: 'an error' },
      );
      assert.match(error ?? '', /A link asks for what no link may ask of Holdfast\. Links are of the form/);
      assert.deepEqual(told, []);
      const all = await sessions();
      assert.deepEqual(
        all.map(({ name, state, viewers: seen }) => [name, state, seen]),
        [['kept', 'running', 0]],
      );
    });
  }
});
