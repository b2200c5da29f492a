import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { EPHEMERAL_GRACE_MS } from '../../daemon/sessions/parts';
import { codeServerEntry } from '../editor/tools';
import { launchBrowser, Workbench } from '../editor/workbench';
import { counter, Journey, type ListedSession, packedExtension } from '../journeys/journey';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';

/** A page is asked each minute, and has a minute and a half to answer. */
const LEASE_PATIENCE_MS = 200_000;
const PATIENCE_MS = 40_000;
/** Shown in the window that is killed. */
const SHORT_LIVED = 'short-lived';
/** What is looked for each half a second, by a command line that takes its time. */
const SEEN_LATE_MS = 5000;
const EPHEMERAL_PATIENCE_MS = EPHEMERAL_GRACE_MS + 15_000;
/** What the extension host of a page that is gone may grow by, in MB: 60 s of what is printed would be twice as much. */
const MOST_GROWTH_MB = 60;
/** 2 MB a second: slow enough to be sent as it is, not screen by screen. */
const FLOOD = `node -e 'const text = ("x".repeat(79) + "\\n").repeat(1250); setInterval(() => process.stdout.write(text), 50)'`;

/**
 * Pages of a real editor go without a word while its server keeps their extension hosts: no viewer is left of them, what
 * they are still sent piles up nowhere, one that comes back shows what it did, and a window that is opened in the place
 * of a dead one has its terminals. Needs the packed extension (`npm run package`).
 */
export const pageGone: Fault = {
  name: 'page-gone',
  title: 'pages of the editor are killed or stopped, and their extension hosts live on',
  times: 1,
  missing: () => {
    try {
      packedExtension();
      codeServerEntry();
      return false;
    } catch (error) {
      return (error as Error).message;
    }
  },
  run: async (context) => {
    const results: FaultResult[] = [];
    for (let time = 0; time < context.times; time++) {
      const journey = await Journey.begin();
      const browsers: Page[] = [];
      try {
        results.push(await run(journey, browsers, context));
      } finally {
        for (const { pids, browser } of browsers) {
          signal(pids, 'SIGCONT');
          await browser.close();
        }
        await journey.dispose();
      }
    }
    return {
      survived: results.reduce((sum, { survived }) => sum + survived, 0),
      recoveries: results.flatMap(({ recoveries }) => recoveries),
      bytesChecked: 0,
      notes: results.flatMap(({ notes }) => notes),
    };
  },
};

/** A window in a browser of its own, so that it can be killed. */
interface Page {
  readonly browser: Browser;
  readonly pids: readonly number[];
  readonly window: Workbench;
}

