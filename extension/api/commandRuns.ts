import { l10n } from 'vscode';
import { Connection } from '../../daemon/client';
import { DisposableStore, type IDisposable } from '../../daemon/lifecycle/lifecycle';
import { Sequence } from '../../daemon/lifecycle/sequence';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { TerminalId } from '../../daemon/protocol/ids';
import { offset } from '../../daemon/protocol/ids';
import type { SessionInfo, TerminalInfo, TerminalState } from '../../daemon/protocol/model';
import type { Target } from '../../daemon/protocol/sessions';
import { TerminalOutput, TerminalShellNonce, TerminalType } from '../../daemon/protocol/terminals';
import type { DaemonLink } from '../daemonLink';
import type { Services } from '../services';
import { CommandEnd } from './commandEnd';
import { firstCommand } from './commandMarks';
import { Deadline } from './deadline';
import type { CommandResult, RunOptions } from './holdfast';
import { IntegrationUnavailable } from './integrationUnavailable';

/** A shell that has just been started has come to its first prompt by then. */
const FIRST_PROMPT_MS = 5000;
/** An Enter or a Ctrl-C within it would be more than one command line, or none. */
const CONTROL = /\p{Cc}/u;

/** Runs command lines in the shells of sessions, in each shell one after the other. */
export class CommandRuns {
  private readonly _turns = new Map<TerminalId, Sequence>();

  public constructor(private readonly _services: Pick<Services, 'link' | 'connectOptions'>) {}

  /** @throws HoldfastError as HoldfastAPI.run */
  public run(
    session: SessionInfo,
    terminal: TerminalInfo,
    command: string,
    { timeoutMs }: RunOptions,
  ): Promise<CommandResult> {
    if (typeof command !== 'string' || command.trim() === '' || CONTROL.test(command)) {
      throw new HoldfastError(
        'INVALID_INPUT',
        l10n.t('a command is one line of text'),
        l10n.t('Join several by ; or put them into a file.'),
      );
    }
    const turns = this._turns.get(terminal.id) ?? new Sequence();
    this._turns.set(terminal.id, turns);
    const waiting = new Waiting(
      timeoutMs,
      l10n.t("'{0}' waits for its turn in '{1}'", command, session.name),
    );
    const done = turns.run(async () => {
      await this._untilPrompt(session, terminal, waiting);
      waiting.what = l10n.t("'{0}' still runs in '{1}'", command, session.name);
      const target = { text: `${session.id}:${terminal.id}`, explicit: true };
      return this._run(target, terminal.id, command, waiting);
    });
    // Others may have their turn for longer.
    return waiting.for(done);
  }

  private async _untilPrompt(session: SessionInfo, terminal: TerminalInfo, waiting: Waiting): Promise<void> {
    const { link } = this._services;
    const patience = new Deadline(FIRST_PROMPT_MS);
    for (;;) {
      // What arrives by itself is up to 100 ms old: by then the shell may run something.
      await link.refresh();
      const now = link.get(session.id)?.terminals.find(({ id }) => id === terminal.id);
      if (now?.state !== 'running') {
        throw notRunning(session.name, now?.state);
      }
      const isIntegrated = now.integration === 'active';
      if (isIntegrated && (now.currentCommand ?? null) === null) {
        return;
      }
      if (!isIntegrated && patience.isOver) {
        throw new IntegrationUnavailable(session.name);
      }
      waiting.what = isIntegrated
        ? l10n.t("the shell of '{0}' still runs '{1}'", session.name, now.currentCommand?.command ?? '…')
        : l10n.t("the shell of '{0}' has not come to its prompt", session.name);
      const change = nextChange(link);
      try {
        await waiting.for(isIntegrated ? change.happened : patience.within(change.happened));
      } finally {
        change.dispose();
      }
    }
  }

  private async _run(
    target: Target,
    terminal: TerminalId,
    command: string,
    waiting: Waiting,
  ): Promise<CommandResult> {
    // Of its own: the window's connection is told of no events, and most windows never run anything so.
    const connection = await Connection.open({ ...this._services.connectOptions, start: 'never' });
    const end = new CommandEnd(connection, terminal, target);
    try {
      await connection.subscribe({ events: true });
      const { nonce } = await connection.call(TerminalShellNonce.type, { target });
      const { offset: since } = await connection.call(TerminalOutput.type, { target, tail: 0 });
      end.expect(command);
      await connection.call(TerminalType.type, { target, text: command, paste: true, enter: true });
      const { exitCode, cwd, startedAt, durationMs } = await waiting.for(end.ended);
      const raw = await connection.call(TerminalOutput.type, { target, since, ansi: true });
      const span = firstCommand(Buffer.from(raw.text, 'base64').toString('latin1'), nonce ?? '');
      const { text } = await connection.call(TerminalOutput.type, {
        target,
        since: offset(raw.from + (span?.from ?? 0)),
        until: offset(raw.from + (span?.to ?? 0)),
      });
      return { command, exitCode, output: text, truncated: raw.truncated, cwd, startedAt, durationMs };
    } finally {
      end.dispose();
      connection.dispose();
    }
  }
}

/** Waits until a deadline, and knows what for. */
class Waiting {
  private readonly _deadline: Deadline;

  /** @param what for people */
  public constructor(
    timeoutMs: number | undefined,
    public what: string,
  ) {
    this._deadline = new Deadline(timeoutMs);
  }

  /** @throws HoldfastError TIMEOUT */
  public for<T>(promise: Promise<T>): Promise<T> {
    return this._deadline.wait(
      promise,
      () => new HoldfastError('TIMEOUT', this.what, l10n.t('Wait for longer, or look at the session.')),
    );
  }
}

const nextChange = (link: DaemonLink): IDisposable & { readonly happened: Promise<void> } => {
  const store = new DisposableStore();
  const happened = new Promise<void>((resolve) => {
    store.add(link.onDidChangeSessions(() => resolve()));
  });
  return { happened, dispose: () => store.dispose() };
};

const notRunning = (name: string, state: TerminalState | undefined): HoldfastError =>
  state === 'unreachable'
    ? new HoldfastError(
        'SESSION_UNREACHABLE',
        l10n.t("the PTY host of '{0}' does not answer", name),
        l10n.t('Its program may be running: wait and try again.'),
      )
    : new HoldfastError(
        'SESSION_EXITED',
        l10n.t("the program in '{0}' is not running", name),
        l10n.t('Start it again, or create another session.'),
      );
