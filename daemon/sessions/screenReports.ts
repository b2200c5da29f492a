import { Disposable } from '../lifecycle/lifecycle';
import { readForegroundFolder } from '../platform/processTree';
import type { HoldfastEvent } from '../protocol/events';
import type { TerminalId } from '../protocol/ids';
import type { TerminalRow } from '../store/rows';
import type { Parts } from './parts';

/** A program that rings without end is one event a second, not a full disk. */
const BELL_INTERVAL_MS = 1000;

/** Keeps what mirrors notice: titles and folders with their terminals, bells and gaps as events. */
export class ScreenReports extends Disposable {
  /** By performance.now(). */
  private readonly _rang = new Map<TerminalId, number>();

  public constructor(private readonly _parts: Parts) {
    super();
    const { screens, catalog } = _parts;
    this._register(
      screens.onState(({ terminal, title, cwd, lastOutputAt }) => {
        catalog.setLive(terminal, { lastOutputAt });
        const row = catalog.terminal(terminal);
        if (row !== undefined && row.state === 'running') {
          const now = { title, lastCwd: cwd ?? row.lastCwd, seenCwd: seenFolder(row) };
          if (row.title !== now.title || row.lastCwd !== now.lastCwd || row.seenCwd !== now.seenCwd) {
            this._background(catalog.changeTerminal(terminal, (current) => ({ ...current, ...now })));
          }
        }
      }),
    );
    this._register(
      screens.onShellMark(({ terminal, mark }) => {
        if (mark.kind === 'integrated' && catalog.terminal(terminal)?.isIntegrated === false) {
          this._background(catalog.changeTerminal(terminal, (row) => ({ ...row, isIntegrated: true })));
        }
      }),
    );
    this._register(
      screens.onBell((terminal) => {
        const now = performance.now();
        if (now - (this._rang.get(terminal) ?? Number.NEGATIVE_INFINITY) >= BELL_INTERVAL_MS) {
          this._rang.set(terminal, now);
          this._add(terminal, { time: Date.now(), event: 'bell', terminal });
        }
      }),
    );
    this._register(
      screens.onGap(({ terminal, from, to }) =>
        this._add(terminal, { time: Date.now(), event: 'gap', terminal, details: { from, to } }),
      ),
    );
    this._register(
      screens.onDeath(({ terminal, reason }) =>
        _parts.report(`a screen worker ended, at work for ${terminal ?? 'no terminal'}`, reason),
      ),
    );
    this._register(
      screens.onBroken(({ terminal, path }) =>
        _parts.report(`a broken file of the screen of terminal ${terminal} was set aside`, path),
      ),
    );
    this._register(screens.onSetAside((terminal) => catalog.setLive(terminal, { screenSetAside: true })));
    this._register(catalog.onDidRemove(() => this._forgetRemoved()));
  }

  private _add(terminal: TerminalId, event: HoldfastEvent): void {
    const { catalog } = this._parts;
    const session = catalog.terminal(terminal)?.session;
    if (session !== undefined) {
      const name = catalog.session(session)?.name;
      const named = name === undefined ? { ...event, session } : { ...event, session, name };
      this._background(catalog.change((writer) => writer.addEvent(named)));
    }
  }

  private _forgetRemoved(): void {
    for (const terminal of this._rang.keys()) {
      if (this._parts.catalog.terminal(terminal) === undefined) {
        this._rang.delete(terminal);
      }
    }
  }

  private _background(work: Promise<void>): void {
    work.catch((error: unknown) => this._parts.report('storing what a screen shows', error));
  }
}

/** Kept, because nobody can ask for it any more when the machine or the PTY host has died. */
const seenFolder = ({ pid, seenCwd }: TerminalRow): string | null =>
  (pid === null ? null : readForegroundFolder(pid)) ?? seenCwd;
