import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codeServerEntry } from '../../test/editor/tools';
import type { Workbench } from '../../test/editor/workbench';
import { Journey } from '../../test/journeys/journey';
import type { Measure } from '../harness/measure';

const BLOCKS = 6;
const KEYS_A_BLOCK = 25;
const FLOODS = 5;
const FLOOD_MS = 3000;
const ACTIVATIONS = 11;
const DEADLINE_MS = 30_000;
const ATTEMPTS = 3;

const ECHO = "stty raw -echo; printf 'be''gins'; exec cat\r";
const FLOOD = `exec bash -c "trap 'printf stopped-; printf here' INT; printf be; printf gins; read go; yes 'a line of a flood that is to be stopped'; read end"\r`;

/**
 * What runs in the page: the time of a key's event and of the change of the page that shows its glyph. The
 * terminal is drawn as DOM (`gpuAcceleration` is off in tests), so that a glyph is a change of its rows.
 */
const IN_PAGE = `(() => {
  const text = () => [...document.querySelectorAll('.terminal-wrapper.active .xterm-rows')]
    .map((rows) => rows.textContent).join('');
  globalThis.holdfastBench = {
    nextKey: (isShown) => new Promise((resolve, reject) => {
      let start;
      const pressed = (event) => { start ??= event.timeStamp; };
      const done = () => {
        document.removeEventListener('keydown', pressed, true);
        observer.disconnect();
        clearTimeout(timer);
      };
      const observer = new MutationObserver(() => {
        if (start !== undefined && isShown(text())) { done(); resolve(performance.now() - start); }
      });
      const timer = setTimeout(() => { done(); reject(new Error('the key is not shown')); }, ${DEADLINE_MS});
      document.addEventListener('keydown', pressed, true);
      observer.observe(document.body, { childList: true, subtree: true, characterData: true });
    }),
    count: (key) => text().split(key).length - 1,
    frames: (ms) => new Promise((resolve) => {
      const gaps = [];
      const start = performance.now();
      let last = start;
      const frame = () => {
        const now = performance.now();
        gaps.push(now - last);
        last = now;
        if (now - start < ms) { requestAnimationFrame(frame); } else { resolve(gaps); }
      };
      requestAnimationFrame(frame);
    }),
  };
})()`;

/** In a real VS Code (code-server) and Chromium, with the packed extension: Holdfast's terminals beside the editor's own. */
export const workbench: Measure = {
  name: 'workbench',
  what: "Holdfast's terminals beside the editor's own, in a real VS Code: activation, keys, floods",
  run: async (context, findings) => {
    packExtension();
    const journey = context.open(await Journey.begin({ 'terminal.integrated.defaultProfile.linux': 'bash' }));
    const activations: number[] = [];
    // VS Code begins the clocks of all extensions that a start activates at once and loads one after the other: beside
    // its own, a figure would be that of whoever is in front.
    const none = join(journey.project, 'no-extensions');
    mkdirSync(none);
    let window = await journey.openEditor({ builtinExtensions: none });
    for (let run = 0; run < context.times(ACTIVATIONS); run++) {
      context.say(`workbench: activation ${run + 1}`);
      activations.push(await activationTime(window, 'Holdfast'));
      if (run + 1 < context.times(ACTIVATIONS)) {
        await window.reload();
      }
    }
    await window.close();
    await journey.killEditor();
    // A peer in the same run: of VS Code's own extensions, git's is activated by every start too.
    const peers = join(journey.project, 'peers');
    for (const name of ['git', 'git-base']) {
      cpSync(join(builtinExtensions(), name), join(peers, name), { recursive: true });
    }
    const gits: number[] = [];
    window = await journey.openEditor({ builtinExtensions: peers });
    for (let run = 0; run < context.times(ACTIVATIONS); run++) {
      context.say(`workbench: activation of git ${run + 1}`);
      gits.push(await activationTime(window, 'Git'));
      if (run + 1 < context.times(ACTIVATIONS)) {
        await window.reload();
      }
    }
    findings.sample('activation of the extension alone, as VS Code tells', "VS Code's own git", 'ms', gits);
    const activation = findings.sample(
      'activation of the extension alone, as VS Code tells',
      'holdfast',
      'ms',
      activations,
    );
    findings.figure('activation of the extension, median', activation.median, 'ms', {
      must: { atMost: 100 },
    });
    await window.close();
    await journey.killEditor();

    window = await journey.openEditor();
    const own = { name: "Holdfast's terminal", open: 'Holdfast: New Session' };
    const theirs = { name: "VS Code's own terminal", open: 'Terminal: Create New Terminal' };
    const keys = new Map<string, number[]>();
    for (let block = 0; block < context.times(BLOCKS); block++) {
      for (const terminal of [own, theirs]) {
        context.say(`workbench: keys in ${terminal.name}, block ${block + 1}`);
        await openWith(window, terminal.open, ECHO);
        const times = await typeKeys(window, context.times(KEYS_A_BLOCK, 5));
        keys.set(terminal.name, [...(keys.get(terminal.name) ?? []), ...times]);
        await run(window, 'Terminal: Kill the Active Terminal Instance');
      }
    }
    const found = [own, theirs].map(({ name }) =>
      findings.sample('key to glyph in the workbench', name, 'ms', keys.get(name) ?? []),
    );
    const [ours, others] = found;
    findings.figure(
      "key to glyph in the workbench, median against VS Code's own terminal",
      ours === undefined || others === undefined ? null : ours.median / others.median,
      '×',
      { must: { atMost: 1.3 } },
    );
    for (const terminal of [own, theirs]) {
      const gaps: number[] = [];
      const stops: number[] = [];
      for (let flood = 0; flood < context.times(FLOODS); flood++) {
        context.say(`workbench: flood in ${terminal.name}, ${flood + 1}`);
        await openWith(window, terminal.open, FLOOD);
        await window.page.keyboard.press('Enter');
        gaps.push(...(await frames(window, context.times(FLOOD_MS, 1000))));
        stops.push(await stopTime(window));
        await run(window, 'Terminal: Kill the Active Terminal Instance');
      }
      const frame = findings.sample('time between frames during a flood', terminal.name, 'ms', gaps);
      const stop = findings.sample('Ctrl-C during a flood in the workbench', terminal.name, 'ms', stops);
      if (terminal === own) {
        findings.figure('time between frames during a flood in the workbench, p95', frame.p95, 'ms', {});
        findings.figure('Ctrl-C during a flood in the workbench, p95', stop.p95, 'ms', {
          must: { atMost: 300 },
        });
      }
    }
    await window.close();
  },
};

