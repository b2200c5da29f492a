import * as v from 'valibot';
import type { SessionClaimNotice, TerminalWatch } from '../protocol/attention';
import type { DaemonKeep, DaemonShutdown } from '../protocol/daemon';
import type { TerminalEnvironment } from '../protocol/environment';
import { HoldfastError } from '../protocol/errors';
import type { EventsList, EventsSubscribe } from '../protocol/events';
import type { HistoryList } from '../protocol/history';
import type { Offset, SessionId, TerminalId, ViewerId } from '../protocol/ids';
import { isSize, MAX_COLS, type Size } from '../protocol/model';
import {
  MAX_TIMES,
  MOUSE_ACTIONS,
  MOUSE_BUTTONS,
  MOUSE_MODIFIERS,
  SCROLL_DIRECTIONS,
  type TerminalMouse,
} from '../protocol/mouse';
import type {
  SessionArrange,
  SessionArrangeGroups,
  SessionCreate,
  SessionDetach,
  SessionKill,
  SessionList,
  SessionLossAnswered,
  SessionRemove,
  SessionRename,
  SessionRestart,
  SessionResurrect,
  SessionResurrectAll,
  SessionSet,
  SessionShow,
  Target,
} from '../protocol/sessions';
import type {
  TerminalAttach,
  TerminalKey,
  TerminalOutput,
  TerminalRefresh,
  TerminalResize,
  TerminalShellNonce,
  TerminalSnapshot,
  TerminalSpawn,
  TerminalTheme,
  TerminalType,
} from '../protocol/terminals';
import {
  MAX_CONDITIONS,
  MAX_PATTERN_LENGTH,
  MAX_WAIT_MS,
  type TerminalWait,
  type WaitCondition,
} from '../protocol/waits';

/**
 * What every message's parameters must look like. Checked at the border, once, so that everything behind it
 * may rely on the types. Fields nobody knows are let through unread: a newer client may send more.
 */

/** A text for people (group, tag, note, icon, colour): longer ones are no labels. */
const MAX_LABEL = 1000;
const MAX_COMMAND_WORDS = 100_000;
/** Lists that people write by hand or programs from what they see: longer ones are mistakes that would be stored or acted on. */
const MAX_TAGS = 100;
const MAX_KEYS = 10_000;
const MAX_FOLLOWED = 10_000;
/** A time to live beyond this (10 years) is a mistake in the unit. */
const MAX_TTL_MS = 10 * 365 * 24 * 60 * 60 * 1000;
const MAX_GRACE_MS = 10 * 60 * 1000;
/** Far more than there are; a longer list is no list of sessions. */
const MAX_SESSIONS = 100_000;
const MAX_KEY_DELAY_MS = 60_000;
/** The widest row. */
const MAX_CLICKED_TEXT = MAX_COLS;

const label = v.pipe(v.string(), v.maxLength(MAX_LABEL));
const tags = v.pipe(v.array(label), v.maxLength(MAX_TAGS));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const milliseconds = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max));
const brandedText = <T extends string>() =>
  v.pipe(
    v.string(),
    v.transform((text) => text as T),
  );

const target: v.GenericSchema<unknown, Target> = v.pipe(
  // A list has no fields, so that it would pass as a target that says nothing: the session used last.
  v.custom<Target>((input) => !Array.isArray(input), 'must be an object'),
  v.object({
    text: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
    environment: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
    explicit: v.exactOptional(v.boolean()),
  }),
);

const size: v.GenericSchema<unknown, Size> = v.pipe(
  v.object({ cols: v.number(), rows: v.number() }),
  v.check(({ cols, rows }) => isSize(cols, rows), 'must have 2 to 2000 columns and 1 to 1000 rows'),
);

const program = {
  command: v.exactOptional(v.pipe(v.array(v.string()), v.nonEmpty(), v.maxLength(MAX_COMMAND_WORDS))),
  cwd: v.pipe(v.string(), v.nonEmpty()),
  environment: v.record(v.string(), v.string()),
  added: v.exactOptional(v.record(v.string(), v.string())),
  cols: v.exactOptional(v.number()),
  rows: v.exactOptional(v.number()),
  shellIntegration: v.exactOptional(v.boolean()),
};

const ofTarget = v.object({ target });

