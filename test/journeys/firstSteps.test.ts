import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Locator } from 'playwright-core';
import { accessibilityTree } from '../editor/accessibilityTree';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { Journey } from './journey';
import { inThemes } from './themes';

const STEPS = ['start', 'comeBack', 'detach', 'shell'] as const;
type Step = (typeof STEPS)[number];
/** What the extension says, in English. */
const TEXTS: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(resolve(__dirname, '../../package.nls.json'), 'utf8'),
);
/** What a step's texts lead to. */
const ACTION = /\[([^\]]+)\]\(command:/g;
/** How long a press may take to have been seen, before it is done again. */
const SEEN_MS = 4000;
/** The same of what a button does: a daemon may have to start first, or a window. */
const DONE_MS = 20_000;

describe('the first steps', { skip: process.platform !== 'linux', timeout: 300_000 }, () => {
  let journey: Journey;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    // As Debian's own start-up file does: else the command would be put where it is everybody's.
    mkdirSync(commands(), { recursive: true });
    writeFileSync(join(journey.folder, 'home/.profile'), `PATH="${commands()}:$PATH"\n`);
    window = await journey.openEditor();
    // Less wide, VS Code shows the steps without their pictures.
    await window.page.setViewportSize({ width: 1600, height: 900 });
  });
  after(() => journey?.dispose());

  const commands = (): string => join(journey.folder, 'home/.local/bin');
  const idOf = (step: Step): string => `holdfast.holdfast#firstSteps#${step}`;
  const rowOf = (step: Step): Locator => window.page.locator(`[data-step-id="${idOf(step)}"]`);
  const tickOf = (step: Step): Locator => window.page.locator(`[data-done-step-id="${idOf(step)}"]`);
  const ticked = async (): Promise<readonly Step[]> => {
    const done: Step[] = [];
    for (const step of STEPS) {
      if ((await tickOf(step).getAttribute('aria-checked')) === 'true') {
        done.push(step);
      }
    }
    return done;
  };
  const isSeen = (what: Locator): Promise<boolean> =>
    what.waitFor({ timeout: SEEN_MS }).then(
      () => true,
      () => false,
    );

  const goTo = async (step: Step): Promise<void> => {
    const open = window.page.locator(`.getting-started-step.expanded[data-step-id="${idOf(step)}"]`);
    await poll(
      async () => {
        if (await open.isVisible()) {
          return true;
        }
        // Its title: in the middle of a step that is open there is its button.
        await rowOf(step)
          .locator('.step-title')
          .click({ timeout: SEEN_MS })
          .catch(() => undefined);
        return isSeen(open);
      },
      { timeoutMs: 45_000, what: `the step ${step} to open`, state: () => window.described() },
    );
  };

  /** By the link in the view, which is there as long as there is no session. */
  const openSteps = async (): Promise<void> => {
    if (await rowOf('start').isVisible()) {
      return;
    }
    await window.openSessionsView();
    await poll(
      async () => {
        await window.page
          .getByText('Take the first steps')
          .click({ timeout: SEEN_MS })
          .catch(() => undefined);
        return isSeen(rowOf('start'));
      },
      { timeoutMs: 45_000, what: 'the walkthrough', state: () => window.described() },
    );
  };

  /** Presses a step's button, again where nothing comes of it, until it has done what it says and the step is ticked off. */
  const take = async (step: Step, label: string, isDone: () => Promise<boolean>): Promise<void> => {
    await goTo(step);
    assert.ok(!(await ticked()).includes(step), `${step} is ticked before it is done`);
    await poll(
      async () => {
        await goTo(step);
        await rowOf(step)
          .getByRole('button', { name: label, exact: true })
          .click({ timeout: SEEN_MS })
          .catch(() => undefined);
        return poll(isDone, { timeoutMs: DONE_MS, what: label }).catch(() => false);
      },
      { timeoutMs: 45_000, what: `${label} to be done`, state: () => window.described() },
    );
    await poll(async () => (await ticked()).includes(step), {
      timeoutMs: 30_000,
      what: `the step ${step} to be ticked off`,
      state: ticked,
    });
  };

  it('are found in the empty view, and have a picture for each theme', async () => {
    await openSteps();
    assert.deepEqual(await ticked(), []);
    const colours = new Set<string>();
    await inThemes(window, async (theme) => {
      for (const step of STEPS) {
        await goTo(step);
        const picture = await pictureOf(window);
        colours.add(await fillOf(picture));
        await window.screenshot(journey.artifact(`first-steps-${step}-${theme}`));
      }
    });
    // One of each theme: an editor's background.
    assert.ok(colours.size >= 3, `the pictures have these colours: ${[...colours].join()}`);
  });

  it('say to a screen reader what they are, what they lead to, and what their pictures show', async () => {
    await openSteps();
    for (const step of STEPS) {
      await goTo(step);
      const title = TEXTS[`walkthrough.${step}`] ?? '';
      const description = TEXTS[`walkthrough.${step}.description`] ?? '';
      const actions = [...description.matchAll(ACTION)].map(
        ([, label]) => new RegExp(`^(button|link) ${label}$`),
      );
      assert.ok(actions.length > 0, step);
      const wanted = [
        new RegExp(`^checkbox ${title}: Not completed$`),
        new RegExp(`^heading ${title}$`),
        ...actions,
        new RegExp(`^image ${TEXTS[`walkthrough.${step}.picture`]}$`),
      ];
      let missing: readonly RegExp[] = wanted;
      await poll(
        async () => {
          const said = (await accessibilityTree(window.page)).map(({ role, name }) => `${role} ${name}`);
          missing = wanted.filter((one) => !said.some((name) => one.test(name)));
          return missing.length === 0;
        },
        { what: `all of the step ${step} to be said`, state: () => missing.map(String) },
      );
    }
  });

  it('are ticked off one by one, each when its button has done what it says', async () => {
    await openSteps();
    await take('start', 'New Session', async () => (await journey.sessions()).length > 0);
    await window.terminalShows(/[$#] *$/);
    const [session] = await journey.sessions();
    assert.ok(session);
    await window.panelNoted();
    await journey.frontNoted(session.name);

    const began = (): Promise<number> => window.page.evaluate(() => performance.timeOrigin);
    const before = await began();
    await take('comeBack', 'Reload Window', async () => {
      if ((await began().catch(() => before)) === before) {
        return false;
      }
      await window.ready();
      return true;
    });
    await window.terminalShows(/[$#] *$/);

    await take('detach', 'Detach All', async () => (await window.terminalNames()).length === 0);
    const [left] = await journey.sessions();
    assert.deepEqual([left?.name, left?.state, left?.viewers], [session.name, 'running', 0]);

    const command = join(commands(), 'holdfast');
    await take('shell', 'Install Command', async () => existsSync(command));
    const { stdout } = await promisify(execFile)(command, ['ls'], { env: journey.environment });
    assert.match(stdout, new RegExp(`^${session.name} +running`, 'm'));
    assert.deepEqual(await ticked(), [...STEPS]);
    await window.screenshot(journey.artifact('first-steps-done'));
  });
});

/** The picture beside the steps: it is in a page of its own, in a page of its own. */
const pictureOf = async (window: Workbench): Promise<Locator> => {
  const picture = window.page
    .frameLocator('iframe.webview.ready')
    .frameLocator('#active-frame')
    .locator('svg')
    .first();
  await picture.waitFor();
  return picture;
};

/** As much of the page's globals as it takes to read a colour. */
interface PageGlobals {
  getComputedStyle(element: unknown): { readonly fill: string };
}

const fillOf = (picture: Locator): Promise<string> =>
  picture
    .locator('rect')
    .first()
    .evaluate((element) => (globalThis as unknown as PageGlobals).getComputedStyle(element).fill);
