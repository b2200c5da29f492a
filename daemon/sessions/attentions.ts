import { Disposable } from '../lifecycle/lifecycle';
import type { SessionClaimNotice, TerminalWatch } from '../protocol/attention';
import type { HoldfastEvent } from '../protocol/events';
import type { SessionId, TerminalId } from '../protocol/ids';
import type { Attention, AttentionReason, Waiting } from '../protocol/model';
import type { Parts } from './parts';

/** Nobody has looked away from a shorter command. What is long to a person is each client's to say. */
export const LEAST_COMMAND_MS = 1000;

/** How a program ends that has gone wrong: the rest are signals that people and systems send to end something. */
const FAULTS = new Set([
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGQUIT',
  'SIGSEGV',
  'SIGSYS',
  'SIGTRAP',
  'SIGXCPU',
]);

/**
 * Why somebody should look at a terminal, until somebody has: in memory only, and each reason once, however often it comes. Nothing
 * is pending where somebody looks already.
 */
export class Attentions extends Disposable {
  /** What clients show to somebody who looks at it. */
  private readonly _watched = new Map<object, TerminalId>();
  /** Somebody has been notified of these, and has not looked since. */
  private readonly _notified = new Map<SessionId, Set<AttentionReason>>();
  /** Somebody looked at them when their programs ended. */
  private readonly _endSeen = new Set<TerminalId>();
  /** Of programs that have ended. What rings at once may be heard before it is told that it has started. */
  private readonly _ofEnded = new WeakSet<Attention>();

  public constructor(private readonly _parts: Parts) {
    super();
    const { screens, hosts, catalog } = _parts;
    this._register(
      screens.onBell((terminal) => this._raise(terminal, { reason: 'bell', since: Date.now() })),
    );
    this._register(catalog.onDidHappen((event) => this._happened(event)));
    this._register(hosts.onWaitingChanged(({ terminal, waiting }) => this._waits(terminal, waiting)));
    this._register(
      hosts.onConnected(({ status }) => {
        for (const { id, exit, waiting } of status.terminals) {
          if (exit === null) {
            this._waits(id, waiting);
          }
        }
      }),
    );
    this._register(hosts.onAttended(({ terminal }) => this._seen(terminal)));
    this._register(
      hosts.onViewersChanged(({ terminal, viewers }) => {
        if (viewers.some(isInAShell)) {
          this._seen(terminal);
        }
      }),
    );
    this._register(
      hosts.onExited(({ exited: { terminal } }) => {
        // Viewers leave with the program, before its end is stored.
        if (this._isWatched(terminal)) {
          this._endSeen.add(terminal);
        }
      }),
    );
    this._register(catalog.onDidRemove((session) => this._notified.delete(session)));
  }

  /** @param client until it says otherwise, or has left */
  public watch(client: object, terminal: TerminalWatch.Params['terminal']): TerminalWatch.Result {
    if (terminal === null) {
      this._watched.delete(client);
    } else {
      this._watched.set(client, terminal);
      this._seen(terminal);
    }
    return {};
  }

  /** A client is gone. */
  public left(client: object): void {
    this._watched.delete(client);
  }

  public claimNotice({ session, reason }: SessionClaimNotice.Params): SessionClaimNotice.Result {
    const { catalog } = this._parts;
    const isPending = catalog
      .terminalsOf(session)
      .some(({ id }) => catalog.live(id).attention.some((attention) => attention.reason === reason));
    const notified = this._notified.get(session) ?? new Set();
    if (!isPending || notified.has(reason) || catalog.session(session)?.quiet !== false) {
      return { granted: false };
    }
    this._notified.set(session, notified.add(reason));
    return { granted: true };
  }

