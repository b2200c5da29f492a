import { EventEmitter, type Pseudoterminal, type TerminalDimensions, window } from 'vscode';
import type { Attachment, DetachReason, ExitStatus } from '../../daemon/client';
import { Emitter } from '../../daemon/lifecycle/event';
import { DisposableStore } from '../../daemon/lifecycle/lifecycle';
import type { Size } from '../../daemon/protocol/model';
import { endNotice } from './endNotice';
import { endSentence, goneSentence, lostSentence, taskGoneSentence } from './endSentences';
import { KeyInput } from './keyInput';
import { OwnDoing } from './ownDoing';
import { PaneSize } from './paneSize';
import { closesWithProgram, shellStatus } from './programEnd';
import type { PtyContext } from './ptyContext';
import { type AfterEnd, ShownEnd } from './shownEnd';
import { takeSizeAnswers } from './sizeQuestion';
import { ThemeAnswers } from './themeAnswers';
import { Viewing } from './viewing';

/** RIS: a snapshot wants an empty terminal. */
const RESET = '\x1bc';

/** Whether the window showed it before it was reloaded or closed. */
export type Origin = 'new' | 'restored';

/** One VS Code terminal that views one terminal of a session. */
export class SessionPty implements Pseudoterminal {
  private readonly _onDidWrite = new EventEmitter<string>();
  public readonly onDidWrite = this._onDidWrite.event;
  private readonly _onDidOverrideDimensions = new EventEmitter<TerminalDimensions | undefined>();
  public readonly onDidOverrideDimensions = this._onDidOverrideDimensions.event;
  private readonly _onDidClose = new EventEmitter<number | undefined>();
  public readonly onDidClose = this._onDidClose.event;
  private readonly _onDidChangeName = new EventEmitter<string>();
  public readonly onDidChangeName = this._onDidChangeName.event;
  private readonly _onDidUse = new Emitter<void>();
  /** Something was typed. */
  public readonly onDidUse = this._onDidUse.event;
  private readonly _onDidAttach = new Emitter<void>();
  /** Viewing has begun. */
  public readonly onDidAttach = this._onDidAttach.event;
  private readonly _onDidChangeSize = new Emitter<void>();
  /** `foreignSize` is another one. */
  public readonly onDidChangeSize = this._onDidChangeSize.event;
  private readonly _onDidCutOff = new Emitter<void>();
  /** VS Code has taken it away from its tab, which most often goes too. */
  public readonly onDidCutOff = this._onDidCutOff.event;
  private readonly _onDidChangeReachable = new Emitter<void>();
  public readonly onDidChangeReachable = this._onDidChangeReachable.event;

  private readonly _store = new DisposableStore();
  /** What belongs to the viewing of the moment, or to the end that is shown. */
  private readonly _shown = this._store.add(new DisposableStore());
  private readonly _keys = this._store.add(new KeyInput());
  private readonly _theme: ThemeAnswers;
  private readonly _size: PaneSize;
  private readonly _own = new OwnDoing();
  private _viewing: Viewing | undefined;
  private _shownEnd: ShownEnd | undefined;
  /** Typed before there was anybody to type to. */
  private _early = '';
  /** Another name than the terminal was made with. */
  private _name: string | undefined;
  private _state: 'new' | 'viewing' | 'ended' | 'closed' = 'new';
  /** Nobody can be taken to look at it. */
  private _isAway = false;
  /** How often viewing was begun: what an earlier time still waits for is not shown. */
  private _begun = 0;

  public constructor(
    private readonly _context: PtyContext,
    private readonly _origin: Origin,
  ) {
    this._size = this._store.add(
      new PaneSize(_context.readOnly, _origin === 'restored' ? _context.runningSize : undefined),
    );
    this._theme = this._store.add(
      new ThemeAnswers({
        ask: (question) => this._viewing?.output.ask(question),
        input: (input) => this._input(input),
        told: (colors) => this._viewing?.attachment.setTheme(colors),
      }),
    );
    this._store.add(this._keys.onInput((data) => this._typed(data)));
    this._store.add(this._size.onDidAppear(() => void this._viewSeen()));
    this._store.add(
      this._size.onDidOverride(({ cols, rows }) => {
        this._onDidOverrideDimensions.fire({ columns: cols, rows });
        this._onDidChangeSize.fire();
      }),
    );
  }

  /** The size that is shown although this tab has room for another. */
  public get foreignSize(): Size | undefined {
    return this._viewing === undefined ? undefined : this._size.foreign;
  }

  /** Whether the process answers that holds what is viewed. */
  public get isReachable(): boolean {
    return this._viewing?.attachment.isReachable !== false;
  }

