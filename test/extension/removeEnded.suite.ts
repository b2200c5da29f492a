import assert from 'node:assert/strict';
import { window } from 'vscode';
import { SessionRestart, SessionSet } from '../../daemon/protocol/sessions';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import { begin, clean, creatorIn, daemon, ended, run, sessions, temporaryFolder, terminal } from './harness';
import { showingMessages } from './messages';

const UNDO = 'Undo';

describe('Remove Ended', () => {
  const folder = temporaryFolder();
  const { showQuickPick } = window;
  let showing: ReturnType<typeof showingMessages> | undefined;
  let told: string[] = [];
  /** Answers the notification that stands. */
  let answer: (choice: string | undefined) => void = () => undefined;

  before(async () => {
    await begin();
    const show = (text: string): Promise<string | undefined> => {
      told.push(text);
      return new Promise((resolve) => {
        answer = resolve;
      });
    };
    showing = showingMessages(['showInformationMessage', 'showWarningMessage'], show);
  });
  afterEach(async () => {
    answer(undefined);
    told = [];
    await clean();
  });
  after(() => {
    showing?.dispose();
    Object.assign(window, { showQuickPick });
    folder.dispose();
  });

  const create = creatorIn(folder.path);
  const finished = async (name: string): Promise<void> => {
    await create(name, { attach: false, command: ['true'] });
    await ended(name);
  };
  const remove = (undoMs: number): Promise<number> =>
    run<number>(Command.REMOVE_ENDED, undefined, undefined, undoMs);
  const notified = (): Promise<boolean> => poll(() => told.length > 0, { what: 'a notification' });
  const names = async (): Promise<readonly string[]> => (await sessions()).map(({ name }) => name).sort();
  /** What this window offers, which is what its view has. */
  const offered = async (): Promise<readonly string[]> => {
    let labels: readonly string[] = [];
    Object.assign(window, {
      showQuickPick: async (items: readonly { readonly label: string }[]) => {
        labels = items.map(({ label }) => label).sort();
      },
    });
    await run(Command.SHOW_SESSIONS);
    Object.assign(window, { showQuickPick });
    return labels;
  };

  it('forgets what has ended when its notification is closed, and nothing else', async () => {
    await finished('one');
    await finished('two');
    await finished('pinned');
    await (await daemon()).call(SessionSet.type, { target: { text: 'pinned' }, pinned: true });
    await create('runs', { attach: false });
    const removing = remove(60_000);
    await notified();
    assert.match(
      told[0] ?? '',
      /^2 sessions have ended and are removed in 60 seconds, .*: (one, two|two, one)$/,
    );
    assert.deepEqual(await offered(), ['pinned', 'runs']);
    assert.deepEqual(await names(), ['one', 'pinned', 'runs', 'two']);
    answer(undefined);
    assert.equal(await removing, 2);
    assert.deepEqual(await names(), ['pinned', 'runs']);
  });

  it('brings all back by Undo, as it was', async () => {
    await finished('missed');
    const removing = remove(60_000);
    await notified();
    assert.deepEqual(await names(), ['missed']);
    answer(UNDO);
    assert.equal(await removing, 0);
    assert.deepEqual(await offered(), ['missed']);
    assert.deepEqual(await names(), ['missed']);
  });

  it('forgets it by itself after a while, and says so to who is late', async () => {
    await finished('late');
    assert.equal(await remove(50), 1);
    assert.deepEqual(await names(), []);
    answer(UNDO);
    await poll(() => told.length === 2, { what: 'a second message', state: () => told });
    assert.equal(told[1], 'They have been removed by now.');
  });

  it('keeps what is started again meanwhile', async () => {
    await create('again', { attach: false, command: ['sh', '-c', 'test -f ran && exec cat; touch ran'] });
    await ended('again');
    const removing = remove(60_000);
    await notified();
    await (await daemon()).call(SessionRestart.type, { target: { text: 'again', explicit: true } });
    answer(undefined);
    assert.equal(await removing, 0);
    assert.deepEqual(
      (await sessions()).map(({ name, state }) => [name, state]),
      [['again', 'running']],
    );
    await run(Command.ATTACH, 'again');
    await terminal('again');
  });

  it('says so where nothing has ended', async () => {
    await create('runs', { attach: false });
    assert.equal(await remove(50), 0);
    assert.deepEqual(told, ['No session has ended.']);
  });
});
