import type { Finding } from '../protocol/daemon';
import type { Parts } from '../sessions/parts';
import type { SessionRow } from '../store/rows';

/** More names than this are counted: a finding is read, not searched. */
const MAX_NAMES = 10;

export const namesOf = (names: readonly string[]): string =>
  names.length > MAX_NAMES
    ? `${names.slice(0, MAX_NAMES).join(', ')} and ${names.length - MAX_NAMES} more`
    : names.join(', ');

/** Sessions whose PTY host or machine has died under them: what brings them back. Those that are ended with their viewers are not missed. */
export const lostSessions = ({ catalog }: Pick<Parts, 'catalog'>): readonly Finding[] => {
  const lost = catalog.sessions.filter(
    ({ id, kind }) => kind === 'persistent' && catalog.terminalsOf(id).some(({ state }) => state === 'lost'),
  );
  const isNever = ({ resurrect }: SessionRow): boolean => resurrect === 'never';
  return [
    ...found(
      lost.filter((row) => !isNever(row)),
      "'holdfast resurrect --all' starts a shell in each under its last screen, with --run the program that ran; 'holdfast rm NAME' forgets one.",
    ),
    ...found(
      lost.filter(isNever),
      "They are never to be resurrected, as somebody has set: 'holdfast restart NAME' starts the same program anew, 'holdfast rm NAME' forgets one.",
    ),
  ];
};

const found = (rows: readonly SessionRow[], suggestion: string): readonly Finding[] =>
  rows.length === 0
    ? []
    : [
        {
          check: 'sessions',
          status: 'warning',
          message: `the programs of ${namesOf(rows.map(({ name }) => name))} were lost with their PTY host or the machine`,
          suggestion,
        },
      ];