const sessionCreate: v.GenericSchema<unknown, SessionCreate.Params> = v.object({
  ...program,
  name: v.exactOptional(v.string()),
  group: v.exactOptional(label),
  tags: v.exactOptional(tags),
  note: v.exactOptional(label),
  icon: v.exactOptional(label),
  color: v.exactOptional(label),
  workspace: v.exactOptional(v.string()),
  ephemeral: v.exactOptional(v.boolean()),
  ttlMs: v.exactOptional(v.pipe(milliseconds(MAX_TTL_MS), v.minValue(1))),
  ensure: v.exactOptional(v.boolean()),
});

const sessionList: v.GenericSchema<unknown, SessionList.Params> = v.object({
  filter: v.exactOptional(v.string()),
  group: v.exactOptional(v.string()),
  state: v.exactOptional(v.picklist(['running', 'exited', 'lost', 'unreachable'])),
  all: v.exactOptional(v.boolean()),
  bytes: v.exactOptional(v.boolean()),
});

const sessionShow: v.GenericSchema<unknown, SessionShow.Params> = ofTarget;
const sessionRename: v.GenericSchema<unknown, SessionRename.Params> = v.object({ target, name: v.string() });

const sessionSet: v.GenericSchema<unknown, SessionSet.Params> = v.object({
  target,
  group: v.exactOptional(label),
  tags: v.exactOptional(tags),
  note: v.exactOptional(label),
  icon: v.exactOptional(label),
  color: v.exactOptional(label),
  pinned: v.exactOptional(v.boolean()),
  quiet: v.exactOptional(v.boolean()),
  resurrect: v.exactOptional(v.picklist(['never', 'ask', 'shell', 'program'])),
});

const sessionArrange: v.GenericSchema<unknown, SessionArrange.Params> = v.object({
  sessions: v.pipe(v.array(brandedText<SessionId>()), v.maxLength(MAX_SESSIONS)),
});

const sessionArrangeGroups: v.GenericSchema<unknown, SessionArrangeGroups.Params> = v.object({
  groups: v.pipe(v.array(label), v.maxLength(MAX_SESSIONS)),
});

const sessionKill: v.GenericSchema<unknown, SessionKill.Params> = v.object({
  target,
  signal: v.exactOptional(v.pipe(v.string(), v.nonEmpty())),
  graceMs: v.exactOptional(milliseconds(MAX_GRACE_MS)),
});

const sessionRemove: v.GenericSchema<unknown, SessionRemove.Params> = v.object({
  target,
  force: v.exactOptional(v.boolean()),
});

const sessionRestart: v.GenericSchema<unknown, SessionRestart.Params> = v.object({
  target,
  unlessRunning: v.exactOptional(v.boolean()),
  clear: v.exactOptional(v.boolean()),
  program: v.exactOptional(v.object(program)),
});

const sessionResurrect: v.GenericSchema<unknown, SessionResurrect.Params> = v.object({
  target,
  run: v.exactOptional(v.boolean()),
});

const sessionResurrectAll: v.GenericSchema<unknown, SessionResurrectAll.Params> = v.object({
  run: v.exactOptional(v.boolean()),
});

const sessionLossAnswered: v.GenericSchema<unknown, SessionLossAnswered.Params> = v.object({
  sessions: v.pipe(v.array(brandedText<SessionId>()), v.maxLength(MAX_SESSIONS)),
});

const sessionDetach: v.GenericSchema<unknown, SessionDetach.Params> = v.object({
  target,
  viewer: v.exactOptional(brandedText<ViewerId>()),
  all: v.exactOptional(v.boolean()),
});

const terminalSpawn: v.GenericSchema<unknown, TerminalSpawn.Params> = v.object({
  ...program,
  target,
  name: v.exactOptional(v.string()),
});

const terminalAttach: v.GenericSchema<unknown, TerminalAttach.Params> = v.object({
  target,
  mode: v.picklist(['interactive', 'read-only']),
  size: v.exactOptional(size),
  sizing: v.exactOptional(v.picklist(['active', 'smallest'])),
  history: v.exactOptional(count),
  room: v.exactOptional(size),
  takeOver: v.exactOptional(v.boolean()),
  bytes: v.exactOptional(v.boolean()),
  early: v.exactOptional(count),
});

