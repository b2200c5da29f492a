import assert from 'node:assert/strict';
import { ThemeIcon, type TreeItem } from 'vscode';
import type { SessionInfo } from '../../daemon/client';
import type { TerminalId } from '../../daemon/protocol/ids';
import type { TerminalInfo } from '../../daemon/protocol/model';
import { sampleSession, sampleTerminal } from '../../extension/tree/testing/sampleSessions';
import {
  elsewhereItem,
  groupItem,
  sessionHover,
  sessionItem,
  terminalItem,
} from '../../extension/tree/treeItems';

const NOW = 100_000_000;
const away = (): boolean => false;
const here = (): boolean => true;
const rowOf = (info: SessionInfo, isShownHere = away): TreeItem =>
  sessionItem({ kind: 'session', session: info.id }, info, isShownHere, NOW);
/** What is seen of a row, and what a screen reader says. */
const told = (item: TreeItem): readonly unknown[] => [
  item.iconPath instanceof ThemeIcon ? item.iconPath.id : item.iconPath,
  item.description,
  item.accessibilityInformation?.label,
];

describe('rows of the view', () => {
  const rows: readonly (readonly [string, TreeItem, icon: string, state: string])[] = [
    ['detached', rowOf(sampleSession()), 'terminal', 'detached'],
    ['viewed elsewhere', rowOf(sampleSession({ viewers: 1 })), 'terminal', '1 viewer'],
    ['viewed by several', rowOf(sampleSession({ viewers: 3 })), 'terminal', '3 viewers'],
    ['shown in this window', rowOf(sampleSession({ viewers: 1 }), here), 'terminal', 'shown here'],
    [
      'shown here and elsewhere',
      rowOf(sampleSession({ viewers: 2 }), here),
      'terminal',
      'shown here, 2 viewers',
    ],
    [
      'that ended well',
      rowOf(sampleSession({}, { state: 'exited', exitCode: 0 })),
      'pass',
      'ended with code 0',
    ],
    ['that failed', rowOf(sampleSession({}, { state: 'exited', exitCode: 3 })), 'error', 'ended with code 3'],
    [
      'ended by a signal',
      rowOf(sampleSession({}, { state: 'exited', signal: 'SIGKILL' })),
      'error',
      'ended by SIGKILL',
    ],
    [
      'whose screen was set aside',
      rowOf(sampleSession({}, { screenSetAside: true })),
      'terminal',
      'detached, screen can’t be drawn',
    ],
    ['lost', rowOf(sampleSession({}, { state: 'lost' })), 'circle-slash', 'lost'],
    ['unreachable', rowOf(sampleSession({}, { state: 'unreachable' })), 'warning', 'unreachable'],
  ];
  for (const [what, item, icon, state] of rows) {
    it(`a session ${what} is told by its icon, its description and its accessible label`, () => {
      const spoken = icon === 'terminal' ? `running, ${state}` : state;
      assert.deepEqual(told(item), [icon, `${state} · /srv/project`, `web, ${spoken}, folder /srv/project`]);
    });
  }

  it('a session has its own icon and colour as long as it runs, beside its state in words', () => {
    const own = { icon: 'rocket', color: 'terminal.ansiRed' };
    const colorOf = ({ iconPath }: TreeItem): string | undefined =>
      iconPath instanceof ThemeIcon ? iconPath.color?.id : undefined;
    const shown = rowOf(sampleSession({ ...own, viewers: 1 }), here);
    assert.deepEqual(told(shown), [
      'rocket',
      'shown here · /srv/project',
      'web, running, shown here, folder /srv/project',
    ]);
    assert.equal(colorOf(shown), 'terminal.ansiRed');
    assert.equal(colorOf(rowOf(sampleSession({ viewers: 1 }), here)), 'charts.green');
    const states = (['exited', 'lost', 'unreachable'] as const).map((state) => {
      const row = rowOf(sampleSession(own, { state, exitCode: state === 'exited' ? 3 : null }));
      return [told(row)[0], colorOf(row)];
    });
    assert.deepEqual(states, [
      ['error', 'problemsErrorIcon.foreground'],
      ['circle-slash', undefined],
      ['warning', 'problemsWarningIcon.foreground'],
    ]);
  });

  const MINUTE = 60_000;
  const commandRows: readonly (readonly [string, Partial<TerminalInfo>, shown: string, spoken: string])[] = [
    [
      'that runs a command',
      { currentCommand: { command: 'npm run watch', startedAt: NOW - 5 * MINUTE }, lastExitCode: 1 },
      '5 min · npm run watch',
      'running npm run watch for 5 minutes',
    ],
    [
      'whose command has just begun to be one to tell of',
      { currentCommand: { command: 'make', startedAt: NOW - 2000 } },
      '<1 min · make',
      'running make for less than a minute',
    ],
    [
      'whose command is kept out of the history',
      { currentCommand: { command: null, startedAt: NOW - 61 * MINUTE } },
      '1 h · a command',
      'running a command for 1 hour',
    ],
    [
      'whose command is long and hostile',
      { currentCommand: { command: `\x1b[31m\u202e${'x'.repeat(100)}`, startedAt: NOW - 49 * 60 * MINUTE } },
      `2 d · [31m ${'x'.repeat(34)}…`,
      `running [31m ${'x'.repeat(34)}… for 2 days`,
    ],
    ['whose last command failed', { lastExitCode: 7 }, 'exit code 7', 'last command ended with code 7'],
    [
      'whose command has only just begun',
      { currentCommand: { command: 'ls', startedAt: NOW - 1999 }, lastExitCode: 0 },
      'exit code 0',
      'last command ended with code 0',
    ],
  ];
  for (const [what, terminal, shown, spoken] of commandRows) {
    it(`a session ${what} says so, in its description and its accessible label`, () => {
      assert.deepEqual(told(rowOf(sampleSession({}, terminal))), [
        'terminal',
        `detached · ${shown} · /srv/project`,
        `web, running, detached, ${spoken}, folder /srv/project`,
      ]);
    });
  }

  it('a session that has ended says how it ended itself, and no more of its commands', () => {
    const item = rowOf(sampleSession({}, { state: 'exited', exitCode: 3, lastExitCode: 1 }));
    assert.equal(item.description, 'ended with code 3 · /srv/project');
  });

  it('a hover has the whole line, for how long it runs, and how the one before ended', () => {
    const command = `echo ${'x'.repeat(100)}`;
    const current = { currentCommand: { command, startedAt: NOW - 1000 }, lastExitCode: 1 };
    const lines = sessionHover(sampleSession({}, current), NOW).split('\n');
    assert.ok(lines.includes(`Running: ${command} (<1 min)`));
    assert.ok(lines.includes('Last command: ended with code 1'));
  });

  it('a name and a title of HTML or Markdown are text, in the row and in its hover', () => {
    const name = '<img src=x onerror=alert(1)> **b** [a](command:quit)';
    const info = sampleSession({ name }, { title: name });
    assert.equal(rowOf(info).label, name);
    assert.deepEqual(sessionHover(info, NOW).split('\n').slice(0, 2), [name, name]);
  });

  it('a title that a program changes all the time is said by the hover alone, and the row stays as it is', () => {
    const titled = (title: string): SessionInfo => sampleSession({}, { title });
    assert.deepEqual(rowOf(titled('step 1')), rowOf(titled('step 2')));
    assert.match(sessionHover(titled('step 2'), NOW), /step 2/);
  });

  it('a terminal of several is told as a session is, and its session opens to it', () => {
    const logs = sampleTerminal({ id: 'logs-id' as TerminalId, name: 'logs', state: 'exited', exitCode: 1 });
    const both = sampleSession({ terminals: [sampleTerminal(), logs] });
    const node = { kind: 'terminal', session: both.id, terminal: logs.id } as const;
    assert.deepEqual(told(terminalItem(node, logs, away, NOW)), [
      'error',
      'ended with code 1 · /srv/project',
      'logs, ended with code 1, folder /srv/project',
    ]);
    assert.equal(rowOf(both).collapsibleState, 2);
    assert.equal(rowOf(sampleSession()).collapsibleState, 0);
  });

  it('a group says how many sessions it has, and its menu offers what fits any of them', () => {
    const sessions = [sampleSession(), sampleSession({}, { state: 'exited', exitCode: 0 })];
    const none = { wanting: 0, isFiltered: false };
    const item = groupItem({ kind: 'group', group: 'work' }, sessions, away, none);
    assert.deepEqual(told(item), ['folder', '', 'Group work, 2 sessions']);
    assert.equal(item.contextValue, 'group running away ended');
  });

  it('a group says how many of its sessions want somebody to look, as it may be collapsed', () => {
    const wanting = { wanting: 1, isFiltered: false };
    const item = groupItem(
      { kind: 'group', group: 'work' },
      [sampleSession(), sampleSession()],
      away,
      wanting,
    );
    assert.deepEqual(told(item), ['folder', '1 to look at', 'Group work, 2 sessions, 1 to look at']);
  });

  it('the row of other folders says how many sessions it has, and how many of them want somebody to look', () => {
    const item = elsewhereItem([sampleSession(), sampleSession()], { wanting: 1, isFiltered: false });
    assert.deepEqual(told(item), [
      'folder-library',
      '2 · 1 to look at',
      'Sessions of Other Folders, 2 sessions, 1 to look at',
    ]);
    assert.equal(item.collapsibleState, 1);
    const filtered = elsewhereItem([sampleSession()], { wanting: 0, isFiltered: true });
    assert.deepEqual([filtered.description, filtered.collapsibleState], ['1', 2]);
    assert.notEqual(filtered.id, item.id, 'VS Code would keep it collapsed');
  });

  it('nothing that a program or a name says becomes a link, a command, a picture or a second line', () => {
    const hostile =
      '[click](command:holdfast.killAllDetached) <b>$(trash)</b> https://evil.example\n\x1b[31m';
    const info = sampleSession(
      { name: hostile, note: hostile, tags: [hostile] },
      { title: hostile, cwd: hostile },
    );
    const item = rowOf(info);
    const { label, description } = item;
    const hover = sessionHover(info, NOW);
    // VS Code shows plain strings as they are; only a MarkdownString is rendered.
    assert.ok(typeof label === 'string' && typeof description === 'string');
    assert.ok(hover.includes('[click](command:holdfast.killAllDetached)'), 'shown, letter by letter');
    for (const text of [hover.replaceAll('\n', ''), label, description]) {
      assert.doesNotMatch(text, /[\p{Cc}]/u);
    }
    assert.equal(hover.split('\n').filter((line) => line.startsWith('[click]')).length, 3);
  });
});
