import { HoldfastError } from '../protocol/errors';
import type { ClientKind, Hello } from '../protocol/hello';
import { HostResize, HostSync, HostTicket, HostWrite } from '../protocol/host';
import type { Offset, TerminalId } from '../protocol/ids';
import { isSize, type Size, type SizeRule, type TerminalInfo } from '../protocol/model';
import type {
  TerminalAttach,
  TerminalKey,
  TerminalOutput,
  TerminalRefresh,
  TerminalResize,
  TerminalSnapshot,
  TerminalSpawn,
  TerminalTheme,
  TerminalType,
} from '../protocol/terminals';
import type { TerminalRow } from '../store/rows';
import { sessionState, terminalInfo, terminalState } from './info';
import type { Lifecycle } from './lifecycle';
import { checkName, freeName, programName } from './naming';
import { Nesting } from './nesting';
import { type OutputSource, readOutput } from './output';
import type { Parts } from './parts';
import type { ScreenAccess } from './screenAccess';
import { SizeNotes } from './sizeNotes';
import type { Targets } from './targets';

/** What somebody is shown, and, where a program runs, how it goes on. */
type Seen = Pick<
  TerminalAttach.Result,
  'snapshot' | 'snapshotBytes' | 'continuation' | 'offset' | 'size' | 'stream'
>;

/** A PTY host waits 10 s for a program to read its input before it gives up; that must not look like its silence. */
const WRITE_TIMEOUT_MS = 20_000;

/** Everything clients ask about one terminal; one method a message of protocol/terminals.ts. */
export class TerminalService {
  private readonly _nesting: Nesting;

  private readonly _sizes: SizeNotes;

