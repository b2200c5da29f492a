import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SessionId, TerminalId } from '../../daemon/protocol/ids';
import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { noticeText, plainText, shortFolder } from './plainText';
import { sampleSession, sampleTerminal } from './testing/sampleSessions';
import {
  childNodes,
  nodeId,
  parentNode,
  rootNodes,
  type SessionSource,
  sessionWords,
  stateIcon,
} from './treeModel';

const terminal = (id: string): TerminalInfo => sampleTerminal({ id: id as TerminalId, name: id });

const session = (name: string, change: Partial<SessionInfo> = {}): SessionInfo =>
  sampleSession({ id: `id-${name}` as SessionId, name, terminals: [terminal(`${name}-main`)], ...change });

const source = (...sessions: readonly SessionInfo[]): SessionSource => ({
  all: () => sessions,
  get: (id) => sessions.find((candidate) => candidate.id === id),
});

describe('the session tree', () => {
  it('shows groups first, then sessions without one, pinned before others, numbers in their order', () => {
    const sessions = source(
      session('web-10'),
      session('web-2'),
      session('api', { group: 'work' }),
      session('zeta', { pinned: true }),
      session('odd', { group: '' }),
    );
    assert.deepEqual(rootNodes(sessions).map(nodeId), [
      'group:work',
      'session:id-zeta',
      'session:id-odd',
      'session:id-web-2',
      'session:id-web-10',
    ]);
    assert.deepEqual(childNodes(sessions, { kind: 'group', group: 'work' }).map(nodeId), ['session:id-api']);
  });

  it('shows terminals only where there is more than one', () => {
    const one = session('one');
    const two = session('two', { terminals: [terminal('a'), terminal('b')] });
    const sessions = source(one, two);
    assert.deepEqual(childNodes(sessions, { kind: 'session', session: one.id }), []);
    const children = childNodes(sessions, { kind: 'session', session: two.id });
    assert.deepEqual(children.map(nodeId), ['terminal:a', 'terminal:b']);
    assert.deepEqual(
      children.map((child) => parentNode(sessions, child)),
      [
        { kind: 'session', session: two.id },
        { kind: 'session', session: two.id },
      ],
    );
  });

  it('says what menus need to know of a session', () => {
    const running = session('r');
    assert.equal(
      sessionWords(running, () => false),
      'session running away',
    );
    assert.equal(
      sessionWords(running, (id) => id === running.terminals[0]?.id),
      'session running here',
    );
    assert.equal(
      sessionWords(session('e', { state: 'exited' }), () => false),
      'session ended away',
    );
  });

  it('tells each state by its own icon', () => {
    const icons = [
      stateIcon('running', null),
      stateIcon('exited', 0),
      stateIcon('exited', 1),
      stateIcon('lost', null),
      stateIcon('unreachable', null),
    ];
    assert.equal(new Set(icons).size, icons.length);
    const own = (['running', 'exited', 'lost', 'unreachable'] as const).map((state) =>
      stateIcon(state, 0, 'rocket'),
    );
    assert.deepEqual(own, ['rocket', 'pass', 'circle-slash', 'warning']);
  });
});

describe('untrusted text', () => {
  it('loses control characters, line breaks and direction marks', () => {
    assert.equal(plainText('a\x1b]0;b\x07\nc\u202Ed\u200Be'), 'a ]0;b c d e');
  });

  it('makes no link of a notification: a click would run a command', () => {
    // parseLinkedText in VS Code's src/vs/base/common/linkedText.ts.
    const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
    const evil = 'no [click](command:workbench.action.quit) and\n[[x]](https://a "t")[y](file:///etc)';
    assert.match(evil, link);
    assert.doesNotMatch(noticeText(evil), link);
    assert.equal(noticeText(evil).includes('\n'), false);
    assert.equal(noticeText('no such folder: /a [b]'), 'no such folder: /a [b]');
  });

  it('is cut at a limit without splitting a character', () => {
    assert.equal(plainText('\u{1f642}'.repeat(5), 3), '\u{1f642}\u{1f642}…');
  });

  it('shows folders below the home folder with ~', () => {
    assert.equal(shortFolder('/home/ann/work', '/home/ann'), '~/work');
    assert.equal(shortFolder('/home/ann', '/home/ann'), '~');
    assert.equal(shortFolder('/home/anna', '/home/ann'), '/home/anna');
  });
});