  private _happened({ event, terminal, exitCode = null, signal = null, details }: HoldfastEvent): void {
    if (terminal === undefined) {
      return;
    }
    if (event === 'terminal-started') {
      this._beganAgain(terminal);
    } else if (event === 'terminal-exited') {
      this._withdraw(terminal, ['input', 'password']);
      const isSeen = this._endSeen.delete(terminal) || this._parts.catalog.live(terminal).isEnding;
      if (!isSeen && (signal === null ? exitCode !== 0 : FAULTS.has(signal))) {
        this._raise(terminal, { reason: 'failed', since: Date.now(), exitCode, signal });
      }
      this._ended(terminal);
    } else if (event === 'terminal-lost') {
      this._withdraw(terminal, ['input', 'password']);
      this._ended(terminal);
    } else if (event === 'command-finished') {
      const { command, durationMs } = details ?? {};
      if (typeof durationMs === 'number') {
        this._finished(terminal, {
          reason: 'command-finished',
          since: Date.now(),
          command: typeof command === 'string' ? command : null,
          durationMs,
          exitCode,
        });
      }
    }
  }

  private _ended(terminal: TerminalId): void {
    for (const attention of this._parts.catalog.live(terminal).attention) {
      this._ofEnded.add(attention);
    }
  }

  /** Another program runs there: what the one before wanted is over. */
  private _beganAgain(terminal: TerminalId): void {
    const { catalog } = this._parts;
    const row = catalog.terminal(terminal);
    const { attention } = catalog.live(terminal);
    const left = attention.filter((pending) => !this._ofEnded.has(pending));
    if (left.length < attention.length) {
      catalog.setLive(terminal, { attention: left });
      if (row !== undefined) {
        this._notified.delete(row.session);
      }
    }
  }

  /** Of several that nobody has seen, the longest: who minds commands of a minute is not told of one of a second in its place. */
  private _finished(terminal: TerminalId, finished: Attention & { readonly durationMs: number }): void {
    const { attention } = this._parts.catalog.live(terminal);
    const before = attention.find(({ reason }) => reason === finished.reason);
    if (finished.durationMs >= (before?.durationMs ?? LEAST_COMMAND_MS)) {
      this._withdraw(terminal, [finished.reason]);
      this._raise(terminal, finished);
    }
  }

  private _waits(terminal: TerminalId, waiting: Waiting | null | undefined): void {
    this._parts.catalog.setLive(terminal, { waiting });
    this._withdraw(
      terminal,
      (['input', 'password'] as const).filter((reason) => reason !== waiting),
    );
    if (typeof waiting === 'string') {
      this._raise(terminal, { reason: waiting, since: Date.now() });
    }
  }

  /** A reason that is pending already is no news. */
  private _raise(terminal: TerminalId, raised: Attention): void {
    const { catalog } = this._parts;
    const row = catalog.terminal(terminal);
    const { attention } = catalog.live(terminal);
    const isPending = attention.some(({ reason }) => reason === raised.reason);
    if (row === undefined || isPending || this._isWatched(terminal)) {
      return;
    }
    catalog.setLive(terminal, { attention: [...attention, raised] });
    const name = catalog.session(row.session)?.name;
    catalog.announce({
      time: raised.since,
      event: 'attention',
      session: row.session,
      terminal,
      ...(name === undefined ? {} : { name }),
      details: { ...raised },
    });
  }

  /** They are not true any more. */
  private _withdraw(terminal: TerminalId, reasons: readonly AttentionReason[]): void {
    const { catalog } = this._parts;
    const { attention } = catalog.live(terminal);
    const left = attention.filter(({ reason }) => !reasons.includes(reason));
    if (left.length < attention.length) {
      catalog.setLive(terminal, { attention: left });
    }
  }

  /** Somebody has looked. */
  private _seen(terminal: TerminalId): void {
    const { catalog } = this._parts;
    const row = catalog.terminal(terminal);
    if (catalog.live(terminal).attention.length > 0) {
      catalog.setLive(terminal, { attention: [] });
    }
    if (row !== undefined) {
      this._notified.delete(row.session);
    }
  }

  /** An `attach` in a shell has the whole of its terminal: who has typed there last is taken to look. */
  private _isWatched(terminal: TerminalId): boolean {
    return (
      [...this._watched.values()].includes(terminal) ||
      this._parts.catalog.live(terminal).viewers.some(isInAShell)
    );
  }
}

const isInAShell = ({ client, active }: { readonly client: string; readonly active: boolean }): boolean =>
  client === 'cli' && active;
