import {
  commands,
  type ExtensionTerminalOptions,
  type Pseudoterminal,
  type Terminal,
  TerminalExitReason,
  ThemeColor,
  ThemeIcon,
  window,
} from 'vscode';
import { Emitter } from '../../daemon/lifecycle/event';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import type { TerminalId } from '../../daemon/protocol/ids';
import type { Size } from '../../daemon/protocol/model';
import { EXTENSION_ID, PROFILE_TITLE, Profile } from '../contributions';
import { bringToFront } from './bringToFront';
import { columnOf } from './place';
import { Places, type Wanted } from './places';
import type { PtyContext } from './ptyContext';
import { type Origin, SessionPty } from './sessionPty';
import type { Entry, Look, Shown } from './shown';
import { nameTab } from './tabName';
import { untilGone } from './untilGone';

export interface ShowOptions extends Wanted {
  /** Where the keyboard goes; `none` leaves the panel as it is, closed if it is closed. */
  readonly focus: 'terminal' | 'preserve' | 'none';
  /** `new` unless told. */
  readonly origin?: Origin;
}

export type PtyContextFactory = (shown: Shown) => PtyContext;
/** What the shell of a terminal says with its marks; undefined where none is known. Never rejects. */
/** How a session looks now; undefined where that is not known yet. */
export type LookSource = (shown: Shown) => Look | undefined;
export type NonceSource = (shown: Shown) => Promise<string | undefined>;

/** As VS Code's commands take a profile that an extension has. */
const OWN_PROFILE = { extensionIdentifier: EXTENSION_ID, id: Profile.SESSION, title: PROFILE_TITLE };

/** Shown by VS Code for our terminals, in tabs and in the profile list, where their session has no icon of its own. */
export const TERMINAL_ICON = new ThemeIcon('pinned');

/** Owns the VS Code terminals of this window that view sessions. */
export class OpenTerminals extends Disposable {
  /** In the order in which they were opened, which is VS Code's own. */
  private readonly _entries: Entry[] = [];
  private readonly _onDidChange = this._register(new Emitter<void>());
  /** What is shown, or its name, changed. */
  public readonly onDidChange = this._onDidChange.event;
  private readonly _onDidCloseByUser = this._register(new Emitter<Shown>());
  /** Somebody closed a terminal whose program runs. */
  public readonly onDidCloseByUser = this._onDidCloseByUser.event;
  private readonly _onDidTerminate = this._register(new Emitter<Shown>());
  /** A task was terminated whose program runs. */
  public readonly onDidTerminate = this._onDidTerminate.event;
  private readonly _onDidAttach = this._register(new Emitter<Origin>());
  /** A terminal has begun to view a session. */
  public readonly onDidAttach = this._onDidAttach.event;
  private readonly _onDidChangeSize = this._register(new Emitter<void>());
  /** A terminal is shown in another viewer's size, or no longer. */
  public readonly onDidChangeSize = this._onDidChangeSize.event;
  private readonly _onDidChangeReachable = this._register(new Emitter<void>());
  /** What holds a terminal has stopped to answer, or goes on. */
  public readonly onDidChangeReachable = this._onDidChangeReachable.event;

  private readonly _onDidCutOff = this._register(new Emitter<Pick<Entry, 'shown' | 'terminal'>>());
  /** VS Code has taken away what is behind a tab. */
  public readonly onDidCutOff = this._onDidCutOff.event;
  private readonly _onDidUse = this._register(new Emitter<void>());
  /** Somebody went to a terminal, or typed in it. */
  public readonly onDidUse = this._onDidUse.event;

  private _meant: ExtensionTerminalOptions | undefined;
  private readonly _onDidMake = this._register(new Emitter<void>());
  /** Where they stand. */
  public readonly places = this._register(new Places(this._entries));

