import { workspace } from 'vscode';
import type { AttachOptions } from '../../daemon/client';
import type { Size } from '../../daemon/protocol/model';
import { SessionRestart } from '../../daemon/protocol/sessions';
import type { DaemonLink } from '../daemonLink';
import type { Notices } from '../notices';
import { readSetting } from '../settings';
import { requireTrust } from '../trust';
import type { Shown } from './openTerminals';
import type { PtyContext } from './sessionPty';

/** What a VS Code terminal needs to view a terminal of a session. */
export const ptyContext = (link: DaemonLink, notices: Notices, shown: Shown): PtyContext => {
  const target = { text: `${shown.session}:${shown.terminal}`, explicit: true };
  return {
    readOnly: shown.readOnly,
    attach: (size) => link.attach({ ...attachOptions(shown, size), target }),
    restart: async () => {
      requireTrust();
      await link.call(SessionRestart.type, { target });
    },
    current: () => link.get(shown.session)?.terminals.find(({ id }) => id === shown.terminal),
    onDidChange: link.onDidChangeSessions,
    failed: (error) => notices.error(error),
  };
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