  public open(dimensions: TerminalDimensions | undefined): void {
    this._size.changed(toSize(dimensions));
    if (this._name !== undefined) {
      this._onDidChangeName.fire(this._name);
    }
    if (this._context.isTask) {
      // VS Code gives a task the terminal that another one has left, and has written into it.
      this._onDidWrite.fire(RESET);
    }
    void this._begin();
  }

  /** The tab is gone, for whatever reason; only `window.onDidCloseTerminal` knows which. */
  public close(): void {
    const wasOpen = !this._isClosed();
    this._state = 'closed';
    this._stop();
    this._store.dispose();
    if (wasOpen) {
      this._onDidCutOff.fire();
    }
  }

  public setDimensions(dimensions: TerminalDimensions): void {
    this._size.changed(toSize(dimensions));
    this._askUnlessTold();
  }

  public handleInput(data: string): void {
    this._onDidUse.fire();
    const answers = this._keys.push(data, this._viewing?.output.isExpecting === true);
    this._viewing?.output.answered(answers);
  }

  /** The user looks at this terminal: its size is the one to have. */
  public focus(): void {
    this._viewing?.attachment.focus();
    this._size.lookedAt();
    this._askUnlessTold();
  }

  /** VS Code shows other colours now: the program is to know them when it asks. */
  public changeTheme(): void {
    if (this._viewing !== undefined) {
      this._theme.ask();
    }
  }

  /** Leaves the session, without a word, until somebody can see this terminal again. */
  public leave(): void {
    if (this._state === 'viewing' && !this._isAway) {
      this._isAway = true;
      this._begun++;
      this._stop();
    }
  }

  public comeBack(): void {
    if (this._isAway) {
      this._isAway = false;
      this._again();
    }
  }

  /** Holds the tab while its program is ended and started again, and shows the new one then. */
  public async hold(restart: Promise<unknown>): Promise<void> {
    try {
      await this._own.restart(restart, () => this._state === 'viewing');
    } finally {
      if (this._state === 'ended') {
        this._again();
      }
    }
  }

  /** The program is being ended from this window: its end is no news. */
  public expectEnd(end: Promise<unknown>): Promise<void> {
    return this._own.end(end);
  }

  public rename(name: string): void {
    this._name = name;
    // Before `open` nobody listens; it tells the name then.
    if (this._state !== 'new') {
      this._onDidChangeName.fire(name);
    }
  }

  private async _begin(): Promise<void> {
    this._state = 'viewing';
    this._begun++;
    const begun = this._begun;
    try {
      if (this._origin === 'restored') {
        // What size its program has is to be known.
        await this._context.connected();
      }
      const { wanted, room } = this._size;
      const attachment = await this._context.attach(wanted, room);
      if (this._isClosed() || this._begun !== begun) {
        attachment.detach();
        return;
      }
      this._view(attachment, wanted, room);
    } catch (error) {
      if (this._begun === begun) {
        this._fail(error);
      }
    }
  }

  private _view(attachment: Attachment, size: Size | undefined, room: Size, before?: Viewing): void {
    const viewing = this._shown.add(
      new Viewing(attachment, this._size, room, before?.typed === true, this._context),
    );
    this._viewing = viewing;
    this._shown.add(viewing.output.onText((text) => this._onDidWrite.fire(text)));
    this._size.attached(attachment, size);
    this._shown.add(attachment.onDidChangeReachable(() => this._onDidChangeReachable.fire()));
    this._shown.add(attachment.onExit((status) => this._exited(status, viewing)));
    this._shown.add(attachment.onDetach((reason) => this._detached(reason, viewing)));
    // In front of the snapshot, where nothing depends on what was before.
    this._theme.ask();
    attachment.start();
    this._onDidAttach.fire();
    const early = this._early;
    this._early = '';
    if (early !== '') {
      this._input(early);
    }
  }

  /** Takes the place of what was attached while nobody saw it, as `PaneSize` tells. */
  private async _viewSeen(): Promise<void> {
    const unseen = this._viewing;
    // Its marks come again with the screen: VS Code would take that for another command, and tell nobody how this one ends.
    await unseen?.output.command.over();
    const { wanted, room } = this._size;
    try {
      const attachment = await this._context.attach(wanted, room);
      if (unseen === undefined || this._viewing !== unseen) {
        attachment.detach();
        return;
      }
      // Only now, so that the session has a viewer all the time.
      this._shown.clear();
      this._onDidWrite.fire(RESET);
      this._view(attachment, wanted, room, unseen);
    } catch {
      // No daemon at the moment: what is attached goes on, and typing tells its size.
    }
  }

  private _askUnlessTold(): void {
    if (this._viewing !== undefined) {
      this._theme.askUnlessTold();
    }
  }

