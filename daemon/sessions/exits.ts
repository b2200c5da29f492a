import type { HostLink } from '../hosts/hostLink';
import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import { processState } from '../platform/processIdentity';
import { HoldfastError } from '../protocol/errors';
import type { HoldfastEvent } from '../protocol/events';
import { type HostExit, type HostExited, HostForget } from '../protocol/host';
import type { TerminalId } from '../protocol/ids';
import type { SessionRow, TerminalRow } from '../store/rows';
import type { StoreWriter } from '../store/store';
import { mendJournal, readJournalEnd } from './journals';
import type { End } from './knownEnds';
import type { Parts } from './parts';
import { signalName } from './signals';

/** The last screen of an ended program is worth waiting for, but not for ever. */
const FINISH_TIMEOUT_MS = 5000;
/** A full disk takes the end of a program later. */
const STORE_RETRY_MS = 2000;

interface Owed {
  readonly pay: () => Promise<void>;
  readonly timer: NodeJS.Timeout;
}

/** Turns the end of programs and of PTY hosts into what the store and the clients know. */
export class Exits extends Disposable {
  private readonly _onDidLose = this._register(new Emitter<void>());
  /** A terminal is stored as lost. */
  public readonly onDidLose = this._onDidLose.event;
  /** What a full disk has not taken yet. */
  private readonly _owed = new Map<TerminalId, Owed>();

  public constructor(private readonly _parts: Parts) {
    super();
  }

  /** A PTY host says that a program ended: its screen is completed, then the end is stored and acknowledged. */
  public async programExited(host: HostLink, { terminal, exit, head }: HostExited.Params): Promise<void> {
    await bounded(this._parts.screens.finish(terminal, { atLeast: head }), FINISH_TIMEOUT_MS);
    await this._payNowOrLater(terminal, async () => {
      await this._storeEnd(terminal, exited(exit), exitedEvent(exit));
      await this._acknowledge(host, terminal);
    });
  }

  /**
   * A program whose PTY host is known to be dead, or no longer knows it: exited when the journal says so,
   * else lost.
   */
  public async hostGone(row: TerminalRow): Promise<void> {
    const { catalog, settings, screens } = this._parts;
    mendJournal(this._parts, row.id);
    const end = readJournalEnd(settings.dataDir, row.id);
    // The rest of the journal is read when somebody looks.
    await bounded(screens.finish(row.id), FINISH_TIMEOUT_MS);
    const exit = end?.exit;
    if (exit !== undefined) {
      await this._payNowOrLater(row.id, () => this._storeEnd(row.id, exited(exit), exitedEvent(exit)));
      return;
    }
    catalog.setLive(row.id, { reachable: false, couldNotComeBack: false });
    const lost: End = { state: 'lost', exitCode: null, signal: null, exitedAt: Date.now() };
    await this._payNowOrLater(row.id, async () => {
      await this._storeEnd(row.id, lost, lostEvent);
      this._onDidLose.fire();
    });
  }

  /** Brings to the disk what is known of a terminal's end, before anything else begins in it. @throws STORE_ERROR */
  public async settled(terminal: TerminalId): Promise<void> {
    const owed = this._owed.get(terminal);
    if (owed !== undefined) {
      await owed.pay();
      this._forget(terminal);
    }
  }

  public override dispose(): void {
    for (const terminal of this._owed.keys()) {
      this._forget(terminal);
    }
    super.dispose();
  }

  /** Says once what the disk refuses, and tries again until it takes it. */
  private async _payNowOrLater(terminal: TerminalId, pay: Owed['pay']): Promise<void> {
    try {
      await pay();
      this._forget(terminal);
    } catch (error) {
      if (!this._owed.has(terminal)) {
        this._parts.report(`storing the end of ${terminal}`, error);
      }
      this._forget(terminal);
      if (!this._isDisposed) {
        const timer = setTimeout(() => void this._payNowOrLater(terminal, pay), STORE_RETRY_MS);
        this._owed.set(terminal, { pay, timer });
      }
    }
  }

  private _forget(terminal: TerminalId): void {
    clearTimeout(this._owed.get(terminal)?.timer);
    this._owed.delete(terminal);
  }

  /** Stores how a program ended, once. What the disk does not take is seen all the same. @throws STORE_ERROR */
  private async _storeEnd(terminal: TerminalId, end: End, event: EndEvent): Promise<void> {
    const { catalog } = this._parts;
    catalog.setLive(terminal, { viewers: [], foreground: null });
    try {
      await catalog.change((writer) => {
        const row = writer.terminal(terminal);
        // An exit is known better than a loss.
        if (row?.state === 'running' || (row?.state === 'lost' && end.state === 'exited')) {
          writer.putTerminal({ ...row, ...end });
          event(writer, row, writer.session(row.session));
        }
      });
    } catch (error) {
      catalog.noteEnd(terminal, end);
      throw error;
    }
  }

  /** @throws STORE_ERROR while there is output that the disk does not take */
  private async _acknowledge(host: HostLink, terminal: TerminalId): Promise<void> {
    const isRemoved = this._parts.catalog.terminal(terminal) === undefined;
    try {
      await host.call(HostForget.type, { terminal, ...(isRemoved ? { isRemoved } : {}) });
    } catch (error) {
      if (HoldfastError.from(error).code === 'STORE_ERROR') {
        throw error;
      }
      this._parts.report(`acknowledging the end of ${terminal}`, error);
    }
  }

  /** Whether it is certain that a terminal's program no longer runs. */
  public isProcessDead(row: TerminalRow): boolean {
    return row.pid !== null && processState(row.pid, row.startTime) === 'dead';
  }

  /** Resolves when the terminal is stored as ended. False at the deadline. */
  public async untilEnded(terminal: TerminalId, timeoutMs: number): Promise<boolean> {
    const { catalog } = this._parts;
    const hasEnded = (): boolean => catalog.terminal(terminal)?.state !== 'running';
    if (hasEnded()) {
      return true;
    }
    return new Promise((resolve) => {
      const settle = (ended: boolean): void => {
        clearTimeout(timer);
        subscription.dispose();
        resolve(ended);
      };
      const timer = setTimeout(() => settle(hasEnded()), timeoutMs);
      const subscription = catalog.onDidChange(() => {
        if (hasEnded()) {
          settle(true);
        }
      });
    });
  }
}

/** Writes down what happened, for whoever reads the events. */
type EndEvent = (writer: StoreWriter, row: TerminalRow, session: SessionRow | undefined) => void;

const exited = ({ exitCode, signal, at }: HostExit): End => ({
  state: 'exited',
  // What a signal ended has no status of its own: node-pty reports 0 then, which would read as success.
  exitCode: signal === 0 ? exitCode : null,
  signal: signal === 0 ? null : signalName(signal),
  exitedAt: at,
});

const exitedEvent =
  (exit: HostExit): EndEvent =>
  (writer, row, session) => {
    const { exitCode, signal } = exited(exit);
    writer.addEvent({ ...happened('terminal-exited', row, session), exitCode, signal });
  };

const lostEvent: EndEvent = (writer, row, session) => {
  if (session?.lossAnswered === true) {
    writer.putSession({ ...session, lossAnswered: false });
  }
  writer.addEvent(happened('terminal-lost', row, session));
};

const happened = (
  event: HoldfastEvent['event'],
  { id: terminal, session: of }: TerminalRow,
  session: SessionRow | undefined,
): HoldfastEvent => ({ time: Date.now(), event, session: of, terminal, ...nameOf(session) });

const nameOf = (session: { readonly name: string } | undefined): { readonly name?: string } =>
  session === undefined ? {} : { name: session.name };

const bounded = async (work: Promise<unknown>, timeoutMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeoutMs);
  });
  // A mirror that failed is rebuilt from keyframe and journal when somebody looks.
  await Promise.race([work.catch(() => undefined), timeout]);
  clearTimeout(timer);
};
