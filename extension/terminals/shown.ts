import type { Terminal } from 'vscode';
import type { SessionId, TerminalId } from '../../daemon/protocol/ids';
import type { SessionInfo } from '../../daemon/protocol/model';
import type { TaskIdentity } from '../tasks/taskIdentity';
import type { Origin, SessionPty } from './sessionPty';

/** The icon and the colour of a session, by their ids; absent where nobody has chosen. */
export interface Look {
  readonly icon?: string;
  readonly color?: string;
}

export const lookOf = ({ icon, color }: Pick<SessionInfo, 'icon' | 'color'>): Look => ({
  ...(icon == null ? {} : { icon }),
  ...(color == null ? {} : { color }),
});

/** What a VS Code terminal shows. */
export interface Shown {
  readonly session: SessionId;
  readonly terminal: TerminalId;
  /** The tab's name. */
  readonly name: string;
  readonly readOnly: boolean;
  /** How its session looks, where that was known when this was made. */
  readonly look?: Look;
  /** The task that runs in it, where VS Code shows it as that task's terminal. */
  readonly task?: TaskIdentity;
}

/** A terminal of VS Code that views one of a session. */
export interface Entry {
  shown: Shown;
  readonly pty: SessionPty;
  /** Undefined between a profile's answer and the terminal that VS Code makes of it. */
  terminal: Terminal | undefined;
  /** VS Code has told of it. */
  isMade: boolean;
  /** It was closed from here; VS Code has not told yet that it is gone. */
  isClosing: boolean;
  /** The editor group it is in; null for the panel. */
  column: number | null;
  /** The editor group it was in last, or was made in. */
  lastColumn: number | null;
  readonly origin: Origin;
}

/** By what a place in the window is known. */
export const keyOf = ({
  terminal,
  readOnly,
}: {
  readonly terminal: string;
  readonly readOnly: boolean;
}): string => (readOnly ? `${terminal}/read-only` : terminal);
