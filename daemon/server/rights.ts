import { CAPABILITIES, CAPABILITY_OF, type Capability } from '../protocol/capabilities';
import { HoldfastError } from '../protocol/errors';
import type { TerminalAttach } from '../protocol/terminals';

/** What one connection may do; all, unless its hello asked for less. */
export class Rights {
  private readonly _granted: ReadonlySet<Capability>;

  public constructor(asked: readonly Capability[] = CAPABILITIES) {
    this._granted = new Set(asked);
  }

  /** @throws HoldfastError NOT_PERMITTED, also for a call that the table does not know */
  public demandFor(method: string): void {
    this._demand(Object.hasOwn(CAPABILITY_OF, method) ? CAPABILITY_OF[method] : undefined, method);
  }

  /** What attaching needs beside `observe`. @throws HoldfastError NOT_PERMITTED */
  public demandToAttach({ mode, takeOver }: TerminalAttach.Params): void {
    if (mode === 'interactive') {
      this._demand('input', 'attaching interactively');
    }
    if (takeOver === true) {
      this._demand('manage', 'sending other viewers away');
    }
  }

  private _demand(capability: Capability | undefined, what: string): void {
    if (capability === undefined || !this._granted.has(capability)) {
      throw new HoldfastError(
        'NOT_PERMITTED',
        `${what} needs the capability '${capability ?? 'none there is'}', which this connection did not ask for`,
        'Connect again with more capabilities.',
        { capability },
      );
    }
  }
}