/** Journeys install the extension as users do, from its package. */
const packExtension = (): void => {
  const prefix = `holdfast-${process.platform}-${process.arch}-`;
  const isThere = existsSync('packages') && readdirSync('packages').some((name) => name.startsWith(prefix));
  if (!isThere && process.env['HOLDFAST_VSIX'] === undefined) {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/package.mjs'], { encoding: 'utf8' });
    if (status !== 0) {
      throw new Error(`the extension can't be packed: ${stderr}`);
    }
  }
};

/** On a busy machine the palette may miss a key: another try opens it. */
const run = async (window: Workbench, title: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await window.run(title);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) {
        throw error;
      }
      await window.page.keyboard.press('Escape');
    }
  }
};

/** What `Developer: Show Running Extensions` shows: loading the code, and the call of `activate` until it returns. */
const activationTime = async (window: Workbench, extension: string): Promise<number> => {
  await run(window, 'Developer: Show Running Extensions');
  const row = window.page
    .locator('.runtime-extensions-editor .extension')
    .filter({ has: window.page.getByText(extension, { exact: true }) });
  const time = row.locator('.activation-time').filter({ hasText: /\d+ms/ });
  await time.waitFor({ timeout: DEADLINE_MS });
  const found = /(\d+)ms/.exec(await time.innerText());
  return Number(found?.[1] ?? Number.NaN);
};

/** Where the server has the extensions that VS Code brings itself. */
const builtinExtensions = (): string => join(codeServerEntry(), '../../../lib/vscode/extensions');

const openWith = async (window: Workbench, command: string, line: string): Promise<void> => {
  await run(window, command);
  await window.terminalShows(/[$#] *$/);
  await window.page.evaluate(IN_PAGE);
  await window.type(line);
  await window.terminalShows(/begins/);
  await window.page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
};

const typeKeys = async (window: Workbench, count: number): Promise<readonly number[]> => {
  const times: number[] = [];
  for (let key = 0; key < count; key++) {
    const isOneMore = `((before) => () => holdfastBench.count('~') > before)(holdfastBench.count('~'))`;
    times.push(await timeKey(window, '~', isOneMore));
    await window.page.waitForTimeout(20 + Math.random() * 30);
  }
  // The first keys compile what is behind them.
  return count > 10 ? times.slice(5) : times;
};

/** From the event of a key to the change that makes `isShown` true: both are waited for before it is pressed. */
const timeKey = async (window: Workbench, key: string, isShown: string): Promise<number> => {
  await window.page.evaluate(`{ holdfastBench.seen = holdfastBench.nextKey(${isShown}); undefined; }`);
  await window.page.keyboard.press(key);
  return window.page.evaluate<number>('holdfastBench.seen');
};

const frames = (window: Workbench, milliseconds: number): Promise<readonly number[]> =>
  window.page.evaluate<number[]>(`holdfastBench.frames(${milliseconds})`);

const stopTime = (window: Workbench): Promise<number> =>
  timeKey(window, 'Control+c', `(text) => text.includes('stopped-here')`);