const terminalRefresh: v.GenericSchema<unknown, TerminalRefresh.Params> = v.object({
  terminal: brandedText<TerminalId>(),
  history: v.exactOptional(count),
  bytes: v.exactOptional(v.boolean()),
});

const terminalSnapshot: v.GenericSchema<unknown, TerminalSnapshot.Params> = v.object({
  target,
  scrollback: v.exactOptional(count),
  drawn: v.exactOptional(count),
  format: v.exactOptional(v.picklist(['ansi', 'html', 'svg'])),
  styles: v.exactOptional(v.boolean()),
});

const pattern = v.pipe(
  v.string(),
  v.nonEmpty('must not be empty'),
  v.maxLength(MAX_PATTERN_LENGTH, `must have at most ${MAX_PATTERN_LENGTH} characters`),
);
const revision = v.pipe(v.string(), v.maxLength(MAX_PATTERN_LENGTH));

const waitCondition: v.GenericSchema<unknown, WaitCondition> = v.variant('kind', [
  v.object({ kind: v.literal('text'), text: pattern }),
  v.object({ kind: v.literal('regex'), regex: pattern }),
  v.object({ kind: v.literal('gone'), text: pattern }),
  v.object({ kind: v.literal('change'), revision }),
  v.object({ kind: v.literal('idle'), ms: milliseconds(MAX_WAIT_MS) }),
  v.object({ kind: v.literal('settle'), ms: milliseconds(MAX_WAIT_MS) }),
  v.object({ kind: v.literal('prompt') }),
  v.object({ kind: v.literal('command') }),
  v.object({ kind: v.literal('exit') }),
  v.object({ kind: v.literal('bell') }),
  v.object({ kind: v.literal('input') }),
]);

const terminalWait: v.GenericSchema<unknown, TerminalWait.Params> = v.object({
  target,
  conditions: v.pipe(
    v.array(waitCondition),
    v.nonEmpty('must have at least one'),
    v.maxLength(MAX_CONDITIONS),
  ),
  since: v.exactOptional(revision),
  timeoutMs: v.exactOptional(milliseconds(MAX_WAIT_MS)),
});

const terminalOutput: v.GenericSchema<unknown, TerminalOutput.Params> = v.object({
  target,
  since: v.exactOptional(
    v.pipe(
      count,
      v.transform((value) => value as Offset),
    ),
  ),
  until: v.exactOptional(
    v.pipe(
      count,
      v.transform((value) => value as Offset),
    ),
  ),
  tail: v.exactOptional(count),
  ansi: v.exactOptional(v.boolean()),
});

const terminalType: v.GenericSchema<unknown, TerminalType.Params> = v.object({
  target,
  text: v.string(),
  enter: v.exactOptional(v.boolean()),
  paste: v.exactOptional(v.boolean()),
});

const terminalKey: v.GenericSchema<unknown, TerminalKey.Params> = v.object({
  target,
  // What is no key, an empty one too, is said by the parser of keys.
  keys: v.pipe(v.array(v.string()), v.nonEmpty(), v.maxLength(MAX_KEYS)),
  delayMs: v.exactOptional(milliseconds(MAX_KEY_DELAY_MS)),
});

const place = v.object({ row: count, col: count });

type Where = Pick<TerminalMouse.Params, 'action' | 'at' | 'text' | 'to' | 'direction'>;
/** What each action is told, and nothing less. */
const isGesture = ({ action, at, text, to, direction }: Where): boolean => {
  switch (action) {
    case 'click':
      return (at === undefined) !== (text === undefined);
    case 'drag':
      return at !== undefined && to !== undefined;
    case 'scroll':
      return direction !== undefined;
    default:
      return at !== undefined;
  }
};

const terminalMouse: v.GenericSchema<unknown, TerminalMouse.Params> = v.pipe(
  v.object({
    target,
    action: v.picklist(MOUSE_ACTIONS),
    at: v.exactOptional(place),
    text: v.exactOptional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(MAX_CLICKED_TEXT))),
    to: v.exactOptional(place),
    button: v.exactOptional(v.picklist(MOUSE_BUTTONS)),
    direction: v.exactOptional(v.picklist(SCROLL_DIRECTIONS)),
    times: v.exactOptional(v.pipe(count, v.minValue(1), v.maxValue(MAX_TIMES))),
    modifiers: v.exactOptional(v.array(v.picklist(MOUSE_MODIFIERS))),
  }),
  v.check((gesture) => isGesture(gesture), 'lacks where it is done'),
);

