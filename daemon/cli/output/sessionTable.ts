import { homeFolder } from '../../platform/homeFolder';
import { commandLine, printable } from '../../platform/printable';
import type { SessionInfo } from '../../protocol/model';
import type { Style } from './style';
import { table } from './table';
import { age } from './time';

/** Cells a long command or folder keeps when the terminal is narrow. */
const LEAST_CELLS = 12;

/** Sessions for people, one a row. */
export const sessionTable = (
  sessions: readonly SessionInfo[],
  now: number,
  width: number | undefined,
  style: Style,
): string =>
  table(
    [
      { title: 'NAME', shrinkTo: LEAST_CELLS, style: style.bold },
      { title: 'STATE', style: (padded, state) => stateStyle(style, state)(padded) },
      { title: 'GROUP', shrinkTo: LEAST_CELLS },
      { title: 'COMMAND', shrinkTo: LEAST_CELLS },
      { title: 'FOLDER', shrinkTo: LEAST_CELLS },
      { title: 'VIEWERS' },
      { title: 'AGE' },
    ],
    sessions.map((session) => [
      printable(session.name),
      stateOf(session),
      printable(session.group ?? '-'),
      commandOf(session),
      printable(shortFolder(session.cwd)),
      String(session.viewers),
      age(now - session.createdAt),
    ]),
    width,
  );

export const stateStyle = (style: Style, state: string): ((text: string) => string) => {
  switch (state) {
    case 'running':
      return style.green;
    case 'exited':
      return style.dim;
    case 'lost':
      return style.red;
    default:
      return style.yellow;
  }
};

const stateOf = ({ state, terminals }: SessionInfo): string =>
  state === 'running' && terminals.some(({ screenSetAside }) => screenSetAside === true)
    ? 'running, no screen'
    : state;

const commandOf = (session: SessionInfo): string => {
  const [first, ...others] = session.terminals;
  const command = printable(commandLine(first?.command ?? []));
  return others.length === 0 ? command : `${command} (+${others.length})`;
};

/** A folder with the home folder as `~`. */
export const shortFolder = (folder: string): string => {
  const home = homeFolder();
  return home !== undefined && home !== '/' && (folder === home || folder.startsWith(`${home}/`))
    ? `~${folder.slice(home.length)}`
    : folder;
};
