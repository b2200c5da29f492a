import type { Locator, Page } from 'playwright-core';
import { PATIENCE_MS, poll } from './patience';

/** Some of it for each try of a command and its answer. */
const TIMEOUT_MS = 2 * PATIENCE_MS;
/** Until VS Code has shown what it shows at once: twice as long at each try, as one that begins anew never ends on a busy machine. */
const SHOWN_MS = 2000;
const LONGEST_SHOWN_MS = 16_000;
/** How many of the palette's rows are looked at. */
const PALETTE_ROWS = 5;

/**
 * VS Code's picker, in which its commands, their questions and input boxes are. It closes when something else takes the focus,
 * as editors do that open late, and it may drop a key while it changes from one question to the next: each step here is taken
 * again until it shows.
 */
export class QuickInput {
  private readonly _input: Locator;
  private readonly _focused: Locator;
  private _shownMs = SHOWN_MS;

  public constructor(
    private readonly _page: Page,
    private readonly _described: () => Promise<unknown>,
  ) {
    this._input = _page.locator('.quick-input-widget input').first();
    this._focused = _page.locator('.quick-input-list .monaco-list-row.focused');
  }

  /** Runs a command by its title, through the Command Palette. */
  public async run(title: string): Promise<void> {
    await this._poll(() => this._run(title), `the palette to offer ${title}`);
  }

  /** Answers the quick pick or input box that is open. */
  public async answer(text: string): Promise<void> {
    await this._poll(() => this._answer(text), `${text} to be taken for an answer`);
  }

  /** Runs a command and answers its one question; both again when the question was closed by something else. */
  public async choose(title: string, text: string): Promise<void> {
    await this._poll(async () => {
      if (!(await this._run(title))) {
        return false;
      }
      for (const deadline = Date.now() + PATIENCE_MS / 3; Date.now() < deadline; ) {
        if (await this._answer(text)) {
          return true;
        }
      }
      await this._page.keyboard.press('Escape');
      return false;
    }, `${title} to be answered with ${text}`);
  }

  private async _run(title: string): Promise<boolean> {
    // `New Session` is not `New Session…`, nor `Attach` `Attach (Read-Only)`, whichever the palette puts first.
    const exactly = new RegExp(`${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?!…|\\s*\\()`);
    const found = this._focused.filter({ hasText: exactly });
    // The list does not follow commands that are contributed while it is open: it is asked again.
    await this._page.keyboard.press('F1');
    const asked = `>${title}`;
    if (!(await this._filled(asked))) {
      return false;
    }
    // By keyboard: what is found late moves the rows, and a click would land on another command.
    await isSeen(this._focused, this._shownMs);
    for (let rows = 0; rows < PALETTE_ROWS; rows++) {
      if (await isSeen(found, this._shownMs / PALETTE_ROWS)) {
        await this._page.keyboard.press('Enter');
        // As long as the palette is there it has run nothing, and what is typed next would go into it.
        return this._isGone(asked);
      }
      await this._page.keyboard.press('ArrowDown');
    }
    await this._page.keyboard.press('Escape');
    return false;
  }

  private async _answer(text: string): Promise<boolean> {
    if (!(await this._filled(text))) {
      return false;
    }
    // What is offered may come later than the question; an input box offers nothing.
    const list = await this._page.locator('.quick-input-list').first().getAttribute('style');
    const isBox = /display:\s*none/.test(list ?? '');
    if (!isBox && !(await isSeen(this._focused.filter({ hasText: text }), this._shownMs))) {
      return false;
    }
    await this._page.keyboard.press('Enter');
    return this._isGone(text);
  }

  /** Fills the input box that is open or about to open; false when it did not stay. */
  private _filled(text: string): Promise<boolean> {
    return this._input.fill(text, { timeout: this._shownMs }).then(
      () => true,
      () => false,
    );
  }

  /** Whether what was typed is no longer there to be answered: the picker is closed, or asks something else. */
  private _isGone(typed: string): Promise<boolean> {
    return poll(async () => !(await this._input.isVisible()) || (await this._input.inputValue()) !== typed, {
      what: `${typed} to be taken`,
      timeoutMs: this._shownMs,
    }).catch(() => false);
  }

  private async _poll(attempt: () => Promise<boolean>, what: string): Promise<void> {
    this._shownMs = SHOWN_MS;
    const patiently = async (): Promise<boolean> => {
      const isDone = await attempt();
      this._shownMs = Math.min(2 * this._shownMs, LONGEST_SHOWN_MS);
      return isDone;
    };
    await poll(patiently, { timeoutMs: TIMEOUT_MS, what, state: this._described });
  }
}

const isSeen = (locator: Locator, timeout: number): Promise<boolean> =>
  locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );
