import { newId } from '../platform/secrets';
import { HoldfastError } from '../protocol/errors';
import { HostForget } from '../protocol/host';
import { type Millis, type Offset, offset } from '../protocol/ids';
import type { TerminalRow } from '../store/rows';
import { endPrograms } from './ending';
import { startedEvent } from './events';
import type { Exits } from './exits';
import { coveredOffset, mendJournal, readJournalEnd } from './journals';
import type { Parts } from './parts';
import type { ScreenAccess } from './screenAccess';
import type { Starting } from './starting';
import type { Starts } from './starts';

/** What a terminal is started with. */
export type OtherProgram = Pick<
  TerminalRow,
  'command' | 'executable' | 'args' | 'cwd' | 'environment' | 'shellIntegration'
>;

/** What begins in a terminal whose program has ended, and where. */
export interface Beginning {
  /** An absolute path. */
  readonly executable: string;
  readonly args: readonly string[];
  /** A folder that was looked for. */
  readonly cwd: string;
  /** What the terminal's program is from now on, when it is another one than before. */
  readonly program?: OtherProgram;
  /** What it is called when it runs in the program's place. */
  readonly standIn: readonly string[] | null;
  /** When it began, if nobody asked for it. */
  readonly resurrectedAt: Millis | null;
  /** What stands between the old screen and the new output: printable lines. */
  readonly separator: readonly string[];
  /** Whether nothing of the old screen stays. */
  readonly isCleared?: boolean;
  /** For whoever reads the events. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Lets programs begin again under old screens: ids stay, offsets go on, modes are the default's. */
export class BeginningAgain {
  public constructor(
    private readonly _parts: Parts,
    private readonly _starting: Starting,
    private readonly _starts: Starts,
    private readonly _screens: ScreenAccess,
    private readonly _exits: Exits,
  ) {}

  /** @param row of a program that has ended. @throws SPAWN_FAILED, SESSION_LIMIT, SESSION_UNREACHABLE, STORE_ERROR */
  public async begin(row: TerminalRow, how: Beginning): Promise<void> {
    const { catalog, hosts, settings } = this._parts;
    await this._exits.settled(row.id);
    const previous = hosts.get(row.host);
    if (previous?.state === 'connected') {
      await previous.call(HostForget.type, { terminal: row.id }).catch((error: unknown) => {
        // Else what the disk has not taken yet would be lost.
        if (HoldfastError.from(error).code === 'STORE_ERROR') {
          throw error;
        }
      });
    }
    mendJournal(this._parts, row.id);
    const head = readJournalEnd(settings.dataDir, row.id)?.head ?? coveredOffset(settings.dataDir, row.id);
    const at = offset(Math.max(head, row.base));
    await this._underOldScreen(row, at, how.isCleared === true ? null : how.separator.join('\r\n'));
    const { executable, args, cwd } = how;
    const fresh = {
      base: at,
      lastCwd: null,
      seenCwd: cwd,
      title: '',
      shellNonce: row.shellNonce ?? newId(),
      isIntegrated: false,
    } as const;
    const own = how.program === undefined ? {} : startedWith(how.program);
    const begun: TerminalRow = { ...row, ...own };
    const next: TerminalRow = {
      ...begun,
      ...fresh,
      executable,
      args,
      cwd,
      environment: inFolder(begun, cwd),
    };
    const { host, spawned } = await this._starts.spawn(next, async () => undefined);
    const { pid, startTime } = spawned;
    const stored = catalog.changeTerminal(
      row.id,
      (current) => ({
        ...current,
        ...own,
        ...fresh,
        host: host.id,
        pid,
        startTime,
        state: 'running',
        exitCode: null,
        signal: null,
        exitedAt: null,
        standIn: how.standIn,
        resurrectedAt: how.resurrectedAt,
      }),
      (writer) =>
        writer.addEvent({
          ...startedEvent(row, writer.session(row.session)?.name),
          ...(how.details === undefined ? {} : { details: how.details }),
        }),
    );
    // At once: it may end before it is stored that it runs, and what it wrote is waited for then.
    this._starting.follow(next, host, stored);
    try {
      await stored;
    } catch (error) {
      // It runs, and could not be confirmed: to the caller it has never been.
      const spared = new Set([process.pid, ...hosts.all.map((link) => link.record.pid)]);
      await endPrograms({ terminal: row.id, ...spawned }, { signal: 'SIGKILL', graceMs: 0, spared });
      throw error;
    }
    if (how.program !== undefined) {
      catalog.setEnvironment(row.id, how.program.environment);
    }
  }

  private async _underOldScreen(row: TerminalRow, at: Offset, separator: string | null): Promise<void> {
    const { screens } = this._parts;
    try {
      await this._screens.prepare(row);
      await screens.restartUnder(row.id, { at, separator });
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'SCREEN_SET_ASIDE') {
        throw error;
      }
      // Nobody can draw the old screen: the program begins on an empty one, which nothing is held against.
      await screens.forget(row.id);
      await screens.restartUnder(row.id, { at, separator });
    }
  }
}

/** No more than what a program is: a planned row has an end and a place of its own. */
const startedWith = (program: OtherProgram): OtherProgram => {
  const { command, executable, args, cwd, environment, shellIntegration } = program;
  return { command, executable, args, cwd, environment, shellIntegration };
};

/** PWD is set by whoever starts a program in a folder; shells believe it where it is right. */
const inFolder = ({ environment }: TerminalRow, cwd: string): TerminalRow['environment'] =>
  environment['PWD'] === undefined ? environment : { ...environment, PWD: cwd };

/** A line that stands out between two programs' output. */
export const separatorLine = (text: string): string => `--- ${text} ---`;

/** The time of this machine's zone, as in a log. */
export const localMoment = (at: Date): string => {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};
