import type { CommandInfo, HistoryList } from '../protocol/history';
import type { CommandRow, TerminalRow } from '../store/rows';
import type { CommandLog } from './commandLog';
import { terminalState } from './info';
import type { Parts } from './parts';
import type { ScreenAccess } from './screenAccess';
import type { Targets } from './targets';

/** What clients ask about commands. */
export class HistoryService {
  public constructor(
    private readonly _parts: Parts,
    private readonly _targets: Targets,
    private readonly _screens: ScreenAccess,
    private readonly _log: CommandLog,
  ) {}

  public async list({ target, failed, limit }: HistoryList.Params): Promise<HistoryList.Result> {
    const { catalog } = this._parts;
    const rows = this._targets.resolveTerminals(target);
    await Promise.all(rows.map((row) => this._read(row)));
    await this._log.flush();
    const commands = catalog.commands({
      terminals: rows.map(({ id }) => id),
      ...(failed === undefined ? {} : { failed }),
      ...(limit === undefined ? {} : { limit }),
    });
    return { commands: commands.flatMap((command) => this._info(command)) };
  }

  /** Takes in what its shell had told when the call came. */
  private async _read(row: TerminalRow): Promise<void> {
    try {
      await this._screens.read(row);
    } catch (error) {
      // A flood, a PTY host that hangs, or a screen that is set aside: what is known already is told.
      this._parts.report(`reading the commands of ${row.id}`, error);
    }
  }

  private _info({ session, terminal, line, number, ...row }: CommandRow): readonly CommandInfo[] {
    const { catalog } = this._parts;
    const { exitCode, cwd, startedAt, endedAt } = row;
    const where = catalog.terminal(terminal);
    if (where === undefined || line === null) {
      return [];
    }
    const isCurrent = endedAt === null && catalog.live(terminal).currentCommand?.startedAt === startedAt;
    return [
      {
        session: catalog.session(session)?.name ?? session,
        terminal: where.name,
        command: line,
        exitCode,
        cwd,
        startedAt,
        durationMs: endedAt === null ? null : endedAt - startedAt,
        running: isCurrent && terminalState(where, catalog) === 'running',
      },
    ];
  }
}
