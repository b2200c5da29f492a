import { ThemeProbe } from '../../client/themeProbe';
import type { IDisposable } from '../../lifecycle/lifecycle';
import type { ThemeColors } from '../../protocol/terminals';

/** What the terminal this process runs in sends: keys for whoever listens, and the colours it was asked for. */
export class OuterInput implements IDisposable {
  private readonly _probe: ThemeProbe;
  private _listener: ((keys: Buffer) => void) | undefined;

  /** @param told called once, should the terminal tell its colours */
  public constructor(told: (colors: ThemeColors) => void) {
    this._probe = new ThemeProbe({ send: (keys) => this._listener?.(keys), told });
  }

  /** What asks for them. */
  public get question(): Buffer {
    return Buffer.from(ThemeProbe.question);
  }

  /** Whether answers may be on their way, which a shell must not find in its input. */
  public get expectsAnswers(): boolean {
    return this._probe.isWaiting;
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

  public dispose(): void {
    this._listener = undefined;
    this._probe.dispose();
  }
}
