import { ThemeProbe } from '../../client/themeProbe';
import type { IDisposable } from '../../lifecycle/lifecycle';
import type { ThemeColors } from '../../protocol/terminals';

/**
 * Over a slow connection the answers come so long after the question; whoever leaves before waits for them. Only one
 * that answers nothing at all, as a script's, makes a hasty leave wait in vain. How far away a terminal is can't be told
 * from here (sudo, a multiplexer, an editor's window on another machine), and a late answer is typed into the shell.
 */
const SLOW_ANSWER_MS = 2000;
/** Whoever leaves later than that waits so long for an even slower one. */
const LAST_WAIT_MS = 1000;

/** What the terminal this process runs in sends: keys for whoever listens, and the colours it was asked for. */
export class OuterInput implements IDisposable {
  private readonly _probe: ThemeProbe;
  private readonly _askedAt = performance.now();
  private _listener: ((keys: Buffer) => void) | undefined;
  private _onOver: (() => void) | undefined;

  /** @param told called once, should the terminal tell its colours */
  public constructor(told: (colors: ThemeColors) => void) {
    this._probe = new ThemeProbe({
      send: (keys) => this._listener?.(keys),
      told,
      over: () => this._onOver?.(),
    });
  }

  /** What asks for them. */
  public get question(): Buffer {
    return Buffer.from(ThemeProbe.question);
  }

  public push(data: Buffer): void {
    this._probe.push(data);
  }

  /** @returns what stops listening */
  public listen(listener: (keys: Buffer) => void): () => void {
    this._listener = listener;
    return () => {
      this._listener = undefined;
    };
  }

  /**
   * Resolves once the last answer has come, which a shell must not find in its input, or can't be waited for any
   * longer. What is typed before the last answer is lost with them: there is no way to push it back into a terminal.
   */
  public answered(): Promise<void> {
    if (!this._probe.isWaiting) {
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const left = SLOW_ANSWER_MS - (performance.now() - this._askedAt);
      const timer = setTimeout(() => this._onOver?.(), Math.max(left, LAST_WAIT_MS));
      this._onOver = () => {
        clearTimeout(timer);
        this._onOver = undefined;
        resolve();
      };
    });
  }

  /** Nothing comes any more. */
  public dispose(): void {
    this._listener = undefined;
    this._probe.dispose();
    this._onOver?.();
  }
}
