import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Disposable, DisposableStore } from '../lifecycle/lifecycle';
import { HoldfastError } from '../protocol/errors';
import type { Frame } from '../protocol/frames';
import type { Offset, TerminalId } from '../protocol/ids';
import { DEFAULT_SIZE, type Size } from '../protocol/model';
import type { StreamAddress, ThemeColors } from '../protocol/terminals';
import { forgetHistory } from './historyFile';
import { readJournalTail } from './journalTail';
import { forgetKeyframe } from './keyframe';
import { Mirror } from './mirror';
import { MirrorStream } from './mirrorStream';
import type { FromWorker, WorkerSettings } from './workerMessages';

/** How long a caller waits for a mirror to come as far as asked. */
const DEFAULT_WAIT_MS = 10_000;

interface Followed extends DisposableStore {
  readonly mirror: Mirror;
  stream: MirrorStream | undefined;
  /** Nothing more will come: the program ended, or the stream was refused. */
  isOver: boolean;
}

/** Mirrors of ended terminals that are kept in memory after someone looked at them. */
const MAX_OVER = 16;

/** All mirrors of one worker and their streams. */
export class Mirrors extends Disposable {
  private readonly _followed = new Map<TerminalId, Followed>();

  public constructor(
    private _settings: WorkerSettings,
    private readonly _tell: (message: FromWorker) => void,
    private readonly _connect: (terminal: TerminalId, from: Offset) => Promise<StreamAddress>,
  ) {
    super();
  }

  public async follow(terminal: TerminalId, size: Size): Promise<void> {
    const followed = this._followed.get(terminal) ?? this._start(terminal, size);
    if (followed.stream !== undefined) {
      return;
    }
    followed.isOver = false;
    const { mirror } = followed;
    const stream = followed.add(
      new MirrorStream({
        client: this._settings.client,
        connect: (from) => this._connect(terminal, from),
        position: () => mirror.offset,
        onFrame: (frame) => this._frame(followed, frame),
        onRefused: () => {
          followed.isOver = true;
          this._endStream(followed);
        },
      }),
    );
    followed.stream = stream;
    try {
      await stream.open();
    } catch (error) {
      this._endStream(followed);
      throw error;
    }
    if (mirror.covered !== undefined) {
      stream.send({ kind: 'cover', offset: mirror.covered });
    }
  }

  /** The mirror, once it has parsed up to `atLeast`. One that is not followed is read from its keyframe. */
  public async at(terminal: TerminalId, atLeast?: Offset, timeoutMs = DEFAULT_WAIT_MS): Promise<Mirror> {
    const followed = this._followed.get(terminal) ?? this._fromDisk(terminal);
    const { mirror } = followed;
    if (atLeast === undefined || mirror.offset >= atLeast || followed.stream === undefined) {
      return mirror;
    }
    await new Promise<void>((resolve, reject) => {
      const finish = (act: () => void): void => {
        clearTimeout(timer);
        subscription.dispose();
        act();
      };
      const timer = setTimeout(
        () =>
          finish(() =>
            reject(
              new HoldfastError(
                'TIMEOUT',
                `the screen of ${terminal} did not come up to offset ${atLeast} within ${timeoutMs} ms`,
                'Try again; if it stays so, run holdfast doctor.',
              ),
            ),
          ),
        timeoutMs,
      );
      const subscription = mirror.onParsed((position) => {
        if (position >= atLeast) {
          finish(resolve);
        }
      });
    });
    return mirror;
  }

  /** For mirrors to come, and for those that still have the last default: nobody has told them colours of their own. */
  public setDefaultTheme(theme: ThemeColors): void {
    const last = this._settings.theme;
    this._settings = { ...this._settings, theme };
    for (const { mirror } of this._followed.values()) {
      if (mirror.emulator.theme === last) {
        mirror.emulator.theme = theme;
      }
    }
  }

  public async setTheme(terminal: TerminalId, theme: ThemeColors): Promise<void> {
    const { emulator } = await this.at(terminal);
    emulator.theme = theme;
  }

  public restore(terminal: TerminalId, size: Size, journal: string): void {
    const followed = this._followed.get(terminal) ?? this._start(terminal, size);
    if (followed.stream !== undefined) {
      return;
    }
    followed.isOver = true;
    for (const record of readJournalTail(journal, followed.mirror.offset)) {
      this._apply(followed, record);
    }
    followed.mirror.writeKeyframe();
    this._dropOldestOver();
  }

  public async restartUnder(terminal: TerminalId, at: Offset, separator: string): Promise<void> {
    const mirror = await this.at(terminal);
    const followed = this._followed.get(terminal);
    if (followed !== undefined) {
      this._endStream(followed);
    }
    mirror.restartUnder(at, separator);
  }

  public async finish(terminal: TerminalId, atLeast?: Offset): Promise<void> {
    const followed = this._followed.get(terminal);
    if (followed === undefined) {
      return;
    }
    try {
      await this.at(terminal, atLeast);
    } finally {
      followed.mirror.writeKeyframe();
      this._drop(terminal);
    }
  }

  public forget(terminal: TerminalId): void {
    this._drop(terminal);
    forgetHistory(this._settings.historiesFolder, terminal);
    forgetKeyframe(this._settings.keyframesFolder, terminal);
    Mirror.forgetRevision(this._settings, terminal);
  }

  public override dispose(): void {
    for (const terminal of [...this._followed.keys()]) {
      this._drop(terminal);
    }
    super.dispose();
  }

  private _start(terminal: TerminalId, size: Size): Followed {
    const store = new DisposableStore();
    const mirror = store.add(new Mirror(terminal, size, this._settings));
    const followed: Followed = Object.assign(store, { mirror, stream: undefined, isOver: false });
    store.add(mirror.onState((state) => this._tell({ kind: 'state', state })));
    store.add(mirror.emulator.onBell(() => this._tell({ kind: 'bell', terminal })));
    store.add(mirror.onCovered((covered) => followed.stream?.send({ kind: 'cover', offset: covered })));
    store.add(
      mirror.onAnswer((answer) =>
        followed.stream?.send({ kind: 'answer', offset: answer.offset, data: answer.bytes }),
      ),
    );
    this._followed.set(terminal, followed);
    return followed;
  }

  private _fromDisk(terminal: TerminalId): Followed {
    if (!existsSync(join(this._settings.keyframesFolder, `${terminal}.keyframe`))) {
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
    const over = [...this._followed].filter(([, { isOver, stream }]) => isOver && stream === undefined);
    for (const [terminal] of over.slice(0, Math.max(0, over.length - MAX_OVER))) {
      this._followed.get(terminal)?.mirror.writeKeyframe();
      this._drop(terminal);
    }
  }

  private _frame(followed: Followed, frame: Frame): void {
    this._apply(followed, frame);
    if (frame.kind === 'output' || frame.kind === 'gap') {
      followed.stream?.acknowledge(followed.mirror.offset);
    }
  }

  private _apply(followed: Followed, frame: Frame): void {
    const { mirror } = followed;
    const { terminal } = mirror;
    switch (frame.kind) {
      case 'output': {
        const gap = mirror.output(frame.offset, frame.data);
        if (gap !== undefined) {
          this._tell({ kind: 'gap', terminal, ...gap });
        }
        return;
      }
      case 'gap': {
        const gap = mirror.gap(frame.offset);
        if (gap !== undefined) {
          this._tell({ kind: 'gap', terminal, ...gap });
        }
        return;
      }
      case 'resized':
        mirror.resize({ cols: frame.cols, rows: frame.rows });
        return;
      case 'lagged':
        followed.stream?.send({ kind: 'seek', offset: mirror.offset });
        return;
      case 'exited':
        followed.isOver = true;
        this._endStream(followed);
        return;
      default:
        return;
    }
  }

  private _endStream(followed: Followed): void {
    const { stream } = followed;
    followed.stream = undefined;
    if (stream !== undefined) {
      followed.release(stream);
    }
  }

  private _drop(terminal: TerminalId): void {
    this._followed.get(terminal)?.dispose();
    this._followed.delete(terminal);
  }
}
