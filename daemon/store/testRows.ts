import type { SessionId, TerminalId } from '../protocol/ids';
import type { SessionRow, TerminalRow } from './rows';

/** Rows for tests: complete, and different in what is given. */

export const sessionRow = (id: string, changes: Partial<SessionRow> = {}): SessionRow => ({
  id: id as SessionId,
  name: `name-${id}`,
  group: null,
  tags: ['build', 'ünïcode ✓'],
  note: 'two\nlines',
  kind: 'persistent',
  ttlMs: null,
  cwd: '/home/somebody/work',
  workspace: null,
  template: null,
  resurrect: 'ask',
  lossAnswered: false,
  pinned: false,
  createdAt: 1_700_000_000_000,
  lastAttachedAt: null,
  lastUsedAt: 1_700_000_000_123,
  ...changes,
});

export const terminalRow = (
  id: string,
  session: string,
  changes: Partial<TerminalRow> = {},
): TerminalRow => ({
  id: id as TerminalId,
  session: session as SessionId,
  name: `name-${id}`,
  position: 0,
  command: ['make', '-j', 'all'],
  executable: '/usr/bin/make',
  args: ['-j', 'all'],
  environment: { LANG: 'C.UTF-8', EDITOR: 'vi "quoted"' },
  cwd: '/home/somebody/work',
  cols: 80,
  rows: 24,
  host: null,
  pid: 4711,
  startTime: '123456',
  state: 'running',
  exitCode: null,
  signal: null,
  createdAt: 1_700_000_000_000,
  exitedAt: null,
  base: 0,
  title: 'make: all',
  lastCwd: null,
  seenCwd: '/home/somebody/work/deep',
  standIn: null,
  resurrectedAt: null,
  ...changes,
});
