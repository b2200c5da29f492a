import assert from 'node:assert/strict';
import { DataTransfer, DataTransferItem, workspace } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import { resolveLocations } from '../../daemon/client';
import { Command } from '../../extension/contributions';
import { DaemonLink } from '../../extension/daemonLink';
import { Arrangement } from '../../extension/tree/arrangement';
import { Dragging, TREE_MIME } from '../../extension/tree/dragging';
import { Mover } from '../../extension/tree/mover';
import { bySession, PLAIN_SHAPE, type SortOrder } from '../../extension/tree/shape';
import { sampleSession } from '../../extension/tree/testing/sampleSessions';
import { rootNodes, type TreeNode } from '../../extension/tree/treeModel';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  configure,
  creatorIn,
  run,
  session,
  sessions,
  takeErrors,
  temporaryFolder,
} from './harness';

const SORT = 'holdfast.view.sort';
const APART = 'holdfast.view.collapseOtherFolders';

describe('sessions in the order and the groups that people put them in', () => {
  const folder = temporaryFolder();
  const link = new DaemonLink({ kind: 'test' }, resolveLocations(process.env).dataDir, (error) => {
    throw error;
  });

  before(begin);
  afterEach(async () => {
    await run(Command.CLEAR_FILTER);
    await configure(SORT, undefined);
    await clean();
  });
  after(() => {
    link.dispose();
    folder.dispose();
  });

  const create = creatorIn(folder.path);
  const createAll = async (...names: readonly string[]): Promise<void> => {
    for (const name of names) {
      await create(name, { command: ['sleep', '1000'], attach: false });
    }
  };
  const createGrouped = async (...groups: readonly string[]): Promise<void> => {
    for (const group of groups) {
      await create(`in-${group}`, { command: ['sleep', '1000'], attach: false, group });
    }
  };
  const node = async (name: string): Promise<TreeNode> => ({
    kind: 'session',
    session: (await session(name)).id,
  });
  const nodes = (names: readonly string[]): Promise<readonly TreeNode[]> => Promise.all(names.map(node));
  const sort = (): SortOrder => workspace.getConfiguration().get<SortOrder>(SORT) ?? 'manual';

  /** Drags rows onto another one as VS Code does, through the view's own controller. */
  const drag = async (names: readonly string[], target: TreeNode | undefined): Promise<void> =>
    dragNodes(await nodes(names), target);
  const dragNodes = async (dragged: readonly TreeNode[], target: TreeNode | undefined): Promise<void> => {
    const mover = new Mover(link, { ...PLAIN_SHAPE, sort: sort() });
    const dragging = new Dragging(
      (dropped, on) => mover.drop(dropped, on),
      () => '',
    );
    const data = new DataTransfer();
    dragging.handleDrag(dragged, data);
    await dragging.handleDrop(target, data);
  };
  /** All sessions as they stand in the view: by group, and there in their order. */
  const shown = async (): Promise<Readonly<Record<string, string>>> => {
    const groups: Record<string, string> = {};
    for (const { name, group } of [...(await sessions())].sort(bySession(PLAIN_SHAPE))) {
      groups[group ?? ''] = [...(groups[group ?? '']?.split(' ') ?? []), name].join(' ');
    }
    return groups;
  };

  it('are dragged into a group and out of it, several at once', async () => {
    await createAll('a', 'b', 'c');
    await drag(['a', 'c'], { kind: 'group', group: 'work' });
    assert.deepEqual(await shown(), { '': 'b', work: 'a c' });
    await drag(['a'], undefined);
    assert.deepEqual(await shown(), { '': 'b a', work: 'c' });
    await drag(['b'], await node('c'));
    assert.deepEqual(await shown(), { '': 'a', work: 'b c' });
  });

  it('are dragged into another order, which every window has', async () => {
    await createAll('a', 'b', 'c', 'd');
    await drag(['a'], await node('c'));
    assert.deepEqual(await shown(), { '': 'b c a d' });
    await drag(['a', 'd'], await node('b'));
    assert.deepEqual(await shown(), { '': 'a d b c' });
    await drag(['d'], await node('d'));
    await drag(['b'], { kind: 'elsewhere' });
    assert.deepEqual(await shown(), { '': 'a d b c' }, 'on itself, or out of a group it is not in');
  });

  it('are sorted by hand again once somebody moves one of a sorted view, and not when one only joins a group', async () => {
    await createAll('a', 'b', 'c');
    await configure(SORT, 'created');
    await drag(['a'], { kind: 'group', group: 'work' });
    await drag(['b'], undefined);
    assert.equal(sort(), 'created');
    // The newest first: c before b.
    await run(Command.MOVE_UP, await node('b'));
    assert.equal(sort(), 'manual');
    assert.deepEqual(await shown(), { '': 'b c', work: 'a' });
  });

  it('can be moved by commands, as by dragging', async () => {
    await createAll('a', 'b', 'c', 'd');
    await run(Command.MOVE_DOWN, await node('a'));
    assert.deepEqual(await shown(), { '': 'b a c d' });
    await run(Command.MOVE_UP, await node('c'), await nodes(['c', 'd']));
    assert.deepEqual(await shown(), { '': 'b c d a' });
    await run(Command.MOVE_UP, await node('b'));
    assert.deepEqual(await shown(), { '': 'b c d a' }, 'the first stays');
    await run(Command.MOVE_TO_GROUP, await node('c'), await nodes(['c', 'd']), ' work ');
    assert.deepEqual(await shown(), { '': 'b a', work: 'c d' });
    await run(Command.MOVE_TO_GROUP, { kind: 'group', group: 'work' }, undefined, '');
    assert.deepEqual(await shown(), { '': 'b a c d' });
  });

  it('are in groups that are dragged into another order, and moved by commands', async () => {
    await createGrouped('one', 'two', 'three');
    const group = (name: string): TreeNode => ({ kind: 'group', group: name });
    const groups = async (): Promise<string> =>
      rootNodes({ all: () => all, get: () => undefined })
        .flatMap((one) => (one.kind === 'group' ? [one.group] : []))
        .join(' ');
    let all = await sessions();
    const groupsAfter = async (act: () => Promise<unknown>): Promise<string> => {
      await act();
      all = await sessions();
      return groups();
    };
    assert.equal(await groups(), 'one three two');
    assert.equal(await groupsAfter(() => dragNodes([group('two')], group('one'))), 'two one three');
    assert.equal(await groupsAfter(() => dragNodes([group('two')], group('three'))), 'one three two');
    assert.equal(
      await groupsAfter(async () => dragNodes([group('one')], await node('in-two'))),
      'three two one',
    );
    assert.equal(await groupsAfter(() => dragNodes([group('three')], undefined)), 'two one three');
    assert.equal(await groupsAfter(() => dragNodes([group('two')], { kind: 'elsewhere' })), 'two one three');
    assert.equal(await groupsAfter(() => run(Command.MOVE_DOWN, group('two'))), 'one two three');
    assert.equal(
      await groupsAfter(() => run(Command.MOVE_UP, group('two'), [group('two'), group('three')])),
      'two three one',
    );
    assert.equal(
      await groupsAfter(() => run(Command.MOVE_UP, group('two'))),
      'two three one',
      'the first stays',
    );
    await configure(SORT, 'name');
    // By name: one, three, two.
    assert.equal(await groupsAfter(() => run(Command.MOVE_UP, group('two'))), 'one two three');
    assert.equal(sort(), 'manual');
  });

  it('are left alone by what another window or another program drops', async () => {
    await createAll('a');
    const before = await sessions();
    const data = new DataTransfer();
    data.set(
      TREE_MIME,
      new DataTransferItem(JSON.stringify({ id: 'holdfast.sessions', itemHandles: ['0/0:a'] })),
    );
    let dropped = 0;
    const dragging = new Dragging(
      async () => {
        dropped += 1;
      },
      () => '',
    );
    await dragging.handleDrop({ kind: 'group', group: 'work' }, data);
    await dragging.handleDrop(undefined, new DataTransfer());
    assert.equal(dropped, 0);
    assert.deepEqual(
      (await sessions()).map(({ group, position }) => [group, position]),
      before.map(({ group, position }) => [group, position]),
    );
  });

  it('that a filter hides are not meant by what is done to their group', async () => {
    const more = { command: ['sleep', '1000'], attach: false, group: 'work' };
    await create('web-1', more);
    await create('web-2', more);
    await create('api', more);
    await run(Command.FILTER, 'WEB');
    assert.equal(await run(Command.KILL, { kind: 'group', group: 'work' }), 2);
    assert.deepEqual(await states(), { 'web-1': 'exited', 'web-2': 'exited', api: 'running' });
    await run(Command.CLEAR_FILTER);
    assert.equal(await run(Command.KILL, { kind: 'group', group: 'work' }), 1);
  });

  it('are sorted as a command is told, and an order that there is not is refused', async () => {
    await run(Command.SORT, 'activity');
    assert.equal(sort(), 'activity');
    await run(Command.SORT, 'colour');
    assert.equal(sort(), 'activity');
    assert.match(takeErrors().join(), /can't be sorted by 'colour'/);
  });

  it('of other folders are those of none of this window’s, and only as long as the user wants them apart', async () => {
    const arrangement = new Arrangement(link, () => '');
    const own = workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const near = sampleSession({ cwd: `${own}/src` });
    const from = sampleSession({ cwd: '/', workspace: own });
    const far = sampleSession({ cwd: '/' });
    let changes = 0;
    arrangement.onDidChange(() => {
      changes += 1;
    });
    try {
      const apart = (): readonly boolean[] => [near, from, far].map((one) => arrangement.isElsewhere(one));
      assert.deepEqual(apart(), [false, false, true]);
      await configure(APART, false);
      assert.deepEqual([apart(), changes], [[false, false, false], 1]);
    } finally {
      await configure(APART, undefined);
      arrangement.dispose();
    }
  });

  it('that write are known to be active as long as the view is sorted by that', async () => {
    const arrangement = new Arrangement(link, () => '');
    try {
      await createAll('rests');
      await create('writes', { command: ['sh', '-c', 'while sleep 1; do echo; done'], attach: false });
      await link.connect();
      await configure(SORT, 'activity');
      arrangement.setSeen(true);
      const lead = async (): Promise<number> => {
        const [rests, writes] = [await known('rests'), await known('writes')];
        return rests === undefined || writes === undefined
          ? 0
          : arrangement.activeAt(writes) - arrangement.activeAt(rests);
      };
      await poll(async () => (await lead()) > 4000, { timeoutMs: 30_000, what: 'activity', state: lead });
    } finally {
      arrangement.dispose();
    }
  });

  it('of other folders are meant by nothing that is done to their row', async () => {
    await createAll('a');
    assert.equal(await run(Command.KILL, { kind: 'elsewhere' }), 0);
    assert.deepEqual(await states(), { a: 'running' });
  });

  const known = async (name: string): Promise<SessionInfo | undefined> => link.get((await session(name)).id);
  const states = async (): Promise<Readonly<Record<string, SessionInfo['state']>>> =>
    Object.fromEntries((await sessions()).map(({ name, state }) => [name, state]));
});