  private _typed(data: string): void {
    const { input, sizes } = takeSizeAnswers(data);
    for (const size of sizes) {
      this._size.answered(size, isInFront(this));
    }
    if (input !== '') {
      this._theme.push(input);
    }
  }

  private _input(input: string): void {
    if (this._state === 'ended') {
      this._shownEnd?.key(input);
    } else if (this._viewing !== undefined) {
      this._viewing.input(input);
    } else if (this._state === 'viewing') {
      // Typed before the terminal is attached: kept, as a shell that is still starting would.
      this._early += input;
    }
  }

  private _exited(status: ExitStatus, { output, attachment, typed }: Viewing): void {
    output.end();
    if (this._own.isHeld) {
      this._endHeld();
      return;
    }
    if (this._context.isTask) {
      // VS Code writes below it how the task has ended: that is to be in view.
      this._size.ended();
      this._end(shellStatus(status));
      return;
    }
    const { state, command, pid } = attachment.info.terminal;
    // What had ended before is looked at for its last screen.
    if (state === 'running' && closesWithProgram({ status, command, typed, asked: this._own.isAsked })) {
      // VS Code tells of a code that is not 0 as its settings want; a signal has none.
      this._end(status.signal === null ? (status.exitCode ?? undefined) : undefined);
    } else {
      this._showEnd(endSentence(status), pid, state === 'running' ? Date.now() : 0);
    }
  }

  private _detached(reason: DetachReason, { output, attachment }: Viewing): void {
    output.end();
    if (this._own.isHeld && reason.kind !== 'requested') {
      // A start in the same terminal sends the old program's viewers away, perhaps before they hear of its end.
      this._endHeld();
      return;
    }
    switch (reason.kind) {
      case 'requested':
        return;
      case 'revoked':
        this._end(undefined);
        return;
      case 'gone':
        if (this._context.isTask) {
          this._onDidWrite.fire(endNotice(taskGoneSentence(reason.message), undefined));
          this._end(undefined);
          return;
        }
        this._showEnd(
          reason.state === 'lost' && this._context.mayBeResurrected()
            ? lostSentence()
            : goneSentence(reason.message),
          attachment.info.terminal.pid,
          Date.now(),
        );
        return;
      case 'closed':
        this._fail(new Error(reason.message));
        return;
    }
  }

  private _endHeld(): void {
    this._stop();
    this._state = 'ended';
    this._own.ended();
  }

  /** Leaves the screen readable; there is no `waitOnExit` for an extension's terminals. */
  private _showEnd(sentence: string, pid: number | null, endedAt: number): void {
    const isToRead = this._viewing?.isToRead === true;
    this._size.ended();
    this._stop();
    this._state = 'ended';
    const shown = this._shown.add(new ShownEnd(this._context, pid, endedAt));
    this._shownEnd = shown;
    this._shown.add(shown.onDidChoose((choice) => this._afterEnd(choice)));
    const rowsInUse = isToRead ? Promise.resolve(undefined) : this._context.usedRows();
    void rowsInUse.then((rows) => {
      if (this._shownEnd === shown) {
        this._onDidWrite.fire(endNotice(sentence, rows));
      }
    });
  }

  private _afterEnd(choice: AfterEnd): void {
    if (this._own.isHeld) {
      // It is being started again from this window, and shown when it has been.
      return;
    }
    switch (choice) {
      case 'close':
        this._end(undefined);
        return;
      case 'view':
        this._again();
        return;
      case 'restart':
        this._stop();
        this._state = 'viewing';
        this._context.restart().then(
          () => this._again(),
          (error: unknown) => this._fail(error),
        );
    }
  }

  private _again(): void {
    if (this._isClosed()) {
      return;
    }
    this._stop();
    this._onDidWrite.fire(RESET);
    void this._begin();
  }

  private _end(exitCode: number | undefined): void {
    this._stop();
    this._state = 'closed';
    this._onDidClose.fire(exitCode);
  }

  private _fail(error: unknown): void {
    if (!this._isClosed()) {
      this._end(undefined);
      this._context.failed(error);
    }
  }

  /** A method, because `close` may be called while something is awaited. */
  private _isClosed(): boolean {
    return this._state === 'closed';
  }

  private _stop(): void {
    this._shown.clear();
    this._viewing = undefined;
    this._shownEnd = undefined;
    this._onDidChangeSize.fire();
    this._onDidChangeReachable.fire();
  }
}

const toSize = (dimensions: TerminalDimensions | undefined): Size | undefined =>
  dimensions === undefined ? undefined : { cols: dimensions.columns, rows: dimensions.rows };

/** Whether keys go to the terminal of `pty`. */
const isInFront = (pty: Pseudoterminal): boolean => {
  const options = window.activeTerminal?.creationOptions;
  return options !== undefined && 'pty' in options && options.pty === pty;
};
