import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationTarget, commands, l10n, window, workspace } from 'vscode';
import { Disposable, toDisposable } from '../../daemon/lifecycle/lifecycle';
import { EventsList } from '../../daemon/protocol/events';
import { HistoryList } from '../../daemon/protocol/history';
import type { SessionInfo } from '../../daemon/protocol/model';
import { View } from '../contributions';
import type { Services } from '../services';
import { readSetting } from '../settings';
import { noticeText } from '../tree/plainText';

const SETTING = 'holdfast.attention.idleHours';
const HOUR_MS = 60 * 60 * 1000;
/** Nobody minds to hear of it so much later. */
const LOOK_EVERY_MS = 10 * 60 * 1000;
/** How many names a notification lists. */
const MAX_LISTED = 5;
/** Of a session, newest: comings and goings of viewers are among few others. */
const EVENTS = 200;
/** What somebody did, as the daemon notes it. */
const USES: ReadonlySet<string> = new Set(['viewer-attached', 'viewer-detached', 'terminal-started']);

/** When somebody was reminded of a session, milliseconds since 1970, by its id. */
type Reminded = Readonly<Record<string, number>>;

/**
 * Names the sessions, where the user wants it, that nobody has looked at or typed in for long: once, until somebody has.
 * What it is about goes on; nothing is ended.
 */
export class IdleReminder extends Disposable {
  private _isLooking = false;

  public constructor(
    private readonly _services: Pick<Services, 'context' | 'link' | 'log' | 'page'>,
    everyMs = LOOK_EVERY_MS,
  ) {
    super();
    const timer = setInterval(() => this._look(), everyMs).unref();
    this._register(toDisposable(() => clearInterval(timer)));
    this._register(_services.link.onDidConnect(() => this._look()));
    this._register(window.onDidChangeWindowState(() => this._look()));
    this._register(
      workspace.onDidChangeConfiguration((change) => change.affectsConfiguration(SETTING) && this._look()),
    );
  }

  private get _file(): string {
    return join(this._services.context.globalStorageUri.fsPath, 'idleReminder.json');
  }

  private _look(): void {
    const hours = readSetting(SETTING);
    // The window that somebody works in is the one to tell it.
    if (hours > 0 && !this._isLooking && window.state.focused && this._services.link.state === 'connected') {
      this._isLooking = true;
      this._remind(hours * HOUR_MS)
        .catch((error: unknown) =>
          this._services.log.warn(`sessions were not looked through: ${String(error)}`),
        )
        .finally(() => {
          this._isLooking = false;
        });
    }
  }

  private async _remind(idleMs: number): Promise<void> {
    await this._services.page.answered;
    const { link } = this._services;
    const before = Date.now() - idleMs;
    const reminded = await this._read();
    const idle: SessionInfo[] = [];
    for (const session of link.all().filter((candidate) => mayBeIdle(candidate, before))) {
      const used = await this._lastUse(session);
      if (used <= before && (reminded[session.id] ?? 0) < used) {
        idle.push(session);
      }
    }
    if (idle.length > 0 && !this._isDisposed) {
      const kept = Object.entries(reminded).filter(([id]) => link.all().some((session) => session.id === id));
      const now = idle.map(({ id }) => [id, Date.now()] as const);
      await this._write(Object.fromEntries([...kept, ...now]));
      void this._tell(idle, idleMs);
    }
  }

  /** Only what the daemon keeps can be known: by its history of commands that somebody typed, too. */
  private async _lastUse({ id, createdAt, lastAttachedAt }: SessionInfo): Promise<number> {
    const { link } = this._services;
    const { events } = await link.call(EventsList.type, { session: id, limit: EVENTS });
    const { commands: newest } = await link.call(HistoryList.type, { target: { text: id }, limit: 1 });
    return Math.max(
      createdAt,
      lastAttachedAt ?? 0,
      ...events.filter(({ event }) => USES.has(event)).map(({ time }) => time),
      ...newest.map(({ startedAt }) => startedAt),
    );
  }

  private async _tell(idle: readonly SessionInfo[], idleMs: number): Promise<void> {
    const show = l10n.t('Show');
    const never = l10n.t('Don’t Show Again');
    const names = idle.map(({ name }) => name);
    const listed = names.slice(0, MAX_LISTED).join(', ') + (names.length > MAX_LISTED ? ', …' : '');
    const text =
      idle.length === 1
        ? l10n.t('Nobody has used the session {0} for {1}. It still runs.', listed, timeText(idleMs))
        : l10n.t(
            'Nobody has used {0} sessions for {1}. They still run: {2}',
            idle.length,
            timeText(idleMs),
            listed,
          );
    const chosen = await window.showInformationMessage(noticeText(text), show, never);
    if (chosen === show) {
      await commands.executeCommand(`${View.SESSIONS}.focus`);
    } else if (chosen === never) {
      await workspace.getConfiguration().update(SETTING, 0, ConfigurationTarget.Global);
    }
  }

  private async _read(): Promise<Reminded> {
    try {
      const value: unknown = JSON.parse(await readFile(this._file, 'utf8'));
      return typeof value === 'object' && value !== null ? (value as Reminded) : {};
    } catch {
      // None yet, or one that was cut off: at worst somebody is reminded twice.
      return {};
    }
  }

  /** A file, because each window keeps a copy of `globalState` of its own. */
  private async _write(reminded: Reminded): Promise<void> {
    await mkdir(this._services.context.globalStorageUri.fsPath, { recursive: true });
    await writeFile(this._file, JSON.stringify(reminded));
  }
}

const mayBeIdle = (
  { state, viewers, quiet, createdAt, lastAttachedAt }: SessionInfo,
  before: number,
): boolean =>
  state === 'running' &&
  viewers === 0 &&
  quiet !== true &&
  Math.max(createdAt, lastAttachedAt ?? 0) <= before;

const timeText = (idleMs: number): string => {
  const hours = Math.max(1, Math.floor(idleMs / HOUR_MS));
  if (hours < 48) {
    return hours === 1 ? l10n.t('an hour') : l10n.t('{0} hours', hours);
  }
  return l10n.t('{0} days', Math.floor(hours / 24));
};