const color = v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i, 'must be #rrggbb'));

const terminalTheme: v.GenericSchema<unknown, TerminalTheme.Params> = v.object({
  target,
  colors: v.object({
    foreground: v.exactOptional(color),
    background: v.exactOptional(color),
    cursor: v.exactOptional(color),
    ansi: v.exactOptional(v.pipe(v.array(v.nullable(color)), v.maxLength(16))),
  }),
});

const terminalWatch: v.GenericSchema<unknown, TerminalWatch.Params> = v.object({
  terminal: v.nullable(brandedText<TerminalId>()),
});

const sessionClaimNotice: v.GenericSchema<unknown, SessionClaimNotice.Params> = v.object({
  session: brandedText<SessionId>(),
  reason: v.picklist(['bell', 'command-finished', 'failed', 'input', 'password']),
});

const terminalResize: v.GenericSchema<unknown, TerminalResize.Params> = v.object({
  target,
  cols: v.number(),
  rows: v.number(),
  sizing: v.exactOptional(v.picklist(['active', 'smallest'])),
});

const terminalShellNonce: v.GenericSchema<unknown, TerminalShellNonce.Params> = ofTarget;

const terminalEnvironment: v.GenericSchema<unknown, TerminalEnvironment.Params> = v.object({
  target,
  beside: v.exactOptional(v.record(v.string(), v.string())),
});

const historyList: v.GenericSchema<unknown, HistoryList.Params> = v.object({
  target,
  failed: v.exactOptional(v.boolean()),
  limit: v.exactOptional(count),
});

const eventsList: v.GenericSchema<unknown, EventsList.Params> = v.object({
  session: v.exactOptional(brandedText<SessionId>()),
  limit: v.exactOptional(count),
});

const eventsSubscribe: v.GenericSchema<unknown, EventsSubscribe.Params> = v.object({
  events: v.exactOptional(v.boolean()),
  sessions: v.exactOptional(v.boolean()),
  of: v.exactOptional(v.pipe(v.array(brandedText<SessionId>()), v.maxLength(MAX_FOLLOWED))),
});

const daemonShutdown: v.GenericSchema<unknown, DaemonShutdown.Params> = v.object({
  mode: v.picklist(['if-idle', 'force', 'replace']),
});

const daemonKeep: v.GenericSchema<unknown, DaemonKeep.Params> = v.object({ keep: v.boolean() });

const nothing: v.GenericSchema<unknown, Record<string, never>> = v.pipe(
  v.optional(v.unknown()),
  v.transform(() => ({})),
);

export const Schema = {
  sessionCreate,
  sessionList,
  sessionShow,
  sessionRename,
  sessionSet,
  sessionArrange,
  sessionArrangeGroups,
  sessionKill,
  sessionRemove,
  sessionRestart,
  sessionResurrect,
  sessionResurrectAll,
  sessionLossAnswered,
  sessionDetach,
  terminalSpawn,
  terminalAttach,
  terminalRefresh,
  terminalSnapshot,
  terminalWait,
  terminalOutput,
  terminalType,
  terminalKey,
  terminalMouse,
  terminalResize,
  terminalTheme,
  terminalShellNonce,
  terminalEnvironment,
  terminalWatch,
  sessionClaimNotice,
  historyList,
  eventsList,
  eventsSubscribe,
  daemonShutdown,
  daemonKeep,
  nothing,
} as const;

/** Of lengths the validator speaks as of code. */
const saidOf = (issue: v.BaseIssue<unknown>): string => {
  if (issue.type !== 'max_length') {
    return issue.message;
  }
  const unit = typeof issue.input === 'string' ? 'characters' : 'entries';
  return `has more than ${String(issue.requirement)} ${unit}`;
};

/** @throws HoldfastError INVALID_INPUT naming the first field that is wrong */
export const validate = <P>(schema: v.GenericSchema<unknown, P>, params: unknown): P => {
  const result = v.safeParse(schema, params, { abortEarly: true });
  if (result.success) {
    return result.output;
  }
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? 'params';
  throw new HoldfastError(
    'INVALID_INPUT',
    `${field}: ${saidOf(issue)}`,
    `Correct '${field}' and call again.`,
    {
      field,
    },
  );
};
