import { setTimeout as delay } from 'node:timers/promises';
import {
  commands,
  l10n,
  type Tab,
  TabInputTerminal,
  type Terminal,
  ThemeIcon,
  ViewColumn,
  window,
} from 'vscode';
import { Disposable, DisposableStore, toDisposable } from '../../daemon/lifecycle/lifecycle';
import { HoldfastError } from '../../daemon/protocol/errors';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import { ContextKey, View } from '../contributions';
import type { DaemonLink } from '../daemonLink';
import type { Notices } from '../notices';
import type { Shown } from '../terminals/shown';
import { nameTab } from '../terminals/tabName';
import { plainText } from '../tree/plainText';
import type { PeekedPart, PeekedScreen } from './peekFrame';
import { PeekPty } from './peekPty';

/** People see a change at once, and asking costs the daemon about a millisecond. */
const LOOK_EVERY_MS = 200;
const ICON = new ThemeIcon('open-preview');

/** Where the keyboard was: on a row of the view, where it stays, or nobody knows where, and it goes to the peek. */
export type PeekedFrom = 'focused-row' | 'row' | 'elsewhere';

interface Peeking {
  readonly pty: PeekPty;
  readonly terminal: Terminal;
  readonly store: DisposableStore;
  shown: Shown;
  from: PeekedFrom;
  /** How often another one was peeked at: what an earlier one still waits for is not shown. */
  turn: number;
  wasInFront: boolean;
}

/**
 * The current screen of a session in a tab of its own, live and in its colours, by asking for it again and again: nobody is
 * attached, so the session's viewers, its size, what it wants a look for and its time to live stay as they are. One tab
 * serves all; it closes by Escape, and when another tab is put in front of it.
 */
export class Peek extends Disposable {
  private _peeking: Peeking | undefined;

  public constructor(
    private readonly _link: DaemonLink,
    private readonly _notices: Notices,
    private readonly _attach: (shown: Shown) => Promise<void>,
  ) {
    super();
    this._register(toDisposable(() => this.close()));
    this._register(window.tabGroups.onDidChangeTabs(() => this._tabsChanged()));
    this._register(
      window.onDidCloseTerminal((terminal) => terminal === this._peeking?.terminal && this._closed()),
    );
  }

  public open(shown: Shown, from: PeekedFrom): void {
    const existing = this._peeking;
    const peeking = existing ?? this._create(shown, from);
    peeking.from = from;
    if (existing !== undefined) {
      if (existing.shown.terminal !== shown.terminal) {
        existing.turn++;
        existing.shown = shown;
        this._rename(existing);
        existing.pty.clear();
        void this._follow(existing);
      }
    } else {
      this._peeking = peeking;
      void commands.executeCommand('setContext', ContextKey.PEEKING, true);
      void this._follow(peeking);
    }
    peeking.terminal.show(from !== 'elsewhere');
  }

  public close(): void {
    this._peeking?.terminal.dispose();
    this._closed();
  }

  private _create(shown: Shown, from: PeekedFrom): Peeking {
    const pty = new PeekPty();
    const terminal = window.createTerminal({
      name: tabName(shown),
      pty,
      iconPath: ICON,
      isTransient: true,
      location: { viewColumn: ViewColumn.Active, preserveFocus: from !== 'elsewhere' },
    });
    const store = new DisposableStore();
    const peeking: Peeking = { pty, terminal, store, shown, from, turn: 0, wasInFront: false };
    store.add(
      pty.onDidOpen(() => {
        // What VS Code focuses before its emulator is there has nothing to take the keyboard: nobody has it then (1.139).
        if (peeking.from === 'elsewhere') {
          terminal.show(false);
        }
      }),
    );
    store.add(
      pty.onDidChoose((choice) => {
        const chosen = choice === 'attach' ? this._attachInstead(peeking) : this._leave(peeking);
        chosen.catch((error: unknown) => this._notices.error(error));
      }),
    );
    return peeking;
  }

