import type { Connection } from '../../daemon/client/index';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import { type Place, type Screen, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';

/** Nobody may have to wait longer, whatever others send. */
export const PATIENCE_MS = 1000;

export interface Pids {
  readonly daemon: number;
  readonly ptyHost: number | null;
}

/** Then no answer comes at all: that is to be told, and not waited for. */
const SILENCE_MS = 60_000;

/** Another client of the same user, who wants to be served as always. */
export class Witness {
  /** The longest it had to wait, in milliseconds, for the daemon's answer and for the echo of what it typed. */
  public longestCallMs = 0;
  public longestEchoMs = 0;
  private _words = 0;

  private constructor(
    private readonly _connection: Connection,
    private readonly _screen: Screen,
    private readonly _session: string,
    public readonly pids: Pids,
    private readonly _patienceMs: number,
  ) {}

  public static async start(place: Place, patienceMs = PATIENCE_MS): Promise<Witness> {
    const connection = await place.connection();
    const session = await startProgram(connection, 'cat');
    const screen = await place.attach(connection, session);
    return new Witness(connection, screen, session, await pidsOf(connection), patienceMs);
  }

  /** @throws Error when it is served late, wrong, or by others than before */
  public async look(): Promise<void> {
    const word = `word-${++this._words}-`;
    const typed = performance.now();
    this._screen.attachment.write(Buffer.from(`${word}\r`));
    const called = performance.now();
    const pids = await pidsOf(this._connection);
    this.longestCallMs = Math.max(this.longestCallMs, performance.now() - called);
    await poll(() => this._screen.text.includes(word), {
      intervalMs: 2,
      what: `the echo of ${word}`,
      state: () => ({
        end: this._screen.end,
        states: this._screen.states,
        text: this._screen.text.slice(-200),
      }),
    });
    this.longestEchoMs = Math.max(this.longestEchoMs, performance.now() - typed);
    if (pids.daemon !== this.pids.daemon || pids.ptyHost !== this.pids.ptyHost) {
      throw new Error(`served by ${JSON.stringify(pids)}, not any more by ${JSON.stringify(this.pids)}`);
    }
    for (const [what, taken] of [
      ['a call', this.longestCallMs],
      ['an echo', this.longestEchoMs],
    ] as const) {
      if (taken > this._patienceMs) {
        throw new Error(`${what} took ${Math.round(taken)} ms`);
      }
    }
  }

  /** @throws Error when its terminal has not got exactly what it typed */
  public async leave(): Promise<void> {
    const { lines } = await this._connection.call(TerminalSnapshot.type, { target: { text: this._session } });
    const shown = lines.filter((line) => line !== '');
    // The terminal's own echo, and what cat writes.
    const last = `word-${this._words}-`;
    if (shown.length === 0 || shown.some((line) => !/^word-\d+-$/.test(line)) || shown.at(-1) !== last) {
      throw new Error(`its terminal shows ${JSON.stringify(shown)}, which should end with ${last}`);
    }
    this._screen.attachment.detach();
  }
}

const pidsOf = async (connection: Connection): Promise<Pids> => {
  const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {}, { timeoutMs: SILENCE_MS });
  return { daemon: pid, ptyHost: ptyHostPid };
};