  public constructor(
    private readonly _contextOf: PtyContextFactory,
    private readonly _nonceOf: NonceSource,
    private readonly _lookOf: LookSource,
  ) {
    super();
    this._register(window.onDidOpenTerminal((terminal) => this._opened(terminal)));
    this._register(window.onDidCloseTerminal((terminal) => this._closed(terminal)));
    this._register(window.onDidChangeActiveTerminal(() => this._focusActive()));
    this._register(window.onDidChangeActiveColorTheme(() => this._changeTheme()));
    this._register(window.onDidChangeWindowState((state) => state.focused && this._focusActive()));
  }

  public get all(): readonly Shown[] {
    return this._entries.map((entry) => entry.shown);
  }

  /** What the terminal shows that VS Code calls active. */
  public get active(): Shown | undefined {
    return this._active?.shown;
  }

  /** The size that the active terminal is shown in although there is room for another. */
  public get activeForeignSize(): Size | undefined {
    return this._active?.pty.foreignSize;
  }

  /** Whether what holds the active terminal answers. */
  public get isActiveReachable(): boolean {
    return this._active?.pty.isReachable !== false;
  }

  private get _active(): Entry | undefined {
    return this._entries.find(({ terminal }) => terminal !== undefined && terminal === window.activeTerminal);
  }

  public isShown(terminal: TerminalId): boolean {
    return this._entries.some((entry) => entry.shown.terminal === terminal);
  }

  /** Whether a VS Code terminal is one of ours. */
  public owns(terminal: Terminal): boolean {
    return this._entries.some((entry) => entry.terminal === terminal);
  }

  /** Whether a VS Code terminal is the one that shows this. */
  public shows(terminal: Terminal, shown: Shown): boolean {
    return this._entries.some(
      (entry) => entry.terminal === terminal && entry.shown.terminal === shown.terminal,
    );
  }

  /** The VS Code terminal that shows this, once it is there. */
  public terminalOf(shown: Shown): Terminal | undefined {
    return this._find(shown)?.terminal;
  }

  /** Opens a terminal, or goes to the one that shows this already. */
  public async show(shown: Shown, options: ShowOptions): Promise<void> {
    await this._whenNoneIsClosing([[shown, options]]);
    const nonce = await this._nonceFor(shown);
    const parent = this._find(shown) === undefined ? this.places.parentOf(shown, options) : undefined;
    if (parent?.isMade === true && options.focus === 'terminal' && columnOf(options.place) === null) {
      await this._split(parent, shown, nonce);
    } else {
      this._show(shown, options, nonce);
    }
  }

  /** Opens several at once: VS Code splits only what it has not made yet, but for its own command. */
  public async showAll(all: readonly (readonly [Shown, ShowOptions])[]): Promise<void> {
    await this._whenNoneIsClosing(all);
    const nonces = await Promise.all(all.map(([shown]) => this._nonceFor(shown)));
    for (const [index, [shown, options]] of all.entries()) {
      this._show(shown, options, nonces[index]);
    }
  }

