import { commands, type LogOutputChannel, l10n, window } from 'vscode';
import { HoldfastError } from '../daemon/protocol/errors';
import { Command } from './contributions';
import { noticeText, plainText } from './tree/plainText';

/** Characters of a message that are logged: it may name what programs and people wrote. */
const LOGGED = 2000;

/** Shows what went wrong, once, with what can be done about it. */
export class Notices {
  public constructor(private readonly _log: LogOutputChannel) {}

  public error(thrown: unknown): void {
    const error = HoldfastError.from(thrown);
    this._log.error(
      `${error.code}: ${plainText(error.message, LOGGED)}`,
      ...(error.code === 'INTERNAL_ERROR' ? [thrown] : []),
    );
    void this._show(error);
  }

  private async _show(error: HoldfastError): Promise<void> {
    const showLog = l10n.t('Show Log');
    const restart = l10n.t('Restart Daemon');
    const isDaemon = error.code === 'DAEMON_UNAVAILABLE' || error.code === 'PROTOCOL_MISMATCH';
    const text = noticeText(l10n.t('{0}. {1}', capitalised(error.message), error.suggestion));
    const chosen = await window.showErrorMessage(text, ...(isDaemon ? [restart, showLog] : [showLog]));
    if (chosen === showLog) {
      await commands.executeCommand(Command.SHOW_LOG);
    } else if (chosen === restart) {
      await commands.executeCommand(Command.RESTART_DAEMON);
    }
  }
}

/** Messages of the protocol begin small and end without a full stop, for the command line. */
const capitalised = (message: string): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}`.replace(/\.$/, '');
