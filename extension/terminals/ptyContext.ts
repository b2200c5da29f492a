import { setTimeout as delay } from 'node:timers/promises';
import { workspace } from 'vscode';
import type { Attachment, AttachOptions } from '../../daemon/client';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { Size, TerminalInfo } from '../../daemon/protocol/model';
import { SessionRestart, SessionResurrect, type Target } from '../../daemon/protocol/sessions';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import type { DaemonLink } from '../daemonLink';
import type { Notices } from '../notices';
import type { PageWatch } from '../pageWatch';
import { readSetting } from '../settings';
import { requireTrust } from '../trust';
import type { PageQuestion } from './outputCredit';
import type { Shown } from './shown';
import type { EndSource } from './shownEnd';

/** What a terminal needs from the rest of the extension. */
export interface PtyContext extends EndSource, PageQuestion {
  readonly readOnly: boolean;
  /** Whether it is the terminal of a task, which ends with its program. */
  readonly isTask: boolean;
  /** Resolves once it is known what is there. @throws HoldfastError */
  connected(): Promise<unknown>;
  /** What a program that runs has. */
  readonly runningSize: () => Size | undefined;
  /** Begins viewing in a tab with that room; the size is left out while nobody sees the terminal. */
  attach(size: Size | undefined, room: Size): Promise<Attachment>;
  /** How many rows of the screen the program has left in use; undefined when nobody tells. Never rejects. */
  usedRows(): Promise<number | undefined>;
  /** Whether a shell may be started in its place once it is lost. */
  mayBeResurrected(): boolean;
  /** Starts the program of a session again whose last screen is shown; a shell where it was lost. */
  restart(): Promise<void>;
  /** Viewing could not begin or broke off; the terminal closes. */
  failed(error: unknown): void;
}

/** The notice of an end does not wait longer for a daemon that is busy or gone. */
const ASK_TIMEOUT_MS = 500;

/** What a VS Code terminal needs to view a terminal of a session. */
export const ptyContext = (link: DaemonLink, notices: Notices, page: PageWatch, shown: Shown): PtyContext => {
  const target = { text: `${shown.session}:${shown.terminal}`, explicit: true };
  const current = (): TerminalInfo | undefined =>
    link.get(shown.session)?.terminals.find(({ id }) => id === shown.terminal);
  const mayBeResurrected = (): boolean => link.get(shown.session)?.resurrect !== 'never';
  return {
    readOnly: shown.readOnly,
    isTask: shown.task !== undefined,
    pageAnswers: () => page.answered,
    connected: () => link.connect(),
    runningSize: () => {
      const terminal = current();
      return terminal?.state === 'running' ? { cols: terminal.cols, rows: terminal.rows } : undefined;
    },
    attach: (size, room) => link.attach({ ...attachOptions(shown, size), room, target }),
    usedRows: () => Promise.race([usedRows(link, target), delay(ASK_TIMEOUT_MS, undefined, { ref: false })]),
    restart: async () => {
      requireTrust();
      // What is known may be 100 ms old.
      await link.refresh();
      const isLost = current()?.state === 'lost' && mayBeResurrected();
      await link.call(isLost ? SessionResurrect.type : SessionRestart.type, { target });
    },
    current,
    mayBeResurrected,
    onDidChange: link.onDidChangeSessions,
    failed: (error) => {
      // Removed while its tab was opening: that the tab closes says so, and to whoever removed it nothing is news.
      if (!isGone(error)) {
        notices.error(error);
      }
    },
  };
};

const isGone = (error: unknown): boolean => {
  const { code } = HoldfastError.from(error);
  return code === 'SESSION_NOT_FOUND' || code === 'TERMINAL_NOT_FOUND';
};

const usedRows = async (link: DaemonLink, target: Target): Promise<number | undefined> => {
  try {
    const { lines, cursor } = await link.call(TerminalSnapshot.type, { target });
    return (
      Math.max(
        lines.findLastIndex((line) => line !== ''),
        cursor.row,
      ) + 1
    );
  } catch {
    // No daemon at the moment, or no such terminal any more.
    return undefined;
  }
};

const attachOptions = (shown: Shown, size: Size | undefined): Omit<AttachOptions, 'target'> => ({
  mode: shown.readOnly ? 'read-only' : 'interactive',
  flow: 'manual',
  sizing: readSetting('holdfast.terminalSize'),
  ...(size === undefined ? {} : { size }),
  ...history(),
});

/** More rows than the terminal keeps would be written only to be dropped. */
const history = (): Pick<AttachOptions, 'history'> => {
  const rows =
    readSetting('holdfast.scrollback') ??
    workspace.getConfiguration().get<number>('terminal.integrated.scrollback');
  return rows === undefined ? {} : { history: rows };
};
