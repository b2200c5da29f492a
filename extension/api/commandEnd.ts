import { l10n } from 'vscode';
import type { Connection } from '../../daemon/client';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { HoldfastEvent } from '../../daemon/protocol/events';
import { HistoryList } from '../../daemon/protocol/history';
import type { TerminalId } from '../../daemon/protocol/ids';
import type { Target } from '../../daemon/protocol/sessions';
import type { CommandResult } from './holdfast';

/** What the shell tells of a command that has ended. */
export type Ended = Pick<CommandResult, 'exitCode' | 'cwd' | 'startedAt' | 'durationMs'>;

/** How many of the newest commands are looked through after a daemon was replaced. */
const LOOK_BACK = 20;

/** Waits for the end of the next command of a terminal's shell, also across daemons. */
export class CommandEnd extends Disposable {
  /** Rejects with SESSION_EXITED when the shell ends first. */
  public readonly ended: Promise<Ended>;
  private _settle: { resolve(ended: Ended): void; reject(error: Error): void } | undefined;
  private _command: string | undefined;
  private _expectedAt = 0;
  private _hasStarted = false;

  public constructor(
    private readonly _connection: Connection,
    private readonly _terminal: TerminalId,
    private readonly _target: Target,
  ) {
    super();
    this.ended = new Promise((resolve, reject) => {
      this._settle = { resolve, reject };
    });
    // Who gives up before does not wait for it.
    this.ended.catch(() => undefined);
    this._register(_connection.onEvent((event) => this._happened(event)));
    this._register(
      _connection.onDidChangeState((state) => {
        if (state === 'connected') {
          // It may have ended while nobody told.
          this._look().catch(() => undefined);
        }
      }),
    );
  }

  /** The next command that begins is the one. */
  public expect(command: string): void {
    this._command = command;
    this._expectedAt = Date.now();
  }

  private _happened({ event, terminal, exitCode, details }: HoldfastEvent): void {
    if (terminal !== this._terminal || this._command === undefined) {
      return;
    }
    switch (event) {
      case 'command-started':
        this._hasStarted = true;
        return;
      case 'command-finished':
        if (this._hasStarted) {
          this._settle?.resolve({
            exitCode: exitCode ?? null,
            cwd: textOf(details?.['cwd']),
            startedAt: numberOf(details?.['startedAt']) ?? this._expectedAt,
            durationMs: numberOf(details?.['durationMs']),
          });
        }
        return;
      case 'terminal-exited':
      case 'terminal-lost':
        this._settle?.reject(
          new HoldfastError(
            'SESSION_EXITED',
            l10n.t('the shell has ended before it told how the command did'),
            l10n.t('Start it again, or create another session.'),
          ),
        );
        return;
      default:
    }
  }

  private async _look(): Promise<void> {
    const { commands } = await this._connection.call(HistoryList.type, {
      target: this._target,
      limit: LOOK_BACK,
    });
    const found = commands.find(
      ({ command, startedAt }) => command === this._command && startedAt >= this._expectedAt,
    );
    if (found?.running === false) {
      this._settle?.resolve(found);
    } else if (found !== undefined) {
      this._hasStarted = true;
    }
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);
