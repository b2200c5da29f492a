import { EventEmitter, l10n, type Pseudoterminal } from 'vscode';
import type { HoldfastError } from '../../daemon/protocol/errors';
import { plainText } from '../tree/plainText';

/** Characters of a message that are shown: it may name what programs and people wrote. */
const SHOWN = 1000;
/** The exit code of what could not be run (POSIX.1 XCU 2.8.2). */
const NOT_RUN = 126;

/** The terminal of a task that could not be run: it says why, and what can be done. */
export class FailedTask implements Pseudoterminal {
  private readonly _onDidWrite = new EventEmitter<string>();
  public readonly onDidWrite = this._onDidWrite.event;
  private readonly _onDidClose = new EventEmitter<number>();
  public readonly onDidClose = this._onDidClose.event;

  public constructor(private readonly _error: HoldfastError) {}

  public open(): void {
    const { message, suggestion } = this._error;
    const text = l10n.t('The task could not be run: {0}', plainText(message, SHOWN));
    this._onDidWrite.fire(`\x1b[1m * \x1b[0m ${text}\r\n    ${plainText(suggestion, SHOWN)}\r\n`);
    this._onDidClose.fire(NOT_RUN);
  }

  public close(): void {
    this._onDidWrite.dispose();
    this._onDidClose.dispose();
  }
}
