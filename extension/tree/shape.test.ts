import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionId } from '../../daemon/protocol/ids';
import type { SessionInfo } from '../../daemon/protocol/model';
import { Activity } from './activity';
import { isMeantBy } from './filter';
import { isElsewhere } from './folders';
import { bySession, PLAIN_SHAPE, type Shape } from './shape';
import { sampleSession, sampleTerminal } from './testing/sampleSessions';
import { childNodes, nodeId, parentNode, rootNodes, type SessionSource, sessionsBelow } from './treeModel';

const session = (name: string, change: Partial<SessionInfo> = {}): SessionInfo =>
  sampleSession({ id: `id-${name}` as SessionId, name, ...change });
const source = (...sessions: readonly SessionInfo[]): SessionSource => ({
  all: () => sessions,
  get: (id) => sessions.find((candidate) => candidate.id === id),
});

describe('the order of sessions', () => {
  const all = [
    session('late', { createdAt: 3, position: 1 }),
    session('early', { createdAt: 1 }),
    session('middle', { createdAt: 2, position: 0 }),
    session('about', { createdAt: 0 }),
  ];
  const sorted = (shape: Partial<Shape>): string =>
    [...all]
      .sort(bySession({ ...PLAIN_SHAPE, ...shape }))
      .map(({ name }) => name)
      .join(' ');

  it('is as people have put them, then by name', () => {
    assert.equal(sorted({ sort: 'manual' }), 'middle late about early');
  });

  it('is by name, by age, by activity, or what wants somebody to look before the others', () => {
    assert.equal(sorted({ sort: 'name' }), 'about early late middle');
    assert.equal(sorted({ sort: 'created' }), 'late middle early about');
    const activeAt = ({ name }: SessionInfo): number => (name === 'early' ? 9 : 1);
    assert.equal(sorted({ sort: 'activity', activeAt }), 'early about late middle');
    const isWanting = ({ name }: SessionInfo): boolean => name === 'early';
    assert.equal(sorted({ sort: 'attention', isWanting }), 'early middle late about');
  });

  it('has pinned sessions first, but for those that want somebody to look', () => {
    const pinned = session('pinned', { pinned: true });
    const shape = { ...PLAIN_SHAPE, isWanting: ({ name }: SessionInfo) => name === 'about' };
    const first = (sort: Shape['sort']): string =>
      [...all, pinned].sort(bySession({ ...shape, sort }))[0]?.name ?? '';
    assert.deepEqual([first('manual'), first('created'), first('attention')], ['pinned', 'pinned', 'about']);
  });

  it('of a group that has what wants somebody to look is before that of others', () => {
    const sessions = source(session('a', { group: 'one' }), session('b', { group: 'two' }), session('c'));
    const shape: Shape = { ...PLAIN_SHAPE, sort: 'attention', isWanting: ({ name }) => name > 'a' };
    assert.deepEqual(rootNodes(sessions, shape).map(nodeId), ['group:two', 'session:id-c', 'group:one']);
  });
});

describe('the last activity of a session', () => {
  it('is its last output or attach, as it was told, and stays while it rests', () => {
    const activity = new Activity();
    const resting = session('resting', { terminals: [sampleTerminal({ idleMs: 5000 })] });
    const viewed = session('viewed', {
      lastAttachedAt: 99_000,
      terminals: [sampleTerminal({ idleMs: 9000 })],
    });
    activity.note([resting, viewed], 100_000);
    assert.deepEqual([activity.of(resting), activity.of(viewed)], [95_000, 99_000]);
    activity.note([resting], 200_000);
    assert.equal(activity.of(resting), 95_000, 'nothing new was told');
    const same = { ...resting, terminals: [sampleTerminal({ idleMs: 104_000 })] };
    activity.note([same], 200_000);
    assert.equal(activity.of(same), 95_000, 'a second later is the same moment, told late');
    activity.note([{ ...resting, terminals: [sampleTerminal({ idleMs: 10 })] }], 200_000);
    assert.equal(activity.of(resting), 199_990);
  });
});

describe('the filter', () => {
  const web = session('web', {
    group: 'Shop',
    cwd: '/srv/shop/front',
    tags: ['blue'],
    terminals: [
      sampleTerminal({
        command: ['npm', 'run', 'watch'],
        currentCommand: { command: 'make all', startedAt: 0 },
      }),
    ],
  });
  const found = [
    'WEB',
    'front',
    'run watch',
    'make',
    'shop',
    'blue',
    'runn',
    'hown here',
    'web shop running',
    '',
  ];
  for (const text of found) {
    it(`finds a session by '${text}'`, () => {
      assert.equal(isMeantBy(text, web, ['shown here']), true);
    });
  }

  it('leaves out what lacks one of the words', () => {
    assert.equal(isMeantBy('web api', web, []), false);
  });
});

describe('sessions of other folders', () => {
  it('were started in none of the folders, nor from a window of one', () => {
    const folders = ['/srv/project', '/home/ann/my..work'];
    const isOther = (cwd: string, workspace: string | null = null): boolean =>
      isElsewhere({ cwd, workspace }, folders);
    assert.deepEqual(
      ['/srv/project', '/srv/project/src', '/home/ann/my..work/..a'].map((cwd) => isOther(cwd)),
      [false, false, false],
    );
    assert.deepEqual(
      ['/srv', '/srv/project-2', '/', '/tmp'].map((cwd) => isOther(cwd)),
      [true, true, true, true],
    );
    assert.equal(isOther('/tmp', '/srv/project/'), false);
    assert.equal(isOther('/tmp', '/srv'), true);
    assert.equal(isElsewhere({ cwd: '/tmp', workspace: null }, []), false, 'a window without a folder');
  });

  it('stand below a row of their own, with groups of their own, and nowhere else', () => {
    const sessions = source(
      session('near', { group: 'work' }),
      session('far', { group: 'work', cwd: '/far' }),
      session('lost', { cwd: '/far' }),
    );
    const shape: Shape = { ...PLAIN_SHAPE, isElsewhere: ({ cwd }) => cwd === '/far' };
    assert.deepEqual(rootNodes(sessions, shape).map(nodeId), ['group:work', 'elsewhere']);
    const below = childNodes(sessions, { kind: 'elsewhere' }, shape);
    assert.deepEqual(below.map(nodeId), ['elsewhere/group:work', 'session:id-lost']);
    const names = (isHere: boolean): readonly string[] =>
      sessionsBelow(
        sessions,
        { kind: 'group', group: 'work', ...(isHere ? {} : { isElsewhere: true }) },
        shape,
      ).map(({ name }) => name);
    assert.deepEqual([names(true), names(false)], [['near'], ['far']]);
    for (const node of below) {
      assert.deepEqual(parentNode(sessions, node, shape), { kind: 'elsewhere' });
    }
    const [far] = childNodes(sessions, below[0] ?? { kind: 'elsewhere' }, shape);
    assert.ok(far);
    assert.deepEqual(parentNode(sessions, far, shape), below[0]);
  });
});
