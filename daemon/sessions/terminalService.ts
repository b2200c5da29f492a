import { HoldfastError } from '../protocol/errors';
import type { ClientKind, Hello } from '../protocol/hello';
import type { Offset } from '../protocol/ids';
import { isSize } from '../protocol/model';
import type { TerminalMouse } from '../protocol/mouse';
import type {
  TerminalAttach,
  TerminalKey,
  TerminalOutput,
  TerminalRefresh,
  TerminalResize,
  TerminalShellNonce,
  TerminalSnapshot,
  TerminalSpawn,
  TerminalTheme,
  TerminalType,
} from '../protocol/terminals';
import type { TerminalWait } from '../protocol/waits';
import type { TerminalRow } from '../store/rows';
import { Attaching, type TellStream } from './attaching';
import type { CommandLog } from './commandLog';
import { HostCalls } from './hostCalls';
import { requireTerminalInfo, sessionState, terminalState } from './info';
import type { Lifecycle } from './lifecycle';
import { checkName, freeName, programName } from './naming';
import { type OutputSource, readOutput } from './output';
import type { Parts } from './parts';
import { reachableState, requireRunning, sessionUnreachable } from './reachable';
import type { ScreenAccess } from './screenAccess';
import type { Targets } from './targets';
import { Typing } from './typing';
import { TypedLog } from './waiting/typedLog';
import { Waits } from './waiting/waits';

/** Everything clients ask about one terminal; one method a message of protocol/terminals.ts. */
export class TerminalService {
  private readonly _attaching: Attaching;
  private readonly _typing: Typing;
  private readonly _waits: Waits;
  private readonly _calls: HostCalls;

  public constructor(
    private readonly _parts: Parts,
    private readonly _targets: Targets,
    private readonly _lifecycle: Lifecycle,
    private readonly _screens: ScreenAccess,
    commands: CommandLog,
  ) {
    this._calls = new HostCalls(_parts);
    this._attaching = new Attaching(_parts, _targets, _lifecycle, _screens, this._calls);
    const typed = new TypedLog();
    _parts.catalog.onDidRemove(() => typed.keepOnly((id) => _parts.catalog.terminal(id) !== undefined));
    this._typing = new Typing(_parts, _targets, _screens, this._calls, typed, commands);
    this._waits = new Waits({
      ...{ parts: _parts, targets: _targets, calls: this._calls, typed, commands },
      prepare: (row) => _screens.prepare(row),
      snapshot: (row) => this._snapshot(row, {}),
    });
  }

  public async spawn(params: TerminalSpawn.Params, client: ClientKind): Promise<TerminalSpawn.Result> {
    const { catalog, queues } = this._parts;
    if (params.name !== undefined) {
      checkName(params.name);
    }
    const { session } = this._targets.resolve(params.target);
    return queues.run(session.id, async () => {
      const state = sessionState(session.id, catalog);
      if (state === 'unreachable') {
        throw sessionUnreachable(session.name, catalog.terminalsOf(session.id), this._parts);
      }
      if (state !== 'running') {
        throw new HoldfastError(
          'SESSION_EXITED',
          `the session '${session.name}' is not active`,
          `Run 'holdfast ${state === 'lost' && session.resurrect !== 'never' ? 'resurrect' : 'restart'} ${session.name}' first.`,
        );
      }
      const siblings = catalog.terminalsOf(session.id);
      const isTaken = (name: string): boolean => siblings.some((row) => row.name === name);
      if (params.name !== undefined && isTaken(params.name)) {
        throw new HoldfastError(
          'SESSION_EXISTS',
          `the session '${session.name}' has a terminal '${params.name}' already`,
          'Choose another name.',
          { name: params.name },
        );
      }
      const position = 1 + Math.max(-1, ...siblings.map((row) => row.position));
      const plan = this._lifecycle.plan(params, client, {
        session: session.id,
        name: params.name ?? '',
        position,
      });
      const row =
        params.name === undefined ? { ...plan, name: freeName(programName(plan.executable), isTaken) } : plan;
      await this._lifecycle.start(row);
      this._targets.use(session.id);
      return { terminal: requireTerminalInfo(row.id, catalog) };
    });
  }

  public attach(
    params: TerminalAttach.Params,
    client: Hello['client'],
    tell: TellStream,
  ): Promise<TerminalAttach.Result> {
    return this._attaching.attach(params, client, tell);
  }