  /** Until VS Code has made all terminals that were opened, or for so many milliseconds. */
  public async whenMade(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this._entries.every(({ isMade, shown }) => isMade || shown.task !== undefined)) {
          done();
        }
      };
      const done = (): void => {
        clearTimeout(timer);
        subscription.dispose();
        resolve();
      };
      const timer = setTimeout(done, ms);
      const subscription = this._onDidMake.event(look);
      look();
    });
  }

  /** One that is being closed can't be gone to, nor split: VS Code has disposed of it, and tells so a moment later. */
  private async _whenNoneIsClosing(all: readonly (readonly [Shown, Wanted])[]): Promise<void> {
    await untilGone(this, () =>
      all.some(([shown, options]) =>
        [this._find(shown), this.places.parentOf(shown, options)].some((entry) => entry?.isClosing === true),
      ),
    );
  }

  private async _nonceFor(shown: Shown): Promise<string | undefined> {
    return this._find(shown) === undefined ? this._nonceOf(shown) : undefined;
  }

  private _show(shown: Shown, options: ShowOptions, nonce: string | undefined): void {
    // Somebody else may have opened it meanwhile.
    const existing = this._find(shown);
    const place = existing === undefined ? this.places.take(shown, options) : undefined;
    const entry = existing ?? this._create(shown, options.origin ?? 'new');
    if (existing === undefined) {
      entry.lastColumn = columnOf(place);
    }
    if (entry.shown.task === undefined) {
      entry.terminal ??= window.createTerminal({
        ...this._options(entry, nonce),
        ...(place === undefined ? {} : { location: place }),
      });
    }
    if (entry.terminal !== undefined && options.focus !== 'none') {
      entry.terminal.show(options.focus === 'preserve');
    }
    if (existing === undefined) {
      this._onDidChange.fire();
    }
    if (options.focus !== 'none') {
      this._onDidUse.fire();
    }
  }

  /** VS Code's own command asks the profile for what it makes in the split. */
  private async _split(parent: Entry, shown: Shown, nonce: string | undefined): Promise<void> {
    await bringToFront(parent.terminal);
    this.places.open(shown, parent);
    this._meant = this._options(this._create(shown, 'new'), nonce);
    try {
      await commands.executeCommand('workbench.action.terminal.split', { config: OWN_PROFILE });
    } finally {
      this._meant = undefined;
    }
    this._onDidChange.fire();
    this._onDidUse.fire();
  }

  /** For the profile: what is being made in a split at this moment. */
  public takeMeant(): ExtensionTerminalOptions | undefined {
    const meant = this._meant;
    this._meant = undefined;
    return meant;
  }

  /** Brings what is shown to the front, once VS Code has made its terminal; never takes the focus. */
  public raise({ terminal: id }: Shown): void {
    const terminal = this._entries.find(
      ({ shown, isClosing }) => shown.terminal === id && !isClosing,
    )?.terminal;
    if (terminal !== undefined) {
      this.places.raise(terminal);
      terminal.show(true);
    }
  }

  /** For the profile: VS Code makes the terminal itself, where the user wants it. */
  public async prepare(shown: Shown, origin: Origin): Promise<ExtensionTerminalOptions> {
    this.places.open(shown);
    const entry = this._create(shown, origin);
    this._onDidChange.fire();
    return this._options(entry, await this._nonceOf(shown));
  }

  /** For a task: VS Code has made its terminal already. Where nobody knows which, it is not one of these. */
  public adopt(shown: Shown, terminal: Terminal | undefined): Pseudoterminal {
    if (terminal === undefined) {
      return new SessionPty(this._contextOf(shown), 'new');
    }
    this.places.open(shown);
    const entry = this._create(shown, 'new');
    entry.terminal = terminal;
    entry.pty.onDidClose(() => this._forget(entry));
    this._onDidChange.fire();
    return entry.pty;
  }

  /** Closes what views a terminal; the program goes on. @returns how many were closed. */
  public detach(isMeant: (shown: Shown) => boolean): number {
    const meant = this._entries.filter((entry) => isMeant(entry.shown));
    for (const entry of meant) {
      entry.isClosing = entry.terminal !== undefined;
      entry.terminal?.dispose();
    }
    return meant.length;
  }

  /** Keeps tabs open while what they show is ended and started again. */
  public async hold(isMeant: (shown: Shown) => boolean, restart: Promise<unknown>): Promise<void> {
    const meant = this._entries.filter((entry) => isMeant(entry.shown));
    await Promise.all([restart, ...meant.map((entry) => entry.pty.hold(restart))]);
  }

  /** What is shown is being ended from here: its tabs close with it, however it ends. */
  public expectEnd(isMeant: (shown: Shown) => boolean, end: Promise<unknown>): void {
    for (const entry of this._entries.filter(({ shown }) => isMeant(shown))) {
      // Whoever ends it hears of a failure.
      entry.pty.expectEnd(end).catch(() => undefined);
    }
  }

  /** Gives tabs the names of what they show. */
  public rename(nameOf: (shown: Shown) => string): void {
    let changed = false;
    for (const entry of this._entries) {
      const name = nameOf(entry.shown);
      if (name !== entry.shown.name && entry.shown.task === undefined) {
        entry.shown = { ...entry.shown, name };
        nameTab(entry, () => this._entries.includes(entry));
        changed = true;
      }
    }
    if (changed) {
      this._onDidChange.fire();
    }
  }

  /** Nobody can be taken to look at this window: leaves what is shown. */
  public leave(): void {
    for (const { pty } of this._entries) {
      pty.leave();
    }
  }

  /** Views again what was left. */
  public comeBack(): void {
    for (const { pty } of this._entries) {
      pty.comeBack();
    }
  }

  private _create(shown: Shown, origin: Origin): Entry {
    const entry: Entry = {
      shown,
      pty: new SessionPty(this._contextOf(shown), origin),
      terminal: undefined,
      isMade: false,
      isClosing: false,
      column: null,
      lastColumn: null,
      origin,
    };
    entry.pty.onDidChangeSize(() => this._onDidChangeSize.fire());
    entry.pty.onDidUse(() => this._onDidUse.fire());
    entry.pty.onDidCutOff(() => this._onDidCutOff.fire({ ...entry }));
    entry.pty.onDidChangeReachable(() => this._onDidChangeReachable.fire());
    entry.pty.onDidAttach(() => this._onDidAttach.fire(origin));
    this._entries.push(entry);
    return entry;
  }

  private _find({ terminal, readOnly }: Shown): Entry | undefined {
    return this._entries.find(({ shown }) => shown.terminal === terminal && shown.readOnly === readOnly);
  }

  private _options({ shown, pty }: Entry, nonce: string | undefined): ExtensionTerminalOptions {
    const { name } = shown;
    const { icon, color } = this._lookOf(shown) ?? shown.look ?? {};
    const trusted = nonce === undefined ? {} : { shellIntegrationNonce: nonce };
    return {
      ...{ name, pty, isTransient: true },
      iconPath: icon === undefined ? TERMINAL_ICON : new ThemeIcon(icon),
      ...(color === undefined ? {} : { color: new ThemeColor(color) }),
      ...trusted,
    };
  }

  private _opened(terminal: Terminal): void {
    const options = terminal.creationOptions;
    const entry = this._entries.find((candidate) => 'pty' in options && options.pty === candidate.pty);
    if (entry === undefined) {
      return;
    }
    const isOfProfile = entry.terminal === undefined;
    entry.terminal = terminal;
    entry.isMade = true;
    this._onDidMake.fire();
    if (!isOfProfile) {
      return;
    }
    // VS Code focuses a contributed profile's terminal before it is there, which is nothing or the last one, and may leave
    // it behind a closed panel (1.139). What comes back never takes the keyboard.
    terminal.show(entry.origin === 'restored');
  }

  private _closed(terminal: Terminal): void {
    const entry = this._entries.find((candidate) => candidate.terminal === terminal);
    const reason = terminal.exitStatus?.reason;
    if (entry === undefined || reason === TerminalExitReason.Shutdown || reason === undefined) {
      // The window goes, or nobody knows why: what it showed is to come back.
      return;
    }
    this._forget(entry);
    // VS Code's own `detachSession` takes the tab away without a word to what is behind it.
    entry.pty.close();
    if (reason === TerminalExitReason.User) {
      this._onDidCloseByUser.fire(entry.shown);
    } else if (reason === TerminalExitReason.Unknown && entry.shown.task !== undefined) {
      // VS Code gives a task that is terminated no reason, and every other end one (1.139).
      this._onDidTerminate.fire(entry.shown);
    }
  }

  private _forget(entry: Entry): void {
    const index = this._entries.indexOf(entry);
    if (index >= 0) {
      this._entries.splice(index, 1);
      this.places.close(entry.shown);
      this._onDidChange.fire();
    }
  }

  private _changeTheme(): void {
    for (const { pty } of this._entries) {
      pty.changeTheme();
    }
  }

  private _focusActive(): void {
    if (window.state.focused) {
      this._active?.pty.focus();
    }
  }
}
