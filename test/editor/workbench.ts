import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { NotificationCentre } from './notificationCentre';
import { PATIENCE_MS, poll } from './patience';
import { QuickInput } from './quickInput';
import { SHOWN_MS, until } from './rows';
import { CHROMIUM_ARGS, chromiumPath } from './tools';

/** Until a window is there: a page of 20 MB, an extension host and its extensions, on a machine that is busy. */
const READY_TIMEOUT_MS = 120_000;
const ACTIVE_TERMINAL = '.terminal-wrapper.active';

/** What VS Code puts on the page when it runs with its smoke-test driver. */
interface Driver {
  whenWorkbenchRestored(): Promise<void>;
  getTerminalBuffer(selector: string): Promise<string[]>;
  writeInTerminal(selector: string, text: string): Promise<void>;
}
/** As much of the browser's IndexedDB as it takes to read what VS Code keeps there. */
interface Database {
  readonly objectStoreNames: Iterable<string>;
  transaction(store: string): { objectStore(name: string): { get(key: string): DatabaseRequest<unknown> } };
  close(): void;
}
interface DatabaseRequest<T> {
  readonly result: T;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

/** The page's globals that are used from here; the DOM's types would be known to all of the project. */
interface PageGlobals {
  readonly driver?: Driver;
  readonly indexedDB: {
    databases(): Promise<readonly { readonly name: string }[]>;
    open(name: string): DatabaseRequest<Database>;
  };
}

const environment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

export const launchBrowser = (): Promise<Browser> => {
  const executablePath = chromiumPath();
  return chromium.launch({
    headless: true,
    timeout: READY_TIMEOUT_MS,
    args: CHROMIUM_ARGS,
    // VS Code plays sounds for a screen reader, and who looks for the usual server leaves a folder behind (pulse-client.conf(5)).
    env: { ...environment(), PULSE_SERVER: 'unix:/nonexistent' },
    ...(executablePath === undefined ? {} : { executablePath }),
  });
};

/**
 * An empty page in a browser profile of its own.
 * @param locale the language that the browser asks for
 */
export const openPage = async (browser: Browser, locale = 'en-US'): Promise<Page> => {
  const context = await browser.newContext({
    locale,
    viewport: { width: 1280, height: 800 },
    // code-server would compress the workbench's 20 MB anew for each window, which takes longer than anything else of it.
    extraHTTPHeaders: { 'Accept-Encoding': 'identity' },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  context.setDefaultNavigationTimeout(READY_TIMEOUT_MS);
  return context.newPage();
};

/** One VS Code window in a page: what a person sees of it and does to it. */
export class Workbench {
  public readonly notifications: NotificationCentre;
  private readonly _quickInput: QuickInput;

  private constructor(public readonly page: Page) {
    const described = (): Promise<unknown> => this.described();
    this._quickInput = new QuickInput(page, described);
    this.notifications = new NotificationCentre(page, (title) => this.run(title), described);
  }

  /** Opens a window on a folder, or on a workspace file, and waits until it is restored. */
  public static async open(
    browser: Browser,
    url: string,
    folder: string,
    locale?: string,
  ): Promise<Workbench> {
    const page = await openPage(browser, locale);
    const workbench = new Workbench(page);
    const address = new URL('/', url);
    address.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder);
    await page.goto(address.href);
    await workbench.ready();
    return workbench;
  }

  public async ready(): Promise<void> {
    await this.page.waitForFunction(
      () => (globalThis as unknown as PageGlobals).driver !== undefined,
      undefined,
      { timeout: READY_TIMEOUT_MS },
    );
    await this.page.evaluate(() => (globalThis as unknown as PageGlobals).driver?.whenWorkbenchRestored());
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: READY_TIMEOUT_MS });
  }

  public async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Waits until VS Code has noted that its panel is open, which it does every few seconds: only then a reload finds it so. */
  public async panelNoted(): Promise<void> {
    let noted: readonly unknown[] = [];
    await poll(
      async () => {
        noted = await this._stored('workbench.panel.hidden');
        return noted.includes('false');
      },
      { what: 'VS Code to note that the panel is open', state: () => noted },
    );
  }

  /** What VS Code keeps in this browser under a key, in each of its databases. */
  private _stored(key: string): Promise<readonly unknown[]> {
    return this.page.evaluate(async (wanted) => {
      const { indexedDB } = globalThis as unknown as PageGlobals;
      const found: unknown[] = [];
      for (const { name } of await indexedDB.databases()) {
        const opening = indexedDB.open(name);
        // No function gets a name here: what tsx adds for one is not on the page.
        await new Promise<void>((resolve, reject) => {
          opening.onsuccess = () => resolve();
          opening.onerror = () => reject(new Error(`${name} can't be opened`));
        });
        for (const store of opening.result.objectStoreNames) {
          const reading = opening.result.transaction(store).objectStore(store).get(wanted);
          await new Promise<void>((resolve, reject) => {
            reading.onsuccess = () => resolve();
            reading.onerror = () => reject(new Error(`${wanted} can't be read`));
          });
          found.push(reading.result);
        }
        opening.result.close();
      }
      return found;
    }, key);
  }

