import { existsSync } from 'node:fs';
import { Disposable } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import type { Offset, TerminalId } from '../protocol/ids';
import { DEFAULT_SIZE, type Size } from '../protocol/model';
import type { StreamAddress, ThemeColors } from '../protocol/terminals';
import { Followed } from './followed';
import { forgetHistory } from './historySegments';
import { readJournalTail } from './journalTail';
import { forgetKeyframe, keyframePath } from './keyframe';
import type { Mirror } from './mirror';
import { Openings } from './openings';
import { forgetRevision } from './revision';
import { Sleepers } from './sleepers';
import type { WatchParams, WatchResult } from './watching/conditions';
import { Watches } from './watching/watches';
import type { FromWorker, WorkerCalls, WorkerSettings } from './workerMessages';

/** How long a caller waits for a mirror to come as far as asked. */
const DEFAULT_WAIT_MS = 10_000;

/** Mirrors of ended terminals that are kept in memory after someone looked at them. */
const MAX_OVER = 16;

/** All mirrors of one worker and their streams. */
export class Mirrors extends Disposable {
  private readonly _followed = new Map<TerminalId, Followed>();
  private readonly _sleepers: Sleepers;
  private readonly _openings = new Openings();
  private readonly _watches = this._register(new Watches());

  public constructor(
    private _settings: WorkerSettings,
    private readonly _tell: (message: FromWorker) => void,
    private readonly _connect: (terminal: TerminalId, from: Offset) => Promise<StreamAddress>,
  ) {
    super();
    this._sleepers = this._register(new Sleepers(_settings.sleepAfterMs));
  }

  public async follow({ terminal, size, nonce, journal }: WorkerCalls['follow']['params']): Promise<void> {
    const followed = this._ofNonce(terminal, nonce) ?? this._start(terminal, size, nonce, journal);
    if (!followed.hasStream) {
      await followed.open();
    }
  }

  /** The mirror, once it has parsed up to `atLeast`. One that is not followed is read from its keyframe. */
  public async at(terminal: TerminalId, atLeast?: Offset, timeoutMs = DEFAULT_WAIT_MS): Promise<Mirror> {
    const followed = this._followed.get(terminal) ?? this._fromDisk(terminal);
    return followed.at(atLeast, timeoutMs);
  }

  /** What is met first of what a terminal's output may meet. @throws HoldfastError INVALID_INPUT, and as `at` */
  public watch(params: WatchParams): Promise<WatchResult> {
    const { terminal, atLeast } = params;
    const followed = this._followed.get(terminal) ?? this._fromDisk(terminal);
    return this._watches.watch(params, followed, followed.at(atLeast, DEFAULT_WAIT_MS));
  }

  public unwatch(watch: number): void {
    this._watches.cancel(watch);
  }

  /** Whether its emulator is in memory. */
  public isAwake(terminal: TerminalId): boolean {
    return this._followed.get(terminal)?.isAwake === true;
  }

  /** For mirrors to come, and for those that still have the last default: nobody has told them colours of their own. */
  public setDefaultTheme(theme: ThemeColors): void {
    const last = this._settings.theme;
    this._settings = { ...this._settings, theme };
    for (const followed of this._followed.values()) {
      followed.setDefaultTheme(last, theme);
    }
  }

  public async setTheme(terminal: TerminalId, theme: ThemeColors): Promise<void> {
    const mirror = await this.at(terminal);
    mirror.setTheme(theme);
  }

  /** A stream that it still has may end before it has brought all: what the journal holds is read in any case. */
  public restore({ terminal, size, nonce, journal }: WorkerCalls['restore']['params']): void {
    const followed = this._ofNonce(terminal, nonce) ?? this._start(terminal, size, nonce, journal);
    followed.isOver = !followed.hasStream;
    for (const record of readJournalTail(journal, followed.wake().offset)) {
      followed.take(record);
    }
    if (isSaved(followed)) {
      this._dropOldestOver();
    }
  }

  public async restartUnder(terminal: TerminalId, at: Offset, separator: string | null): Promise<void> {
    if (!this._followed.has(terminal) && !this._isOnDisk(terminal)) {
      // Its old screen was given up: an empty one.
      this._start(terminal, DEFAULT_SIZE).isOver = true;
    }
    const mirror = await this.at(terminal);
    this._watches.finish(terminal);
    this._followed.get(terminal)?.beginAgain();
    mirror.restartUnder(at, separator);
  }

  public async finish(terminal: TerminalId, atLeast?: Offset): Promise<void> {
    const followed = this._followed.get(terminal);
    if (followed === undefined) {
      return;
    }
    const { beginnings } = followed;
    try {
      if (atLeast !== undefined && followed.offset < atLeast && followed.hasStream) {
        await followed.at(atLeast, DEFAULT_WAIT_MS);
      }
    } finally {
      // Nobody waits for ever: the next program may run in it by now.
      if (this._followed.get(terminal) === followed && followed.beginnings === beginnings) {
        followed.save();
        this._drop(terminal);
      }
    }
  }

  public forget(terminal: TerminalId): void {
    this._drop(terminal);
    forgetHistory(this._settings.historiesFolder, terminal);
    forgetKeyframe(this._settings.keyframesFolder, terminal);
    forgetRevision(this._settings.keyframesFolder, terminal);
  }

  public override dispose(): void {
    for (const terminal of [...this._followed.keys()]) {
      this._drop(terminal);
    }
    super.dispose();
  }

  /** The one that believes this nonce. One that was read from disk for its screen alone believes none. */
  private _ofNonce(terminal: TerminalId, nonce: string | undefined): Followed | undefined {
    const followed = this._followed.get(terminal);
    if (followed === undefined || followed.nonce === nonce) {
      return followed;
    }
    try {
      followed.save();
    } catch {
      // A full disk: a screen is worth more than what its shell says.
      return followed;
    }
    this._drop(terminal);
    return undefined;
  }

  private _start(terminal: TerminalId, size: Size, nonce?: string, journal?: string): Followed {
    const followed = new Followed({
      terminal,
      size,
      nonce,
      journal,
      settings: () => this._settings,
      tell: this._tell,
      connect: (from) => this._connect(terminal, from),
      openings: this._openings,
      onUsed: (used) => this._sleepers.used(used),
    });
    this._followed.set(terminal, followed);
    return followed;
  }

  private _isOnDisk(terminal: TerminalId): boolean {
    return existsSync(keyframePath(this._settings.keyframesFolder, terminal));
  }

  private _fromDisk(terminal: TerminalId): Followed {
    if (!this._isOnDisk(terminal)) {
      throw new HoldfastError(
        'TERMINAL_NOT_FOUND',
        `nothing is kept of the screen of terminal ${terminal}`,
        'List what there is with holdfast ls --all.',
      );
    }
    const followed = this._start(terminal, DEFAULT_SIZE);
    followed.isOver = true;
    this._dropOldestOver();
    return followed;
  }

  /** What has ended is on disk: only the newest few are kept at hand. */
  private _dropOldestOver(): void {
    const over = [...this._followed].filter(([, { isOver, hasStream }]) => isOver && !hasStream);
    for (const [terminal, followed] of over.slice(0, Math.max(0, over.length - MAX_OVER))) {
      if (isSaved(followed)) {
        this._drop(terminal);
      }
    }
  }

  private _drop(terminal: TerminalId): void {
    const followed = this._followed.get(terminal);
    if (followed !== undefined) {
      this._watches.finish(terminal);
      this._followed.delete(terminal);
      this._sleepers.forget(followed);
      followed.dispose();
    }
  }
}

/** Brings what is on disk up to date. False for a full disk: what it shows is in memory all the same, and stays there. */
const isSaved = (followed: Followed): boolean => {
  try {
    followed.save();
    return true;
  } catch {
    return false;
  }
};
