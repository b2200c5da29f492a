import type { SessionId, TerminalId } from '../../../daemon/protocol/ids';
import type { SessionInfo, TerminalInfo } from '../../../daemon/protocol/model';

/** A shell that runs and nobody views, but for what a test changes. */
export const sampleTerminal = (change: Partial<TerminalInfo> = {}): TerminalInfo => ({
  id: 'main-id' as TerminalId,
  name: 'main',
  command: ['bash'],
  pid: 7,
  state: 'running',
  exitCode: null,
  signal: null,
  createdAt: 0,
  exitedAt: null,
  cols: 80,
  rows: 24,
  cwd: '/srv/project',
  title: '',
  foreground: null,
  idleMs: 0,
  viewers: 0,
  integration: 'none',
  ...change,
});

/** A session with that shell, in its state. */
export const sampleSession = (
  change: Partial<SessionInfo> = {},
  main: Partial<TerminalInfo> = {},
): SessionInfo => ({
  id: 'session-id' as SessionId,
  name: 'web',
  state: main.state ?? 'running',
  group: null,
  tags: [],
  note: null,
  kind: 'persistent',
  cwd: '/srv/project',
  workspace: null,
  template: null,
  resurrect: 'ask',
  pinned: false,
  position: null,
  createdAt: 0,
  lastAttachedAt: null,
  commandCount: 0,
  viewers: 0,
  terminals: [sampleTerminal(main)],
  ...change,
});