  public async refresh(params: TerminalRefresh.Params): Promise<TerminalRefresh.Result> {
    const row = this._parts.catalog.terminal(params.terminal);
    if (row === undefined) {
      throw new HoldfastError(
        'TERMINAL_NOT_FOUND',
        'the terminal has been removed',
        "Run 'holdfast ls --all'.",
      );
    }
    if (reachableState(row, this._parts) !== 'running') {
      const snapshot = await this._screens.snapshot(row, params);
      return { ...snapshot, head: snapshot.offset };
    }
    // As far as the mirror has come: in a flood, waiting for the newest byte would show nothing at all.
    const [head, snapshot] = await Promise.all([this._calls.sync(row), this._screens.snapshot(row, params)]);
    return { ...snapshot, head: Math.max(head, snapshot.offset) as Offset };
  }

  public snapshot({ target, ...wanted }: TerminalSnapshot.Params): Promise<TerminalSnapshot.Result> {
    return this._snapshot(this._targets.resolveTerminal(target), wanted);
  }

  /** @param signal raised when nobody waits any more */
  public wait(params: TerminalWait.Params, signal: AbortSignal): Promise<TerminalWait.Result> {
    return this._waits.wait(params, signal);
  }

  private async _snapshot(
    row: TerminalRow,
    wanted: Omit<TerminalSnapshot.Params, 'target'>,
  ): Promise<TerminalSnapshot.Result> {
    const { catalog } = this._parts;
    const before = reachableState(row, this._parts);
    const screen = await this._screens.screen(
      row,
      wanted,
      before === 'running' ? await this._calls.syncUnlessEnded(row) : undefined,
    );
    const current = catalog.terminal(row.id) ?? row;
    const state = terminalState(current, catalog);
    return {
      session: catalog.session(row.session)?.name ?? row.session,
      terminal: current.name,
      ...screen,
      state,
      ...(state === 'exited' ? { exit: { exitCode: current.exitCode, signal: current.signal } } : {}),
      outcome: 'immediate',
      untrusted: true,
    };
  }

  public async output(params: TerminalOutput.Params): Promise<TerminalOutput.Result> {
    const row = this._targets.resolveTerminal(params.target);
    const isRunning = reachableState(row, this._parts) === 'running';
    const host = isRunning ? this._parts.hosts.require(row.host) : this._parts.hosts.get(row.host);
    const running = isRunning ? await this._calls.syncUnlessEnded(row) : undefined;
    const head = running ?? (await this._calls.headIfHeld(row));
    const source: OutputSource =
      host !== undefined && head !== undefined
        ? { host, head, isEnded: running === undefined }
        : { dataDir: this._parts.settings.dataDir };
    return readOutput(row.id, source, params);
  }

  public type(params: TerminalType.Params): Promise<TerminalType.Result> {
    return this._typing.type(params);
  }

  public key(params: TerminalKey.Params): Promise<TerminalKey.Result> {
    return this._typing.key(params);
  }

  public mouse(params: TerminalMouse.Params): Promise<TerminalMouse.Result> {
    return this._typing.mouse(params);
  }

  public async setTheme({ target, colors }: TerminalTheme.Params): Promise<TerminalTheme.Result> {
    const row = this._targets.resolveTerminal(target);
    if (reachableState(row, this._parts) === 'running') {
      await this._parts.screens.setTheme(row.id, colors);
    }
    return {};
  }

  public shellNonce({ target }: TerminalShellNonce.Params): TerminalShellNonce.Result {
    const { shellIntegration, shellNonce } = this._targets.resolveTerminal(target);
    return { nonce: shellIntegration ? shellNonce : null };
  }

  public async resize({ target, cols, rows, sizing }: TerminalResize.Params): Promise<TerminalResize.Result> {
    if (!isSize(cols, rows)) {
      throw new HoldfastError(
        'INVALID_INPUT',
        `a terminal can't have ${cols} columns and ${rows} rows`,
        'Give 2 to 2000 columns and 1 to 1000 rows.',
        { field: cols >= 2 && cols <= 2000 ? 'rows' : 'cols' },
      );
    }
    const row = requireRunning(this._targets.resolveTerminal(target), this._parts);
    await this._calls.resize(row, { cols, rows }, sizing);
    return { terminal: requireTerminalInfo(row.id, this._parts.catalog) };
  }
}
