import { HoldfastError } from '../protocol/errors';
import type { SessionId } from '../protocol/ids';
import { MAIN_TERMINAL } from '../protocol/model';
import { MIN_ID_PREFIX } from '../protocol/names';
import type { Target } from '../protocol/sessions';
import type { SessionRow, TerminalRow } from '../store/rows';

/** What targets are looked up in. */
export interface Candidates {
  readonly sessions: readonly SessionRow[];
  terminalsOf(session: SessionId): readonly TerminalRow[];
  /** Whether `ls` without `--all` lists it. */
  isListed(session: SessionId): boolean;
}

/** What a target names; `terminal` only when it named one. */
export interface Resolved {
  readonly session: SessionRow;
  readonly terminal: TerminalRow | undefined;
}

/** How many candidates an error lists. */
const LISTED = 20;

/** @throws SESSION_NOT_FOUND, TERMINAL_NOT_FOUND, INVALID_INPUT when it is not clear which one is meant */
export const resolveTarget = (target: Target, candidates: Candidates): Resolved => {
  const text = target.text ?? target.environment;
  if (text !== undefined) {
    return resolveText(text, candidates);
  }
  if (target.explicit === true) {
    throw new HoldfastError(
      'INVALID_INPUT',
      'this call needs a TARGET: outside a Holdfast terminal it never guesses',
      `Name the session${hint(candidates.sessions)}`,
      { field: 'target', candidates: names(candidates.sessions) },
    );
  }
  return { session: guess(candidates), terminal: undefined };
};

/** The terminal a target means where one is wanted: the named one, else `main`, else the first. */
export const terminalOf = (resolved: Resolved, candidates: Candidates): TerminalRow => {
  const terminals = candidates.terminalsOf(resolved.session.id);
  const terminal = resolved.terminal ?? terminals.find((row) => row.name === MAIN_TERMINAL) ?? terminals[0];
  if (terminal === undefined) {
    throw new HoldfastError(
      'TERMINAL_NOT_FOUND',
      `the session '${resolved.session.name}' has no terminal`,
      `Run 'holdfast rm ${resolved.session.name}'.`,
    );
  }
  return terminal;
};

const resolveText = (text: string, candidates: Candidates): Resolved => {
  const colon = text.indexOf(':');
  const session = findSession(colon < 0 ? text : text.slice(0, colon), candidates.sessions);
  return {
    session,
    terminal:
      colon < 0
        ? undefined
        : findTerminal(text.slice(colon + 1), session, candidates.terminalsOf(session.id)),
  };
};

const findSession = (text: string, sessions: readonly SessionRow[]): SessionRow => {
  // The id first: it is what every terminal knows its own session by, and no name is to take it away.
  const exact = sessions.find((row) => row.id === text) ?? sessions.find((row) => row.name === text);
  if (exact !== undefined) {
    return exact;
  }
  const matches = text.length >= MIN_ID_PREFIX ? sessions.filter((row) => row.id.startsWith(text)) : [];
  const [only] = matches;
  if (only === undefined) {
    throw new HoldfastError(
      'SESSION_NOT_FOUND',
      `there is no session '${text}'`,
      sessions.length === 0
        ? "There are no sessions: start one with 'holdfast new'."
        : `Run 'holdfast ls --all' to see them${hint(sessions)}`,
      { candidates: names(sessions) },
    );
  }
  if (matches.length > 1) {
    throw new HoldfastError(
      'INVALID_INPUT',
      `'${text}' is the beginning of ${matches.length} sessions' ids`,
      `Give more of the id, or the name${hint(matches)}`,
      { field: 'target', candidates: names(matches) },
    );
  }
  return only;
};

const findTerminal = (text: string, session: SessionRow, terminals: readonly TerminalRow[]): TerminalRow => {
  const exact = terminals.find((row) => row.id === text) ?? terminals.find((row) => row.name === text);
  const matches = text.length >= MIN_ID_PREFIX ? terminals.filter((row) => row.id.startsWith(text)) : [];
  const found = exact ?? (matches.length === 1 ? matches[0] : undefined);
  if (found === undefined) {
    throw new HoldfastError(
      'TERMINAL_NOT_FOUND',
      `the session '${session.name}' has no terminal '${text}'`,
      `It has: ${terminals.map((row) => row.name).join(', ')}.`,
      { candidates: terminals.map((row) => row.name) },
    );
  }
  return found;
};

/** The session used last, else the only one that is listed, else the only one. */
const guess = (candidates: Candidates): SessionRow => {
  const { sessions } = candidates;
  const used = sessions.filter((row) => row.lastUsedAt > 0).sort((a, b) => b.lastUsedAt - a.lastUsedAt)[0];
  const listed = sessions.filter((row) => candidates.isListed(row.id));
  const only = listed.length === 1 ? listed[0] : sessions.length === 1 ? sessions[0] : undefined;
  const found = used ?? only;
  if (found !== undefined) {
    return found;
  }
  if (sessions.length === 0) {
    throw new HoldfastError('SESSION_NOT_FOUND', 'there are no sessions', "Start one with 'holdfast new'.", {
      candidates: [],
    });
  }
  throw new HoldfastError(
    'INVALID_INPUT',
    'it is not clear which session is meant',
    `Name one${hint(listed.length > 0 ? listed : sessions)}`,
    { field: 'target', candidates: names(listed.length > 0 ? listed : sessions) },
  );
};

const IN_ORDER = new Intl.Collator('en', { numeric: true });

/** As somebody looks for one: by name, `job-2` before `job-10`. */
const names = (sessions: readonly SessionRow[]): readonly string[] =>
  sessions
    .map((row) => row.name)
    .sort(IN_ORDER.compare)
    .slice(0, LISTED);

const hint = (sessions: readonly SessionRow[]): string => {
  if (sessions.length === 0) {
    return '.';
  }
  const more = sessions.length > LISTED ? `, and ${sessions.length - LISTED} more` : '';
  return `: ${names(sessions).join(', ')}${more}.`;
};
