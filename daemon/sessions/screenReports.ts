import { Disposable } from '../lifecycle/lifecycle';
import { readForegroundFolder } from '../platform/processTree';
import type { HoldfastEvent } from '../protocol/events';
import type { TerminalId } from '../protocol/ids';
import type { TerminalRow } from '../store/rows';
import type { Parts } from './parts';

/** A program that rings without end is told of once a second and kept once a minute: no flood, and no busy disk. */
const BELL_TOLD_MS = 1000;
const BELL_KEPT_MS = 60_000;

/** Keeps what mirrors notice: titles and folders with their terminals, bells and gaps as events. */
export class ScreenReports extends Disposable {
  /** By performance.now(). */
  private readonly _rang = new Map<TerminalId, { readonly told: number; readonly kept: number }>();

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
        const { told, kept } = this._rang.get(terminal) ?? NEVER;
        if (now - told >= BELL_TOLD_MS) {
          const isKept = now - kept >= BELL_KEPT_MS;
          this._rang.set(terminal, { told: now, kept: isKept ? now : kept });
          const event: HoldfastEvent = { time: Date.now(), event: 'bell', terminal };
          if (isKept) {
            this._add(terminal, event);
          } else {
            this._announce(terminal, event);
          }
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
    const named = this._named(terminal, event);
    if (named !== undefined) {
      this._background(catalog.change((writer) => writer.addEvent(named)));
    }
  }

  private _announce(terminal: TerminalId, event: HoldfastEvent): void {
    const named = this._named(terminal, event);
    if (named !== undefined) {
      this._parts.catalog.announce(named);
    }
  }

  /** Undefined when the terminal is gone. */
  private _named(terminal: TerminalId, event: HoldfastEvent): HoldfastEvent | undefined {
    const { catalog } = this._parts;
    const session = catalog.terminal(terminal)?.session;
    const name = session === undefined ? undefined : catalog.session(session)?.name;
    return session === undefined ? undefined : { ...event, session, ...(name === undefined ? {} : { name }) };
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

const NEVER = { told: Number.NEGATIVE_INFINITY, kept: Number.NEGATIVE_INFINITY };

/** Kept, because nobody can ask for it any more when the machine or the PTY host has died. */
const seenFolder = ({ pid, seenCwd }: TerminalRow): string | null =>
  (pid === null ? null : readForegroundFolder(pid)) ?? seenCwd;
