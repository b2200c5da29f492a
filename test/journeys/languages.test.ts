import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { provideLanguages } from '../editor/languages';
import { closeMenu, openMenu } from '../editor/menus';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';

/** Longer than extensions take to be there, and far shorter than a test may take. */
const EXTENSIONS_MS = 40_000;

/** A window whose language VS Code has not had before has been seen to come up without extensions: it is loaded again then. */
const withExtensions = async (window: Workbench): Promise<void> => {
  const icon = window.page.locator('.activitybar .action-item a[aria-label^="Holdfast"]').first();
  await poll(
    async () => {
      const isThere = await icon.waitFor({ timeout: EXTENSIONS_MS }).then(
        () => true,
        () => false,
      );
      if (!isThere) {
        await window.reload();
      }
      return isThere;
    },
    { timeoutMs: 3 * EXTENSIONS_MS, what: 'the window to have extensions', state: () => window.described() },
  );
};

/** What a window says of the same sessions, by the language that its browser asks for. */
const SAID = {
  de: {
    view: 'Sitzungen',
    detached: 'getrennt',
    failed: 'mit Code 3 beendet',
    menu: ['Anfügen', 'Bildschirmvorschau', 'Umbenennen', 'Beenden'],
    status: /^Holdfast, 1 Sitzung/,
    command: 'Daemonstatus anzeigen',
    told: /^Daemon .* 1 Sitzung, 0 Betrachter/,
  },
  ja: {
    view: 'セッション',
    detached: '切断済み',
    failed: '終了コード 3 で終了',
    menu: ['アタッチ', '画面のピーク', '名前の変更', '強制終了'],
    status: /^Holdfast、1 件のセッション/,
    command: 'デーモンの状態を表示',
    told: /^デーモン .*1 件のセッション、ビューアー 0 件/,
  },
  'zh-CN': {
    view: '会话',
    detached: '已拆离',
    failed: '已结束，代码为 3',
    menu: ['附加', '速览屏幕', '重命名', '终止'],
    status: /^Holdfast，1 个会话/,
    command: '显示守护进程状态',
    told: /^守护进程 .* 1 个会话，0 个查看者/,
  },
} as const;

describe('a window in another language', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey;
  before(async () => {
    journey = await Journey.begin();
    provideLanguages(
      journey.serverOptions.folder,
      Object.keys(SAID).map((locale) => locale.toLowerCase()),
    );
    await journey.holdfast('new', 'web', '--', 'bash', '--norc');
    await journey.holdfast('new', 'tests', '--', 'sh', '-c', 'exit 3');
  });
  after(() => journey?.dispose());

  let isStarted = false;
  for (const [locale, said] of Object.entries(SAID)) {
    it(`says in ${locale} what the sessions do, what can be done to them, and what was asked for`, async () => {
      const window = isStarted
        ? await journey.openWindow(undefined, locale)
        : await journey.openEditor({ locale });
      isStarted = true;
      await withExtensions(window);
      const rows = await window.openSessionsView(said.view);
      const web = rows.filter({ hasText: 'web' });
      await web.filter({ hasText: said.detached }).waitFor();
      await rows.filter({ hasText: 'tests' }).filter({ hasText: said.failed }).waitFor();
      await openMenu(web, said.menu[0]);
      const items = await window.page.locator('.monaco-menu-container .action-label').allInnerTexts();
      assert.deepEqual(
        items.filter((item) => (said.menu as readonly string[]).includes(item)),
        said.menu,
      );
      await window.screenshot(journey.artifact(`language-menu-${locale}`));
      await closeMenu(window.page);
      const status = window.page.locator('.part.statusbar [id="holdfast.holdfast.holdfast.sessions"] a');
      assert.match((await status.getAttribute('aria-label')) ?? '', said.status);
      await window.run(said.command);
      const notification = await window.notifications.show(said.told.source.slice(1, 4));
      assert.match(
        await notification.locator('.notification-list-item-message').first().innerText(),
        said.told,
      );
      await window.screenshot(journey.artifact(`language-notification-${locale}`));
      await window.close();
    });
  }
});
