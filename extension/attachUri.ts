import { homedir } from 'node:os';
import { commands, l10n, type Uri, type UriHandler, window } from 'vscode';
import { HoldfastError } from '../daemon/protocol/errors';
import type { SessionInfo } from '../daemon/protocol/model';
import { isName } from '../daemon/protocol/names';
import type { Target } from './commands/targets';
import { toShown } from './commands/view';
import { Command } from './contributions';
import type { Services } from './services';
import { noticeText, plainText, shortFolder } from './tree/plainText';
import { mainTerminal } from './tree/treeModel';

/** What a link may ask for, and all that it may. */
const ATTACH_PATH = '/attach';

/**
 * Links as `vscode://holdfast.holdfast/attach?session=NAME`: shows a session once its user has said yes. Whoever makes
 * a link is a stranger, so that nothing is started, typed or ended by one, not even a daemon.
 */
export class AttachUri implements UriHandler {
  public constructor(private readonly _services: Pick<Services, 'link' | 'open' | 'notices'>) {}

  public async handleUri(uri: Uri): Promise<void> {
    try {
      await this._attach(wantedSession(uri));
    } catch (error) {
      this._services.notices.error(error);
    }
  }

  private async _attach(name: string): Promise<void> {
    const { link, open } = this._services;
    await link.listen();
    if (link.state === 'connected') {
      await link.refresh();
    }
    const session = link.all().find((candidate) => candidate.name === name || candidate.id === name);
    if (session === undefined) {
      await this._tellUnknown(name);
      return;
    }
    const target: Target = { session, terminal: undefined };
    const shown = toShown(target, false);
    if (shown !== undefined && (await isWanted(session))) {
      await open.show(shown, { focus: 'terminal' });
    }
  }

  private async _tellUnknown(name: string): Promise<void> {
    const choose = l10n.t('Show Sessions');
    const text = l10n.t(
      'A link asks for the session {0}, which is not there. It may be on another machine, or removed.',
      name,
    );
    const chosen = await window.showWarningMessage(noticeText(text), choose);
    if (chosen === choose) {
      await commands.executeCommand(Command.SHOW_SESSIONS);
    }
  }
}

/** @throws HoldfastError INVALID_INPUT */
const wantedSession = ({ path, query }: Uri): string => {
  const asked = new URLSearchParams(query);
  const name = asked.get('session') ?? '';
  if (path !== ATTACH_PATH || [...asked].length !== 1 || !isName(name)) {
    throw new HoldfastError(
      'INVALID_INPUT',
      l10n.t('a link asks for what no link may ask of Holdfast'),
      l10n.t('Links are of the form {0}.', 'vscode://holdfast.holdfast/attach?session=NAME'),
    );
  }
  return name;
};

const isWanted = async (session: SessionInfo): Promise<boolean> => {
  const attach = l10n.t('Attach');
  const terminal = mainTerminal(session);
  const detail = [
    l10n.t('A link asks for it. What is typed then goes to its program.'),
    ...(terminal === undefined
      ? []
      : [
          l10n.t('Program: {0}', plainText(terminal.command.join(' '))),
          l10n.t('Folder: {0}', shortFolder(terminal.cwd, homedir())),
        ]),
  ].join('\n');
  const question = l10n.t('Attach to the session {0}?', plainText(session.name));
  return (await window.showInformationMessage(question, { modal: true, detail }, attach)) === attach;
};