  public constructor(
    private readonly _parts: Parts,
    private readonly _targets: Targets,
    private readonly _lifecycle: Lifecycle,
    private readonly _screens: ScreenAccess,
  ) {
    this._nesting = new Nesting(_parts.catalog);
    this._sizes = new SizeNotes(_parts.catalog);
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
        throw unreachable(session.name);
      }
      if (state !== 'running') {
        throw new HoldfastError(
          'SESSION_EXITED',
          `the session '${session.name}' is not active`,
          `Run 'holdfast restart ${session.name}' first.`,
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
      return { terminal: this._info(row.id) };
    });
  }

  public async attach(
    params: TerminalAttach.Params,
    client: Hello['client'],
  ): Promise<TerminalAttach.Result> {
    const { catalog } = this._parts;
    const row = this._targets.resolveToAttach(params.target);
    const session = catalog.session(row.session);
    const state = this._refuseUnreachable(row);
    if (state === 'running') {
      await this._nesting.admit(row, client);
    }
    // From then on an ephemeral session ends without viewers: that is not to be forgotten.
    const stored = session?.kind === 'ephemeral' ? this._targets.attached(row.session) : undefined;
    const [seen] = await Promise.all([this._screenOf(row, params, client, state), stored]);
    if (stored === undefined) {
      this._targets.attachedSoon(row.session);
    }
    return {
      session: row.session,
      sessionName: session?.name ?? row.session,
      terminal: this._info(row.id),
      ...seen,
    };
  }

  private async _screenOf(
    row: TerminalRow,
    params: TerminalAttach.Params,
    client: Hello['client'],
    state: 'running' | 'exited' | 'lost',
  ): Promise<Seen> {
    if (state === 'running') {
      try {
        return await this._attachRunning(row, params, client);
      } catch (error) {
        // The program ended meanwhile, and its PTY host has handed everything over: there is its last screen.
        const { catalog } = this._parts;
        const now = catalog.terminal(row.id);
        if (now === undefined || terminalState(now, catalog) === 'running') {
          throw error;
        }
      }
    }
    return this._screens.snapshot(row, params);
  }

  private async _attachRunning(
    row: TerminalRow,
    params: TerminalAttach.Params,
    { kind, pid }: Hello['client'],
  ): Promise<Seen> {
    const host = this._parts.hosts.require(row.host);
    if (params.takeOver === true) {
      await this._lifecycle.revoke([row], 'taken over');
    }
    // Both are on their way at once, and the PTY host takes them in this order.
    const [, head] = await Promise.all([
      params.mode === 'interactive' && params.size !== undefined
        ? this._resize(row, params.size, params.sizing ?? 'active')
        : undefined,
      this._sync(row),
    ]);
    const issue = (from: Offset): Promise<HostTicket.Result> =>
      host.call(HostTicket.type, {
        terminal: row.id,
        mode: params.mode,
        client: kind,
        pid,
        from,
        ...(params.size === undefined ? {} : { size: params.size }),
        ...(params.sizing === undefined ? {} : { sizing: params.sizing }),
      });
    // Most snapshots are of what the PTY host has just told: its ticket need not wait for them.
    const under = Promise.all([this._screens.snapshotToFollow(row, params, head), issue(head)]);
    // Both are under way while its file is read.
    const address = host.readAddress();
    const [snapshot, early] = await under;
    const { ticket } = snapshot.offset === head ? early : await issue(snapshot.offset);
    return { ...snapshot, stream: { ...address, ticket } };
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
    if (this._refuseUnreachable(row) !== 'running') {
      const snapshot = await this._screens.snapshot(row, params);
      return { ...snapshot, head: snapshot.offset };
    }
    // As far as the mirror has come: in a flood, waiting for the newest byte would show nothing at all.
    const [head, snapshot] = await Promise.all([this._sync(row), this._screens.snapshot(row, params)]);
    return { ...snapshot, head: Math.max(head, snapshot.offset) as Offset };
  }

  public async snapshot({ target, scrollback }: TerminalSnapshot.Params): Promise<TerminalSnapshot.Result> {
    const { catalog } = this._parts;
    const row = this._targets.resolveTerminal(target);
    const before = this._refuseUnreachable(row);
    const screen = await this._screens.screen(
      row,
      scrollback,
      before === 'running' ? await this._sync(row) : undefined,
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
    const isRunning = this._refuseUnreachable(row) === 'running';
    const source: OutputSource = isRunning
      ? { host: this._parts.hosts.require(row.host), head: await this._sync(row) }
      : { dataDir: this._parts.settings.dataDir };
    return readOutput(row.id, source, params);
  }

  public async type(params: TerminalType.Params): Promise<TerminalType.Result> {
    const row = this._running(params.target);
    const text =
      params.paste === true ? await this._screens.encodePaste(row, params.text) : Buffer.from(params.text);
    const enter = params.enter === true ? await this._screens.encodeKeys(row, ['Enter']) : [];
    return { bytes: await this._write(row, Buffer.concat([text, ...enter])) };
  }

  public async key({ target, keys, delayMs }: TerminalKey.Params): Promise<TerminalKey.Result> {
    const row = this._running(target);
    if (delayMs === undefined || delayMs === 0) {
      const encoded = await this._screens.encodeKeys(row, keys);
      return { bytes: await this._write(row, Buffer.concat(encoded)) };
    }
    await this._screens.encodeKeys(row, keys);
    let bytes = 0;
    for (const [index, key] of keys.entries()) {
      if (index > 0) {
        await new Promise((resolve) => setTimeout(resolve, delayMs));
      }
      // Encoded one by one: an earlier key may have changed the modes that decide about a later one.
      bytes += await this._write(row, Buffer.concat(await this._screens.encodeKeys(row, [key])));
    }
    return { bytes };
  }

  public async setTheme({ target, colors }: TerminalTheme.Params): Promise<TerminalTheme.Result> {
    const row = this._targets.resolveTerminal(target);
    if (this._refuseUnreachable(row) === 'running') {
      await this._parts.screens.setTheme(row.id, colors);
    }
    return {};
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
    const row = this._running(target);
    await this._resize(row, { cols, rows }, sizing);
    return { terminal: this._info(row.id) };
  }

  /** @param coming the rule of the viewer it is done for: others may want the terminal smaller */
  private async _resize(row: TerminalRow, size: Size, coming?: SizeRule): Promise<void> {
    const result = await this._parts.hosts.require(row.host).call(HostResize.type, {
      terminal: row.id,
      size,
      ...(coming === undefined ? {} : { viewer: { sizing: coming } }),
    });
    const { cols, rows } = result.size ?? size;
    await this._sizes.note(row.id, { cols, rows });
  }

  private async _sync(row: TerminalRow): Promise<Offset> {
    return (await this._parts.hosts.require(row.host).call(HostSync.type, { terminal: row.id })).head;
  }

  private async _write(row: TerminalRow, data: Buffer): Promise<number> {
    if (data.length === 0) {
      return 0;
    }
    const host = this._parts.hosts.require(row.host);
    const params = { terminal: row.id, data: data.toString('base64') };
    return (await host.call(HostWrite.type, params, { timeoutMs: WRITE_TIMEOUT_MS, actsOnce: true })).bytes;
  }

  /** @throws SESSION_EXITED, SESSION_UNREACHABLE */
  private _running(target: TerminalAttach.Params['target']): TerminalRow {
    const row = this._targets.resolveTerminal(target);
    if (this._refuseUnreachable(row) !== 'running') {
      const session = this._parts.catalog.session(row.session)?.name ?? row.session;
      const isOnlyOne = this._parts.catalog.terminalsOf(row.session).length === 1;
      const name = isOnlyOne ? session : `${session}:${row.name}`;
      throw new HoldfastError(
        'SESSION_EXITED',
        `the program in '${name}' is not running`,
        `Run 'holdfast restart ${name}' to start it again.`,
        { state: row.state, exitCode: row.exitCode, signal: row.signal },
      );
    }
    return row;
  }

  private _refuseUnreachable(row: TerminalRow): 'running' | 'exited' | 'lost' {
    const state = terminalState(row, this._parts.catalog);
    if (state === 'unreachable') {
      throw unreachable(this._parts.catalog.session(row.session)?.name ?? row.session);
    }
    return state;
  }

  private _info(id: TerminalId): TerminalInfo {
    const row = this._parts.catalog.terminal(id);
    if (row === undefined) {
      throw new HoldfastError(
        'TERMINAL_NOT_FOUND',
        'the terminal has been removed meanwhile',
        "Run 'holdfast ls'.",
      );
    }
    return terminalInfo(row, this._parts.catalog);
  }
}

const unreachable = (name: string): HoldfastError =>
  new HoldfastError(
    'SESSION_UNREACHABLE',
    `the PTY host of '${name}' does not answer`,
    "Its program may be running: wait and try again, or run 'holdfast doctor'.",
  );
