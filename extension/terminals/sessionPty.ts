import { setTimeout as delay } from 'node:timers/promises';
import { EventEmitter, l10n, type Pseudoterminal, type TerminalDimensions } from 'vscode';
import type { Attachment, DetachReason, ExitStatus } from '../../daemon/client';
import { Emitter, once } from '../../daemon/lifecycle/event';
import { DisposableStore } from '../../daemon/lifecycle/lifecycle';
import type { Size } from '../../daemon/protocol/model';
import { OutputCredit } from './outputCredit';
import { TokenStripper } from './parseTokens';
import { ResizeDelay, SizeInForce, sameSize } from './viewerSize';

/** What VS Code says as long as the panel was never shown; nobody sees a terminal of that size. */
const NEVER_SHOWN: Size = { cols: 80, rows: 30 };
/** `onDidOverrideDimensions(undefined)` does not reset (1.139); a size beyond any panel does. */
const NO_OVERRIDE: TerminalDimensions = { columns: 500, rows: 200 };
/** How long the beginning of an answer may wait for its rest: less than people notice behind an ESC key. */
const PARTIAL_ANSWER_MS = 20;
/** The end of a program that is restarted arrives at most this long after the restart was confirmed. */
const LATE_END_MS = 2000;

/** What a terminal needs from the rest of the extension. */
export interface PtyContext {
  readonly readOnly: boolean;
  /** Begins viewing; the size is left out while nobody sees the terminal. */
  attach(size: Size | undefined): Promise<Attachment>;
  /** Starts the program of a session again whose last screen is shown. */
  restart(): Promise<void>;
  /** Viewing could not begin or broke off; the terminal closes. */
  failed(error: unknown): void;
}

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

  /** What belongs to the attachment of the moment. */
  private readonly _viewing = new DisposableStore();
  private readonly _stripper = new TokenStripper();
  private readonly _resizes = new ResizeDelay((size) => this._sendSize(size));
  private _decoder = new TextDecoder();
  private _inForce = new SizeInForce();
  private _attachment: Attachment | undefined;
  private _credit: OutputCredit | undefined;
  private _own: Size | undefined;
  private _overridden = false;
  private _held = false;
  private _early = '';
  private readonly _onHeldEnd = new Emitter<void>();
  /** Whether the PTY host has been told this viewer's size. */
  private _sizeKnown = false;
  private _flushTimer: NodeJS.Timeout | undefined;
  /** Another name than the terminal was made with. */
  private _name: string | undefined;
  private _state: 'new' | 'viewing' | 'ended' | 'closed' = 'new';

  public constructor(private readonly _context: PtyContext) {}

  /** Whether what is shown is alive: its output comes, its input goes. */
  public get isViewing(): boolean {
    return this._state === 'viewing' && this._attachment !== undefined;
  }

  public open(dimensions: TerminalDimensions | undefined): void {
    this._own = toSize(dimensions);
    if (this._name !== undefined) {
      this._onDidChangeName.fire(this._name);
    }
    void this._begin();
  }

  /** The tab is gone, for whatever reason; only `window.onDidCloseTerminal` knows which. */
  public close(): void {
    this._state = 'closed';
    this._stop();
  }

  public setDimensions(dimensions: TerminalDimensions): void {
    const size = toSize(dimensions);
    if (size === undefined || (this._own !== undefined && sameSize(size, this._own))) {
      return;
    }
    this._own = size;
    this._resizes.push(size);
  }

  public handleInput(data: string): void {
    const { input, answers } = this._stripper.push(data, this._credit?.isExpecting === true);
    for (let i = 0; i < answers; i++) {
      this._credit?.answered();
    }
    clearTimeout(this._flushTimer);
    if (this._stripper.isHolding) {
      this._flushTimer = setTimeout(() => this._input(this._stripper.flush()), PARTIAL_ANSWER_MS);
    }
    this._input(input);
  }

  /** The user looks at this terminal: its size is the one to have. */
  public focus(): void {
    this._attachment?.focus();
  }

  /** Holds the tab while its program is ended and started again, and shows the new one then. */
  public async hold(restart: Promise<unknown>): Promise<void> {
    this._held = true;
    try {
      await restart;
      if (this._state === 'viewing') {
        // The old program's end may still be on its way to us.
        await Promise.race([once(this._onHeldEnd.event), delay(LATE_END_MS, undefined, { ref: false })]);
      }
    } finally {
      this._held = false;
      if (this._state === 'ended') {
        this._again();
      }
    }
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
    try {
      const own = this._own;
      const size =
        own === undefined || sameSize(own, NEVER_SHOWN) || this._context.readOnly ? undefined : own;
      const attachment = await this._context.attach(size);
      if (this._isClosed()) {
        attachment.detach();
        return;
      }
      this._view(attachment, size);
    } catch (error) {
      this._fail(error);
    }
  }

  private _view(attachment: Attachment, size: Size | undefined): void {
    this._attachment = attachment;
    const credit = this._viewing.add(new OutputCredit((bytes) => attachment.acknowledge(bytes)));
    this._credit = credit;
    this._decoder = new TextDecoder();
    this._inForce = new SizeInForce();
    this._sizeKnown = size !== undefined;
    this._viewing.add(attachment.onData((bytes) => this._output(bytes, credit)));
    this._viewing.add(attachment.onResize((inForce) => this._resized(inForce)));
    this._viewing.add(attachment.onExit((status) => this._exited(status, attachment)));
    this._viewing.add(attachment.onDetach((reason) => this._detached(reason)));
    attachment.start();
    const early = this._early;
    this._early = '';
    this._input(early);
    if (this._own !== undefined && size !== undefined && !sameSize(this._own, size)) {
      this._resizes.push(this._own);
    }
  }

  private _output(bytes: Uint8Array, credit: OutputCredit): void {
    const text = credit.push(this._decoder.decode(bytes, { stream: true }), bytes.length);
    if (text !== '') {
      this._onDidWrite.fire(text);
    }
  }

  private _input(input: string): void {
    // While a program is ended to be started again there is nobody to type to, and no end to be acknowledged.
    if (input === '' || this._isClosed() || (this._held && this._state === 'ended')) {
      return;
    }
    if (this._state === 'ended') {
      this._keyBehindTheEnd(input);
      return;
    }
    if (this._attachment === undefined) {
      // Typed before the terminal is attached: kept, as a shell that is still starting would.
      this._early += input;
      return;
    }
    if (!this._sizeKnown && this._own !== undefined) {
      this._sendSize(this._own, { evenIfNeverShown: true });
    }
    this._attachment.write(input);
  }

  private _sendSize(size: Size, options?: { readonly evenIfNeverShown: boolean }): void {
    const shown = options?.evenIfNeverShown === true || !sameSize(size, NEVER_SHOWN);
    if (this._attachment === undefined || this._context.readOnly || !shown) {
      return;
    }
    this._sizeKnown = true;
    this._inForce.sent(size);
    this._attachment.resize(size);
  }

  /** Another viewer's size is shown as it is, so that its rows stand where the program put them. */
  private _resized(inForce: Size): void {
    const shown = this._inForce.arrived(inForce, this._own);
    if (shown === undefined) {
      return;
    }
    if (shown !== 'own') {
      this._overridden = true;
      this._onDidOverrideDimensions.fire({ columns: shown.cols, rows: shown.rows });
    } else if (this._overridden) {
      this._overridden = false;
      this._onDidOverrideDimensions.fire(NO_OVERRIDE);
    }
  }

  private _exited(status: ExitStatus, attachment: Attachment): void {
    this._flushDecoder();
    if (this._held) {
      this._endHeld();
      return;
    }
    if (attachment.info.terminal.state === 'running') {
      // A signal is somebody's wish, not a failure to alert anybody of.
      this._end(status.signal === null ? (status.exitCode ?? undefined) : undefined);
      return;
    }
    // It had ended before: what is shown is its last screen, which stays until a key is pressed.
    this._showEnd(
      status.exitCode === null
        ? l10n.t('The program has ended. Press Enter to restart it, any other key to close.')
        : l10n.t(
            'The program has ended with exit code {0}. Press Enter to restart it, any other key to close.',
            status.exitCode,
          ),
    );
  }

  private _detached(reason: DetachReason): void {
    this._flushDecoder();
    if (this._held && reason.kind !== 'requested') {
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
        this._showEnd(
          l10n.t(
            'The program is gone: {0}. Press Enter to restart it, any other key to close.',
            reason.message,
          ),
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
    this._onHeldEnd.fire();
  }

  /** Leaves the screen readable; there is no `waitOnExit` for an extension's terminals. */
  private _showEnd(sentence: string): void {
    this._stop();
    this._state = 'ended';
    this._onDidWrite.fire(`\x1b[0m\r\n\x1b[7m ${sentence} \x1b[0m\r\n`);
  }

  private _keyBehindTheEnd(input: string): void {
    if (input !== '\r') {
      // Answers of the emulator are no keys; every key but ESC sequences of them is short and plain.
      if (!input.startsWith('\x1b') || input === '\x1b') {
        this._end(undefined);
      }
      return;
    }
    this._state = 'viewing';
    this._context.restart().then(
      () => this._again(),
      (error: unknown) => this._fail(error),
    );
  }

  private _again(): void {
    // RIS: the snapshot wants an empty terminal.
    this._onDidWrite.fire('\x1bc');
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

  private _flushDecoder(): void {
    const rest = this._decoder.decode();
    if (rest !== '') {
      this._onDidWrite.fire(rest);
    }
  }

  /** A method, because `close` may be called while something is awaited. */
  private _isClosed(): boolean {
    return this._state === 'closed';
  }

  private _stop(): void {
    clearTimeout(this._flushTimer);
    this._resizes.dispose();
    this._viewing.clear();
    this._credit = undefined;
    this._attachment?.detach();
    this._attachment = undefined;
  }
}

const toSize = (dimensions: TerminalDimensions | undefined): Size | undefined =>
  dimensions === undefined ? undefined : { cols: dimensions.columns, rows: dimensions.rows };
