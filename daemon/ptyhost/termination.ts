/**
 * How near to each other the signal and the daemon's leaving must be to mean the same thing: when a machine or a
 * login session ends, both processes are signalled at once, and a daemon flushes its store before it leaves.
 */
const TOGETHER_MS = 10_000;

export interface TerminationOptions {
  readonly isRunningAny: () => boolean;
  /** The daemon has left and said that no other is to be started. */
  readonly isStopped: () => boolean;
  /** Leaves: nothing runs here. */
  readonly leave: () => void;
  /** Hangs up every program, and kills what is left after a while; this process leaves with the last one. */
  readonly endAll: () => void;
  readonly log: (message: string) => void;
}

/**
 * What SIGTERM means to a PTY host. Alone, while programs run, nothing: a stray `kill` must not end what nobody
 * asked to end. Together with its daemon's leaving it is a logout or a shutdown, and the programs are hung up, as
 * they would be in a terminal; ignoring it would hold the machine up until SIGKILL.
 */
export class Termination {
  private _toldAt: number | undefined;

  public constructor(private readonly _options: TerminationOptions) {}

  /** SIGTERM has arrived. */
  public signalled(): void {
    const { isRunningAny, isStopped, leave, log } = this._options;
    if (!isRunningAny()) {
      leave();
      return;
    }
    this._toldAt = performance.now();
    if (!isStopped()) {
      log('SIGTERM: stays, for programs run here and the daemon has not left; SIGKILL would end them');
    }
    this.look();
  }

  /** The daemon has registered or left. */
  public look(): void {
    const { isRunningAny, isStopped, endAll, log } = this._options;
    const isTold = this._toldAt !== undefined && performance.now() - this._toldAt < TOGETHER_MS;
    if (isTold && isStopped() && isRunningAny()) {
      this._toldAt = undefined;
      log('SIGTERM, and the daemon has left: the programs are hung up');
      endAll();
    }
  }
}
