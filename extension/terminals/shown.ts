import type { Terminal } from 'vscode';
import type { SessionId, TerminalId } from '../../daemon/protocol/ids';
import type { TaskIdentity } from '../tasks/taskIdentity';
import type { Origin, SessionPty } from './sessionPty';

/** What a VS Code terminal shows. */
export interface Shown {
  readonly session: SessionId;
  readonly terminal: TerminalId;
  /** The tab's name. */
  readonly name: string;
  readonly readOnly: boolean;
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