  /** Closes the page with its context, as closing the browser's tab does. */
  public async close(): Promise<void> {
    await this.page.context().close();
  }

  /** Has the page's process die, as the browser's does when it runs out of memory: nobody is told. */
  public async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash');
    // It is never answered.
    void this.page.goto('chrome://crash').catch(() => undefined);
    await crashed;
  }

  /** Runs a command by its title, through the Command Palette. */
  public run(title: string): Promise<void> {
    return this._quickInput.run(title);
  }

  /** Answers the quick pick or input box that is open. */
  public answer(text: string): Promise<void> {
    return this._quickInput.answer(text);
  }

  /** Runs a command and answers its one question. */
  public choose(title: string, text: string): Promise<void> {
    return this._quickInput.choose(title, text);
  }

  /** The rows of the terminal in front, without trailing blanks. */
  public async terminalRows(): Promise<string[]> {
    const rows = await this.page.evaluate(async (selector) => {
      const { driver } = globalThis as unknown as PageGlobals;
      try {
        return (await driver?.getTerminalBuffer(selector)) ?? [];
      } catch {
        // There is no terminal in front yet, or its emulator is still being made.
        return [];
      }
    }, ACTIVE_TERMINAL);
    return rows.map((row) => row.trimEnd());
  }

  /** Waits until the terminal in front shows a text, and returns its rows. */
  public terminalShows(pattern: RegExp, timeoutMs = PATIENCE_MS): Promise<string[]> {
    return poll(
      async () => {
        const rows = await this.terminalRows();
        return rows.some((row) => pattern.test(row)) ? rows : undefined;
      },
      { timeoutMs, what: `the terminal to show ${pattern}`, state: () => this.described() },
    );
  }

  /** What a person would tell of this window when something is missing: for messages of tests that fail. */
  public async described(): Promise<Record<string, readonly string[]>> {
    const texts = (selector: string): Promise<string[]> => this.page.locator(selector).allInnerTexts();
    return {
      terminal: await this.terminalRows(),
      terminals: await this.terminalNames(),
      notifications: await texts('.notification-list-item-message'),
      dialogs: await texts('.monaco-dialog-box'),
      quickInput: await texts('.quick-input-widget:visible'),
      statusbar: await texts('.part.statusbar'),
      sidebar: await texts('.part.sidebar'),
    };
  }

  /** Types into the terminal in front, as keys from its emulator. */
  public async type(text: string): Promise<void> {
    await this.page.evaluate(
      ([selector, typed]) => (globalThis as unknown as PageGlobals).driver?.writeInTerminal(selector, typed),
      [ACTIVE_TERMINAL, text] as const,
    );
  }

  /** The labels of all terminals of this window, from its tab list or, with one terminal, from its title. */
  public async terminalNames(): Promise<string[]> {
    const tabs = await this.page.locator('.terminal-tabs-entry').allInnerTexts();
    const single = await this.page.locator('.single-terminal-tab').allInnerTexts();
    return [...tabs, ...single].map((label) => label.trim()).filter((label) => label !== '');
  }

  /** Waits until the tab of one of several terminals is the highlighted one. */
  public async terminalInFront(name: string): Promise<void> {
    const highlighted = async (): Promise<string> =>
      (await this.page.locator('.terminal-tabs-entry').allInnerTexts()).length < 2
        ? ''
        : (await this.page.locator('.monaco-list-row.selected .terminal-tabs-entry').allInnerTexts()).join(
            '\n',
          );
    await poll(async () => (await highlighted()).trim() === name, {
      what: `the tab of ${name} to be highlighted`,
      state: async () => ({ highlighted: await highlighted(), ...(await this.described()) }),
    });
  }

  /** Clicks the tab of one of several terminals, until it is the highlighted one. */
  public async goToTerminal(name: string): Promise<void> {
    const tab = this.page
      .locator('.terminal-tabs-entry')
      .filter({ hasText: new RegExp(`^\\s*${name}\\s*$`) });
    const highlighted = this.page.locator('.monaco-list-row.selected').filter({ has: tab });
    await until(highlighted, () => tab.click({ timeout: SHOWN_MS }), `the tab of ${name} to be gone to`);
  }

  /**
   * The Holdfast view's rows. The pointer rests beside them: the hover of the row it was on would cover others.
   * @param name of the view, in the window's language
   */
  public async openSessionsView(name = 'Sessions'): Promise<Locator> {
    const rows = this.page.locator(`.pane:has-text("${name}") .monaco-list-row`);
    const title = this.page.locator('.sidebar .composite.title:has-text("Holdfast")');
    const open = async (): Promise<void> => {
      // Another click would close it.
      if ((await title.count()) === 0) {
        await this.page.locator('.activitybar .action-item a[aria-label^="Holdfast"]').first().click();
      }
    };
    await until(title, open, 'the view to be open');
    await this.page.mouse.move(700, 300);
    return rows;
  }

  public async screenshot(path: string): Promise<void> {
    mkdirSync(dirname(path), { recursive: true });
    await this.page.screenshot({ path });
  }
}
