import type { HostLink } from '../hosts/hostLink';
import { Emitter } from '../lifecycle/event';
import { Disposable } from '../lifecycle/lifecycle';
import { processState } from '../platform/processIdentity';
import { type HostExit, type HostExited, HostForget } from '../protocol/host';
import type { TerminalId } from '../protocol/ids';
import type { TerminalRow } from '../store/rows';
import { readJournalEnd } from './journals';
import type { Parts } from './parts';
import { signalName } from './signals';

/** The last screen of an ended program is worth waiting for, but not for ever. */
const FINISH_TIMEOUT_MS = 5000;
/** A full disk takes the end of a program later. */
const STORE_RETRY_MS = 2000;

/** Turns the end of programs and of PTY hosts into what the store and the clients know. */
export class Exits extends Disposable {
  private readonly _onDidLose = this._register(new Emitter<void>());
  /** A terminal is stored as lost. */
  public readonly onDidLose = this._onDidLose.event;
  private readonly _retries = new Set<NodeJS.Timeout>();

  public constructor(private readonly _parts: Parts) {
    super();
  }

  /** A PTY host says that a program ended: its screen is completed, then the end is stored and acknowledged. */
  public async programExited(host: HostLink, { terminal, exit, head }: HostExited.Params): Promise<void> {
    const { screens, report } = this._parts;
    await bounded(screens.finish(terminal, { atLeast: head }), FINISH_TIMEOUT_MS);
    try {
      await this.store(terminal, exit);
    } catch (error) {
      report(`storing the end of ${terminal}`, error);
      this._retryLater(host, { terminal, exit, head });
      return;
    }
    await host
      .call(HostForget.type, { terminal })
      .catch((error: unknown) => report(`acknowledging the end of ${terminal}`, error));
  }

  public override dispose(): void {
    for (const timer of this._retries) {
      clearTimeout(timer);
    }
    super.dispose();
  }

  private _retryLater(host: HostLink, exited: HostExited.Params): void {
    const timer = setTimeout(() => {
      this._retries.delete(timer);
      // It reports by itself, and tries again.
      void this.programExited(host, exited);
    }, STORE_RETRY_MS);
    this._retries.add(timer);
  }

  /** Stores how a program ended. */
  public async store(terminal: TerminalId, exit: HostExit): Promise<void> {
    const { catalog } = this._parts;
    const signal = exit.signal === 0 ? null : signalName(exit.signal);
    // What a signal ended has no status of its own: node-pty reports 0 then, which would read as success.
    const exitCode = exit.signal === 0 ? exit.exitCode : null;
    catalog.setLive(terminal, { viewers: [], foreground: null });
    await catalog.changeTerminal(
      terminal,
      (row) => ({ ...row, state: 'exited', exitCode, signal, exitedAt: exit.at }),
      (writer, row) =>
        writer.addEvent({
          time: Date.now(),
          event: 'terminal-exited',
          session: row.session,
          terminal,
          ...nameOf(writer.session(row.session)),
          exitCode,
          signal,
        }),
    );
  }

  /**
   * A program whose PTY host is known to be dead, or no longer knows it: exited when the journal says so,
   * else lost.
   */
  public async hostGone(row: TerminalRow): Promise<void> {
    const { catalog, settings, screens } = this._parts;
    const end = readJournalEnd(settings.dataDir, row.id);
    // The rest of the journal is read when somebody looks.
    await bounded(screens.finish(row.id), FINISH_TIMEOUT_MS);
    if (end?.exit !== undefined) {
      await this.store(row.id, end.exit);
      return;
    }
    catalog.setLive(row.id, { viewers: [], foreground: null, reachable: false, couldNotComeBack: false });
    await catalog.changeTerminal(
      row.id,
      (current) => ({ ...current, state: 'lost', exitedAt: Date.now() }),
      (writer) => {
        const session = writer.session(row.session);
        if (session?.lossAnswered === true) {
          writer.putSession({ ...session, lossAnswered: false });
        }
        writer.addEvent({
          time: Date.now(),
          event: 'terminal-lost',
          session: row.session,
          terminal: row.id,
          ...nameOf(session),
        });
      },
    );
    this._onDidLose.fire();
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
