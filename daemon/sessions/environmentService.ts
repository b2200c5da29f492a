import { environmentOf } from '../platform/processEnvironment';
import { processState } from '../platform/processIdentity';
import type { TerminalEnvironment } from '../protocol/environment';
import type { ClientKind } from '../protocol/hello';
import { programEnvironment } from './environment';
import type { Parts } from './parts';
import { requireRunning } from './reachable';
import type { Starting } from './starting';
import type { Targets } from './targets';

/** Tells what programs were started with, and what they would be started with now. */
export class EnvironmentService {
  public constructor(
    private readonly _parts: Parts,
    private readonly _targets: Targets,
    private readonly _starting: Starting,
  ) {}

  public tell(
    { target, beside }: TerminalEnvironment.Params,
    client: ClientKind,
  ): TerminalEnvironment.Result {
    const { settings } = this._parts;
    const row = requireRunning(this._targets.resolveTerminal(target), this._parts);
    const { pid, startTime } = row;
    const read = pid === null ? undefined : environmentOf(pid);
    // It may have ended just now, and another one have its number.
    const told = pid === null || processState(pid, startTime) === 'dead' ? undefined : read;
    const identity = { ...settings, session: row.session, terminal: row.id, cwd: row.cwd, client };
    return {
      terminal: row.name,
      pid,
      source: told === undefined ? 'start' : 'process',
      environment: told ?? this._starting.program(row).environment,
      ...(beside === undefined
        ? {}
        : {
            beside: this._starting.program({ ...row, environment: programEnvironment(beside, identity) })
              .environment,
          }),
    };
  }
}
