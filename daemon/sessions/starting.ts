import type { HostLink } from '../hosts/hostLink';
import { ensureFolderIn } from '../platform/dataFolder';
import { newId } from '../platform/secrets';
import { JOURNALS_FOLDER } from '../protocol/endpoint';
import { HoldfastError } from '../protocol/errors';
import type { ClientKind } from '../protocol/hello';
import { HostSpawn, HostTicket } from '../protocol/host';
import { type Offset, offset, type SessionId, type TerminalId } from '../protocol/ids';
import { DEFAULT_SIZE, isSize } from '../protocol/model';
import type { ProgramSpec } from '../protocol/sessions';
import type { StreamAddress } from '../protocol/terminals';
import { type Shell, withIntegration } from '../shells/injection';
import type { TerminalRow } from '../store/rows';
import { ownVariables, programEnvironment } from './environment';
import { forgetJournal, journalPath } from './journals';
import type { Parts } from './parts';
import { checkFolder, resolveProgram } from './program';

/** Where a program is to run: a new terminal, or one that is there, which keeps its id. */
export type Place = Pick<TerminalRow, 'session' | 'name' | 'position'> & Partial<Pick<TerminalRow, 'id'>>;

/** Starts programs in terminals, and has their screens followed. */
export class Starting {
  public constructor(private readonly _parts: Parts) {}

  /**
   * A terminal that is ready to be started, with everything checked that can be checked before.
   * @throws INVALID_INPUT, CWD_NOT_FOUND, SPAWN_FAILED, SESSION_LIMIT
   */
  public plan(spec: ProgramSpec, client: ClientKind, place: Place): TerminalRow {
    const { settings } = this._parts;
    const size = { cols: spec.cols ?? DEFAULT_SIZE.cols, rows: spec.rows ?? DEFAULT_SIZE.rows };
    if (!isSize(size.cols, size.rows)) {
      throw new HoldfastError(
        'INVALID_INPUT',
        `a terminal can't have ${size.cols} columns and ${size.rows} rows`,
        'Give 2 to 2000 columns and 1 to 1000 rows.',
        { field: 'cols' },
      );
    }
    checkFolder(spec.cwd);
    const id = place.id ?? (newId() as TerminalId);
    const identity = {
      session: place.session,
      terminal: id,
      cwd: spec.cwd,
      client,
      version: settings.version,
      dataDir: settings.dataDir,
      runtimeDir: settings.runtimeDir,
    };
    const environment = programEnvironment(spec.environment, identity, spec.added);
    const program = resolveProgram(spec.command ?? [], spec.cwd, environment);
    this.checkLimit();
    return {
      session: place.session,
      name: place.name,
      position: place.position,
      id,
      command: spec.command ?? [],
      ...program,
      environment,
      cwd: spec.cwd,
      ...size,
      host: null,
      pid: null,
      startTime: null,
      state: 'running',
      exitCode: null,
      signal: null,
      createdAt: Date.now(),
      exitedAt: null,
      base: 0,
      title: '',
      lastCwd: null,
      seenCwd: spec.cwd,
      standIn: null,
      resurrectedAt: null,
      shellIntegration: spec.shellIntegration !== false,
      shellNonce: newId(),
      isIntegrated: false,
    };
  }

  /** @throws SESSION_LIMIT */
  public checkLimit(): void {
    const { catalog, settings } = this._parts;
    const running = catalog.terminals.filter((row) => row.state === 'running').length;
    if (running >= settings.terminalLimit) {
      throw new HoldfastError(
        'SESSION_LIMIT',
        `${running} terminals are running, and no more are allowed`,
        "End some with 'holdfast kill'.",
        { limit: settings.terminalLimit },
      );
    }
  }

  /** Checks again what may have changed since a terminal was first started. @throws CWD_NOT_FOUND, SPAWN_FAILED */
  public checkAgain(row: TerminalRow): void {
    checkFolder(row.cwd, "Make it again, or create another session with 'holdfast new --cwd FOLDER'.");
    resolveProgram([row.executable, ...row.args], row.cwd, row.environment);
  }

  /** Spawns the program on `host`; its output begins at `row.base`. @throws SPAWN_FAILED, SESSION_LIMIT */
  public async spawn(row: TerminalRow, host: HostLink): Promise<HostSpawn.Result> {
    const { catalog, settings } = this._parts;
    // It may have been deleted since the daemon started.
    ensureFolderIn(settings.dataDir, JOURNALS_FOLDER);
    const spawned = await host.call(HostSpawn.type, {
      terminal: row.id,
      session: row.session,
      ...this.program(row),
      cwd: row.cwd,
      size: catalog.sizeOf(row),
      journal: journalPath(settings.dataDir, row.id),
      base: offset(row.base),
    });
    catalog.setLive(row.id, {
      reachable: true,
      ptsName: spawned.ptsName,
      lastOutputAt: Date.now(),
      foreground: null,
      viewers: [],
      screenSetAside: false,
      waiting: spawned.waiting,
      attention: [],
    });
    return spawned;
  }

  /** As it is started: with what leads back here, and a shell with its integration. */
  public program(row: TerminalRow): Shell {
    const { settings } = this._parts;
    const { executable, args, session, id, shellNonce } = row;
    const environment = { ...row.environment, ...ownVariables({ ...settings, session, terminal: id }) };
    const program: Shell = { executable, args, environment };
    return row.shellIntegration && shellNonce !== null
      ? withIntegration(program, settings.shellsFolder, { nonce: shellNonce, number: row.base })
      : program;
  }

  /**
   * Has a running terminal's screen followed; does nothing when it is.
   * @param stored what its output says is for the row that is there then
   */
  public follow(row: TerminalRow, host: HostLink, stored?: Promise<void>): void {
    const { screens, catalog, report, settings } = this._parts;
    screens
      .follow({
        terminal: row.id,
        size: catalog.sizeOf(row),
        nonce: row.shellNonce,
        journal: journalPath(settings.dataDir, row.id),
        ...(stored === undefined ? {} : { known: stored }),
        connect: (from) => this._mirrorAddress(row.id, host, from),
      })
      // One that ended already is rebuilt from its journal when somebody looks.
      .catch((error: unknown) => report(`following ${row.id}`, error));
  }

  /** Removes what a terminal that was never confirmed, or is forgotten, has on disk. */
  public async removeFiles(terminal: TerminalId): Promise<void> {
    await this._parts.screens.forget(terminal);
    forgetJournal(this._parts.settings.dataDir, terminal);
  }

  private async _mirrorAddress(terminal: TerminalId, host: HostLink, from: Offset): Promise<StreamAddress> {
    const { ticket } = await host.call(HostTicket.type, { terminal, mode: 'mirror', client: 'daemon', from });
    return { ...host.readAddress(), ticket };
  }
}

export const newSessionId = (): SessionId => newId() as SessionId;
