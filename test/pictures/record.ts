/**
 * Records the moving pictures of the README: a real VS Code with the packed extension, real shells, and what a person
 * would do. `npm run pictures` runs it; `docs/pictures/` has what comes out.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { Journey } from '../journeys/journey';
import { MovingPicture } from './movingPicture';

const OUT = resolve(__dirname, '../../docs/pictures');
const SIZE = { width: 960, height: 600 };
const FRAME_MS = 250;
/** What people read is shown for longer than it takes to happen. */
const READ_MS = 1600;
const SETTINGS = {
  'workbench.colorTheme': 'Dark Modern',
  'terminal.integrated.fontSize': 13,
  'window.commandCenter': false,
  'workbench.layoutControl.enabled': false,
  'breadcrumbs.enabled': false,
  // A tooltip would cover what is shown.
  'workbench.hover.delay': 600_000,
  'terminal.integrated.initialHint': false,
  'terminal.integrated.suggest.enabled': false,
};

/** As test runners print it; slow enough to be followed. */
const TESTS = `n=0; while sleep 0.25; do n=$((n+1)); printf '\\033[32m✓\\033[m test %d of 900 \\033[2m(%d ms)\\033[m\\n' $n $((n * 37 % 90 + 4)); done`;
const SERVER = `printf '\\033[1;36mserver\\033[m ready\\n'; while sleep 0.6; do printf '\\033[2m%s\\033[m GET /api/items \\033[32m200\\033[m\\n' "$(date +%T)"; done`;

class Recorder {
  private readonly _picture = new MovingPicture();

  public constructor(private readonly _name: string) {}

  /** What the page shows from now on, for so long. */
  public async film(page: Page, milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds;
    do {
      const began = Date.now();
      this._picture.add(await page.screenshot(), FRAME_MS);
      await page.waitForTimeout(Math.max(0, FRAME_MS - (Date.now() - began)));
    } while (Date.now() < until);
  }

  /** What the page shows now, for so long. */
  public async still(page: Page, milliseconds = READ_MS): Promise<void> {
    this._picture.add(await page.screenshot(), milliseconds);
  }

  public save(): void {
    mkdirSync(OUT, { recursive: true });
    const bytes = this._picture.encode();
    writeFileSync(join(OUT, `${this._name}.gif`), bytes);
    process.stdout.write(`docs/pictures/${this._name}.gif: ${Math.round(bytes.length / 1000)} kB\n`);
  }
}

const arrange = async (window: Workbench): Promise<void> => {
  await window.page.setViewportSize(SIZE);
  await window.openSessionsView();
};

/** The editor is closed while tests run in a session, and opened again. */
const comesBack = async (journey: Journey): Promise<void> => {
  const recorder = new Recorder('comes-back');
  let window = await journey.openEditor();
  await arrange(window);
  await window.run('Holdfast: New Session');
  await window.terminalShows(/[$#] *$/);
  await recorder.still(window.page);
  await window.type('./run-tests\r');
  await window.terminalShows(/test 2 of/);
  await recorder.film(window.page, 3500);
  await window.panelNoted();
  const [session] = await journey.sessions();
  await journey.frontNoted(session?.name ?? '');
  await recorder.still(window.page, FRAME_MS);
  await window.close();
  await journey.killEditor();

  const card = await journey.openPage();
  await card.setViewportSize(SIZE);
  await card.setContent(CARD);
  await recorder.still(card, 2500);
  await card.context().close();

  window = await journey.openEditor();
  await arrange(window);
  await window.terminalShows(/test \d+ of/);
  await recorder.film(window.page, 4000);
  await recorder.still(window.page, 2000);
  recorder.save();
  await window.close();
  await journey.killEditor();
};

/** All there is of VS Code just then. */
const CARD = `<body style="margin:0;display:grid;place-items:center;height:100vh;background:#181818;color:#ccc;font:22px sans-serif">
  <p style="text-align:center">VS Code is closed.<br><span style="color:#888">The tests go on.</span></p></body>`;

/** A session is looked at from its row, and attached from there. */
const peek = async (journey: Journey): Promise<void> => {
  const recorder = new Recorder('peek');
  const window = await journey.openEditor();
  await arrange(window);
  const rows = await window.openSessionsView();
  await journey.holdfast('new', 'server', '--group', 'web', '--', './serve');
  await journey.holdfast('new', 'notes', '--', 'bash', '--norc');
  const row = rows.filter({ hasText: 'server' });
  await row.waitFor();
  await rows.filter({ hasText: 'notes' }).waitFor();
  await recorder.still(window.page);
  await poll(
    async () => {
      await window.page.mouse.move(600, 300);
      await row.hover();
      await recorder.still(window.page, 600);
      await row
        .getByRole('button', { name: 'Peek Screen' })
        .click({ timeout: 3000 })
        .catch(() => undefined);
      return window.page.getByRole('tab', { name: /Peek: server/ }).isVisible();
    },
    { what: 'the peek', timeoutMs: 30_000 },
  );
  await window.page.mouse.move(600, 300);
  await recorder.film(window.page, 3500);
  await poll(
    async () => {
      await window.page
        .locator('.editor-instance .xterm')
        .click({ timeout: 3000 })
        .catch(() => undefined);
      await window.page.keyboard.press('Enter');
      return row
        .filter({ hasText: 'shown here' })
        .waitFor({ timeout: 5000 })
        .then(
          () => true,
          () => false,
        );
    },
    { what: 'the session to be attached', timeoutMs: 30_000 },
  );
  await window.page.mouse.move(600, 300);
  await recorder.film(window.page, 3000);
  recorder.save();
  await window.close();
};

const main = async (): Promise<void> => {
  const journey = await Journey.begin(SETTINGS);
  try {
    // Folders then are shown as below a home, whatever this machine is.
    journey.environment['HOME'] = journey.folder;
    for (const [name, script] of Object.entries({ 'run-tests': TESTS, serve: SERVER })) {
      writeFileSync(join(journey.project, name), `#!/bin/bash\n${script}\n`, { mode: 0o755 });
    }
    writeFileSync(join(journey.folder, '.bashrc'), `PS1='\\[\\e[34m\\]project\\[\\e[m\\] $ '\n`);
    writeFileSync(join(journey.folder, '.profile'), '. ~/.bashrc\n');
    await comesBack(journey);
    await peek(journey);
  } finally {
    await journey.dispose();
  }
};

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
