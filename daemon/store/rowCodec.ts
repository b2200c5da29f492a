import { withoutSecrets } from '../platform/secretNames';
import type { HoldfastEvent } from '../protocol/events';
import type { HostId, SessionId, TerminalId } from '../protocol/ids';
import type { CommandRow, SessionRow, TerminalRow } from './rows';
import type { SqlRow, SqlValue, Statement } from './sqlite';

/** Rows to columns and back. Reading throws a TypeError for a row that can't be what was written. */

export const putSessionStatement = (row: SessionRow): Statement =>
  upsert('sessions', {
    id: row.id,
    name: row.name,
    group_name: row.group,
    tags: JSON.stringify(row.tags),
    note: row.note,
    icon: row.icon,
    color: row.color,
    kind: row.kind,
    ttl_ms: row.ttlMs,
    cwd: row.cwd,
    workspace: row.workspace,
    template: row.template,
    resurrect: row.resurrect,
    pinned: row.pinned ? 1 : 0,
    quiet: row.quiet ? 1 : 0,
    position: row.position,
    group_position: row.groupPosition,
    loss_answered: row.lossAnswered ? 1 : 0,
    created_at: row.createdAt,
    last_attached_at: row.lastAttachedAt,
    last_used_at: row.lastUsedAt,
  });

export const readSession = (row: SqlRow): SessionRow => ({
  id: text(row, 'id') as SessionId,
  name: text(row, 'name'),
  group: textOrNull(row, 'group_name'),
  tags: texts(row, 'tags'),
  note: textOrNull(row, 'note'),
  icon: textOrNull(row, 'icon'),
  color: textOrNull(row, 'color'),
  kind: oneOf(row, 'kind', ['persistent', 'ephemeral'] as const),
  ttlMs: integerOrNull(row, 'ttl_ms'),
  cwd: text(row, 'cwd'),
  workspace: textOrNull(row, 'workspace'),
  template: textOrNull(row, 'template'),
  resurrect: oneOf(row, 'resurrect', ['never', 'ask', 'shell', 'program'] as const),
  pinned: integer(row, 'pinned') !== 0,
  quiet: integer(row, 'quiet') !== 0,
  position: integerOrNull(row, 'position'),
  groupPosition: integerOrNull(row, 'group_position'),
  lossAnswered: integer(row, 'loss_answered') !== 0,
  createdAt: integer(row, 'created_at'),
  lastAttachedAt: integerOrNull(row, 'last_attached_at'),
  lastUsedAt: integer(row, 'last_used_at'),
});

export const putTerminalStatement = (row: TerminalRow): Statement =>
  upsert('terminals', {
    id: row.id,
    session: row.session,
    name: row.name,
    position: row.position,
    command: JSON.stringify(row.command),
    executable: row.executable,
    args: JSON.stringify(row.args),
    environment: JSON.stringify(withoutSecrets(row.environment)),
    cwd: row.cwd,
    cols: row.cols,
    rows: row.rows,
    host: row.host,
    pid: row.pid,
    start_time: row.startTime,
    state: row.state,
    exit_code: row.exitCode,
    signal: row.signal,
    created_at: row.createdAt,
    exited_at: row.exitedAt,
    base: row.base,
    title: row.title,
    last_cwd: row.lastCwd,
    seen_cwd: row.seenCwd,
    stand_in: row.standIn === null ? null : JSON.stringify(row.standIn),
    resurrected_at: row.resurrectedAt,
    shell_integration: row.shellIntegration ? 1 : 0,
    shell_nonce: row.shellNonce,
    is_integrated: row.isIntegrated ? 1 : 0,
  });

export const readTerminal = (row: SqlRow): TerminalRow => ({
  id: text(row, 'id') as TerminalId,
  session: text(row, 'session') as SessionId,
  name: text(row, 'name'),
  position: integer(row, 'position'),
  command: texts(row, 'command'),
  executable: text(row, 'executable'),
  args: texts(row, 'args'),
  environment: textRecord(row, 'environment'),
  cwd: text(row, 'cwd'),
  cols: integer(row, 'cols'),
  rows: integer(row, 'rows'),
  host: textOrNull(row, 'host') as HostId | null,
  pid: integerOrNull(row, 'pid'),
  startTime: textOrNull(row, 'start_time'),
  state: oneOf(row, 'state', ['running', 'exited', 'lost'] as const),
  exitCode: integerOrNull(row, 'exit_code'),
  signal: textOrNull(row, 'signal'),
  createdAt: integer(row, 'created_at'),
  exitedAt: integerOrNull(row, 'exited_at'),
  base: integer(row, 'base'),
  title: text(row, 'title'),
  lastCwd: textOrNull(row, 'last_cwd'),
  seenCwd: textOrNull(row, 'seen_cwd'),
  standIn: row['stand_in'] === null ? null : texts(row, 'stand_in'),
  resurrectedAt: integerOrNull(row, 'resurrected_at'),
  shellIntegration: integer(row, 'shell_integration') !== 0,
  shellNonce: textOrNull(row, 'shell_nonce'),
  isIntegrated: integer(row, 'is_integrated') !== 0,
});

/** Inserts it, or replaces what is known of the command of that number. */
export const putCommandStatement = (row: CommandRow & { readonly line: string }): Statement => [
  'INSERT INTO commands (session, terminal, number, line, cwd, exit_code, started_at, ended_at) ' +
    'VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (terminal, number) DO UPDATE SET ' +
    'exit_code = excluded.exit_code, started_at = excluded.started_at, ended_at = excluded.ended_at',
  [row.session, row.terminal, row.number, row.line, row.cwd, row.exitCode, row.startedAt, row.endedAt],
];

export const readCommand = (row: SqlRow): CommandRow => ({
  session: text(row, 'session') as SessionId,
  terminal: text(row, 'terminal') as TerminalId,
  number: integer(row, 'number'),
  line: text(row, 'line'),
  cwd: textOrNull(row, 'cwd'),
  exitCode: integerOrNull(row, 'exit_code'),
  startedAt: integer(row, 'started_at'),
  endedAt: integerOrNull(row, 'ended_at'),
});

export const readEvent = (row: SqlRow): HoldfastEvent => {
  const value = json(row, 'body') as Partial<HoldfastEvent> | null;
  if (typeof value?.time !== 'number' || typeof value.event !== 'string') {
    throw poisoned('body');
  }
  return value as HoldfastEvent;
};

/** Inserts, or replaces every column of the row with that id, which keeps its place. */
const upsert = (table: string, columns: Readonly<Record<string, SqlValue>>): Statement => {
  const names = Object.keys(columns);
  const updates = names.filter((name) => name !== 'id').map((name) => `${name} = excluded.${name}`);
  return [
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')}) ` +
      `ON CONFLICT (id) DO UPDATE SET ${updates.join(', ')}`,
    Object.values(columns),
  ];
};

const poisoned = (column: string): TypeError => new TypeError(`column ${column} can't be read`);

const text = (row: SqlRow, column: string): string => {
  const value = row[column];
  if (typeof value !== 'string') {
    throw poisoned(column);
  }
  return value;
};

const textOrNull = (row: SqlRow, column: string): string | null =>
  row[column] === null ? null : text(row, column);

const integer = (row: SqlRow, column: string): number => {
  const value = row[column];
  if (!Number.isSafeInteger(value)) {
    throw poisoned(column);
  }
  return value as number;
};

const integerOrNull = (row: SqlRow, column: string): number | null =>
  row[column] === null ? null : integer(row, column);

const oneOf = <T extends string>(row: SqlRow, column: string, values: readonly T[]): T => {
  const value = values.find((candidate) => candidate === row[column]);
  if (value === undefined) {
    throw poisoned(column);
  }
  return value;
};

const texts = (row: SqlRow, column: string): readonly string[] => {
  const value = json(row, column);
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw poisoned(column);
  }
  return value;
};

const textRecord = (row: SqlRow, column: string): Readonly<Record<string, string>> => {
  const value = json(row, column);
  if (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    !Object.values(value).every((item) => typeof item === 'string')
  ) {
    throw poisoned(column);
  }
  return value as Record<string, string>;
};

const json = (row: SqlRow, column: string): unknown => {
  try {
    return JSON.parse(text(row, column));
  } catch {
    throw poisoned(column);
  }
};