  private async _attachInstead({ shown }: Peeking): Promise<void> {
    this.close();
    await this._attach(shown);
  }

  /** To the row that it was opened from, else to the editor behind it: nobody tells where the keyboard was before. */
  private async _leave(peeking: Peeking): Promise<void> {
    if (peeking.from === 'focused-row') {
      // Before it closes: VS Code leads on to the next editor if that has the keyboard then.
      await commands.executeCommand(`${View.SESSIONS}.focus`);
      this.close();
      return;
    }
    const tab = tabOf(peeking);
    this._closed();
    if (tab !== undefined) {
      // A terminal that is disposed of takes the keyboard along, and nobody has it then (1.139).
      await window.tabGroups.close(tab);
    }
    peeking.terminal.dispose();
  }

  private _rename(peeking: Peeking): void {
    const { turn, terminal, pty, shown } = peeking;
    const tab = { terminal, pty, shown: { name: tabName(shown) } };
    nameTab(tab, () => this._peeking === peeking && peeking.turn === turn);
  }

  private _closed(): void {
    if (this._peeking !== undefined) {
      this._peeking.turn++;
      this._peeking.store.dispose();
      this._peeking = undefined;
      void commands.executeCommand('setContext', ContextKey.PEEKING, false);
    }
  }

  private async _follow(peeking: Peeking): Promise<void> {
    const { turn } = peeking;
    const isCurrent = (): boolean => this._peeking === peeking && peeking.turn === turn;
    let isFirst = true;
    while (isCurrent()) {
      try {
        const screen = await this._look(peeking);
        if (isCurrent()) {
          peeking.pty.show(screen);
        }
      } catch (error) {
        // Later, the daemon may be replaced or busy: the last screen stays until there is another.
        if (isCurrent() && (isFirst || isGone(error))) {
          this.close();
          this._notices.error(error);
        }
      }
      isFirst = false;
      await delay(LOOK_EVERY_MS, undefined, { ref: false });
    }
  }

  private async _look({ shown, pty }: Peeking): Promise<PeekedScreen> {
    const { lines, drawn, size, cursor, state } = await this._link.call(TerminalSnapshot.type, {
      target: { text: `${shown.session}:${shown.terminal}`, explicit: true },
      drawn: pty.columns,
    });
    return {
      // A daemon of an earlier build draws no colours.
      rows: drawn ?? lines.map((line) => plainText(line, pty.columns)),
      size,
      cursor: state === 'running' ? cursor : { ...cursor, visible: false },
      footer: (part) => footer(shown, `${size.cols}×${size.rows}`, part),
    };
  }

  private _tabsChanged(): void {
    const peeking = this._peeking;
    if (peeking === undefined) {
      return;
    }
    const tab = tabOf(peeking);
    if (tab?.isActive === true) {
      peeking.wasInFront = true;
    } else if (tab !== undefined && peeking.wasInFront) {
      this.close();
    }
  }
}

/** No API tells the tab of a terminal. */
const tabOf = ({ terminal }: Peeking): Tab | undefined =>
  window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .find(({ input, label }) => input instanceof TabInputTerminal && label === terminal.name);

const tabName = ({ name }: Shown): string => l10n.t('Peek: {0}', name);

const footer = ({ name }: Shown, size: string, part: PeekedPart): string => {
  switch (part) {
    case 'all':
      return l10n.t(' {0} · {1} · Esc closes, Enter attaches', plainText(name), size);
    case 'some-rows':
      return l10n.t(' {0} · part of {1} · ↑ ↓ scroll, Esc closes, Enter attaches', plainText(name), size);
    case 'some-columns':
      return l10n.t(' {0} · part of {1} · Esc closes, Enter attaches', plainText(name), size);
  }
};

const isGone = (error: unknown): boolean => {
  const { code } = HoldfastError.from(error);
  return code === 'SESSION_NOT_FOUND' || code === 'TERMINAL_NOT_FOUND';
};
