import { commandLine, printable } from '../../platform/printable';
import { colorWord } from '../../protocol/appearance';
import type { ResourceUse, SessionInfo, TerminalInfo, ViewerInfo } from '../../protocol/model';
import type { SessionShow } from '../../protocol/sessions';
import { shortFolder } from './sessionTable';
import { age, bytes, localTime } from './time';

type Field = readonly [label: string, value: string | null];

/** A session for people: a line each of what is known. */
export const describeSession = (session: SessionInfo & SessionShow.Details, now: number): string =>
  fields([
    ['name', session.name],
    ['id', session.id],
    ['state', session.state],
    ['kind', session.kind],
    ['group', session.group],
    ['tags', session.tags.length === 0 ? null : session.tags.join(', ')],
    ['note', session.note],
    ['icon', session.icon ?? null],
    ['colour', session.color == null ? null : colorWord(session.color)],
    ['pinned', session.pinned ? 'yes' : null],
    ['quiet', session.quiet === true ? 'yes' : null],
    ['folder', shortFolder(session.cwd)],
    ['created', `${localTime(session.createdAt)} (${age(now - session.createdAt)} ago)`],
    ['attached', session.lastAttachedAt === null ? 'never' : localTime(session.lastAttachedAt)],
    ...resources(session.resources),
    ...session.terminals.map((terminal): Field => ['terminal', terminalLine(terminal)]),
    ...viewers(session.viewerList),
  ]);

/** A terminal for people. */
export const describeTerminal = (terminal: TerminalInfo & SessionShow.Details, now: number): string =>
  fields([
    ['name', terminal.name],
    ['id', terminal.id],
    ['state', stateOf(terminal)],
    ['command', commandLine(terminal.command)],
    ['process', terminal.pid === null ? null : String(terminal.pid)],
    ['foreground', terminal.foreground],
    ['title', terminal.title === '' ? null : terminal.title],
    ['size', `${terminal.cols}x${terminal.rows}`],
    ['folder', shortFolder(terminal.cwd)],
    ['created', `${localTime(terminal.createdAt)} (${age(now - terminal.createdAt)} ago)`],
    ['ended', terminal.exitedAt === null ? null : localTime(terminal.exitedAt)],
    ['idle', terminal.state === 'running' ? age(terminal.idleMs) : null],
    ...resources(terminal.resources),
    ...viewers(terminal.viewerList),
  ]);

const fields = (all: readonly Field[]): string =>
  all
    .filter((field): field is readonly [string, string] => field[1] !== null)
    .map(([label, value]) => `${`${label}:`.padEnd(12)}${printable(value)}\n`)
    .join('');

const WAITED_FOR = { input: 'input', password: 'a password' } as const;

const stateOf = (terminal: TerminalInfo): string => {
  if (terminal.state !== 'exited') {
    const waits = terminal.waiting == null ? '' : `, waits for ${WAITED_FOR[terminal.waiting]}`;
    return `${terminal.state}${waits}${terminal.screenSetAside === true ? ', no screen' : ''}`;
  }
  return terminal.signal === null
    ? `exited (status ${terminal.exitCode ?? 'unknown'})`
    : `exited (${terminal.signal})`;
};

const terminalLine = (terminal: TerminalInfo): string =>
  `${terminal.name}: ${stateOf(terminal)}, ${terminal.cols}x${terminal.rows}, ${commandLine(terminal.command)}`;

const resources = (use: ResourceUse): readonly Field[] => [
  ['processes', use.processes === null ? null : String(use.processes)],
  ['memory', use.rssBytes === null ? null : bytes(use.rssBytes)],
  ['CPU time', use.cpuMs === null ? null : `${(use.cpuMs / 1000).toFixed(1)}s`],
];

const viewers = (list: readonly ViewerInfo[]): readonly Field[] =>
  list.map(
    (viewer): Field => [
      'viewer',
      `${viewer.id} ${viewer.client}, ${viewer.mode}, ${viewer.cols}x${viewer.rows}` +
        `, since ${localTime(viewer.attachedAt)}${viewer.active ? ', active' : ''}`,
    ],
  );