const run = async (journey: Journey, pages: Page[], { say }: FaultContext): Promise<FaultResult> => {
  const first = await journey.openEditor();
  const { origin } = new URL(first.page.url());
  await first.close();
  const open = async (): Promise<Page> => {
    const before = new Set(children());
    const browser = await launchBrowser();
    const main = children().find((pid) => !before.has(pid)) ?? assert.fail('no browser was started');
    const page = { browser, pids: [main], window: await Workbench.open(browser, origin, journey.project) };
    pages.push(page);
    return page;
  };
  const start = async ({ window }: Page, command: string, shows: RegExp): Promise<string> => {
    const before = (await journey.sessions()).map(({ name }) => name);
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
    await window.type(`${command}\r`);
    await window.terminalShows(shows);
    return (await journey.sessions()).find(({ name }) => !before.includes(name))?.name ?? assert.fail();
  };
  const viewersAre = (wanted: Readonly<Record<string, number>>, timeoutMs: number): Promise<unknown> => {
    let seen: readonly ListedSession[] = [];
    return poll(
      async () => {
        seen = await journey.sessions();
        return Object.entries(wanted).every(([name, viewers]) =>
          seen.some((session) => session.name === name && session.viewers === viewers),
        );
      },
      { what: `viewers to be ${JSON.stringify(wanted)}`, timeoutMs, intervalMs: 500, state: () => seen },
    );
  };

  const killed = await open();
  const counting = await start(killed, counter('count.txt'), /count 3/);
  const flooding = await start(killed, FLOOD, /^x{60}/);
  await journey.holdfast('new', SHORT_LIVED, '--ephemeral', '--', 'sh', '-c', 'echo lives; exec cat');
  await killed.window.run('Holdfast: Attach');
  await killed.window.answer(SHORT_LIVED);
  await killed.window.terminalShows(/^lives/);
  const stopped = await open();
  const typed = await start(stopped, 'echo "here $((6*7))"', /^here 42$/);
  const hosts = journey.extensionHosts();
  const memory = hosts.map(megabytes);
  const gone = performance.now();
  signal(killed.pids, 'SIGKILL');
  signal(stopped.pids, 'SIGSTOP');
  await viewersAre({ [SHORT_LIVED]: 0 }, LEASE_PATIENCE_MS);
  const alone = performance.now();
  await viewersAre({ [counting]: 0, [flooding]: 0, [typed]: 0 }, LEASE_PATIENCE_MS);
  const left = performance.now() - gone;
  await poll(async () => (await stateOf(journey)) === 'exited', {
    what: 'the ephemeral session to end',
    timeoutMs: EPHEMERAL_PATIENCE_MS,
    intervalMs: 500,
    state: () => journey.sessions(),
  });
  const ended = performance.now() - alone;
  assert.ok(
    ended > EPHEMERAL_GRACE_MS - SEEN_LATE_MS,
    `it ended ${Math.round(ended)} ms after its viewer left`,
  );
  assert.deepEqual(journey.extensionHosts(), hosts, 'the server keeps the extension hosts');
  const growth = Math.max(...hosts.map((pid, index) => megabytes(pid) - (memory[index] ?? 0)));
  assert.ok(growth < MOST_GROWTH_MB, `an extension host has grown by ${growth} MB`);
  await journey.goesOn('count.txt');
  say(
    `no viewer is left after ${Math.round(left)} ms, an ephemeral session ended ${Math.round(ended)} ms after its own; an extension host has grown by ${Math.round(growth)} MB`,
  );

  // One has slept, and wakes.
  const awake = performance.now();
  signal(stopped.pids, 'SIGCONT');
  await viewersAre({ [counting]: 0, [flooding]: 0, [typed]: 1 }, PATIENCE_MS);
  await stopped.window.terminalShows(/^here 42$/);
  await journey.sameScreen(stopped.window, typed);
  const woken = performance.now() - awake;

  // The other's extension host has given up what it showed. The next one's has not yet when it is killed.
  const recoveries: number[] = [];
  for (let time = 0; time < 2; time++) {
    const begun = performance.now();
    const next = await open();
    await viewersAre({ [counting]: 1, [flooding]: 1, [typed]: 1 }, PATIENCE_MS);
    await next.window.goToTerminal(counting);
    await next.window.terminalShows(/count \d+/);
    // Of the one that has ended its last screen may be shown.
    const names = (await next.window.terminalNames()).filter((name) => name !== SHORT_LIVED);
    assert.deepEqual(names.sort(), [counting, flooding].sort());
    recoveries.push(performance.now() - begun);
    signal(next.pids, 'SIGKILL');
  }
  say(`awake again after ${Math.round(woken)} ms`);
  return {
    survived: 4,
    recoveries,
    bytesChecked: 0,
    notes: [
      'recovered: another window shows what the dead one did, its start included',
      `no viewer left after ${Math.round(left / 1000)} s, an ephemeral session ended ${Math.round(ended / 1000)} s after its own`,
      `a page that slept shows the same ${Math.round(woken)} ms after it woke`,
    ],
  };
};

const stateOf = async (journey: Journey): Promise<string | undefined> =>
  (await journey.sessions()).find(({ name }) => name === SHORT_LIVED)?.state;

/** A browser's first process and all below it. */
const signal = (roots: readonly number[], name: NodeJS.Signals): void => {
  for (const pid of roots.flatMap((root) => [root, ...below(root)])) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended with the first of them.
    }
  }
};

const parents = (): ReadonlyMap<number, number> =>
  new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
          return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])] as const];
        } catch {
          // Ended while it was looked at.
          return [];
        }
      }),
  );

const below = (root: number): number[] => {
  const all = parents();
  const found = [root];
  for (const pid of found) {
    found.push(...[...all].filter(([, parent]) => parent === pid).map(([child]) => child));
  }
  return found.slice(1);
};

const children = (): number[] =>
  [...parents()].filter(([, parent]) => parent === process.pid).map(([pid]) => pid);

const megabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
