import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { knownNames, readOptions } from '../scripts/options.mjs';
import { describeMachine, load, versionOf } from './harness/machine';
import type { Measure, MeasureContext } from './harness/measure';
import { report } from './harness/report';
import { Findings, type Results } from './harness/results';
import { measures } from './measures/index';

/**
 * Measures Holdfast beside its peers, in one run.
 *
 *   npm run bench -- [--only NAME[,NAME]] [--quick] [--out FOLDER] [--list]
 *
 * Writes `results.json` and `results.md` into bench/, or into FOLDER. With `--quick` or `--only` nothing is
 * written unless a folder is named: a part is not the table that the README shows.
 */
const options = readOptions('npm run bench -- [--only NAME[,NAME]] [--quick] [--out FOLDER] [--list]', {
  only: { type: 'string' },
  quick: { type: 'boolean', default: false },
  out: { type: 'string' },
  list: { type: 'boolean', default: false },
});

const PEERS: Readonly<Record<string, string>> = { tmux: '-V', screen: '--version', dtach: '--help' };

/** As shells say it. */
const INTERRUPTED_STATUS = 130;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const chosen = (): readonly Measure[] => {
  if (options.only === undefined) {
    return measures;
  }
  const all = measures.map(({ name }) => name);
  const names = knownNames('only', options.only, all);
  return measures.filter(({ name }) => names.includes(name));
};

/** Whoever interrupts it leaves nothing behind either: what was opened is disposed of, and nothing more is measured. */
class Interrupted extends Error {}

const interrupted = new Promise<never>((_, reject) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => reject(new Interrupted(`interrupted by ${signal}`)));
  }
});
interrupted.catch(() => undefined);

const runOne = async (
  measure: Measure,
  context: Omit<MeasureContext, 'open'>,
  findings: Findings,
): Promise<void> => {
  const opened: { dispose(): Promise<void> }[] = [];
  try {
    const running = measure.run(
      {
        ...context,
        open: (item) => {
          opened.push(item);
          return item;
        },
      },
      findings,
    );
    // What it still does after an interruption fails, as all that it uses is gone.
    running.catch(() => undefined);
    await Promise.race([running, interrupted]);
  } finally {
    for (const item of opened.reverse()) {
      await item.dispose();
    }
  }
};

const runAll = async (): Promise<Results> => {
  const versions = Object.entries(PEERS).flatMap(([name, option]) => {
    const version = versionOf(name, option);
    return version === undefined ? [] : [[name, version] as const];
  });
  const quick = options.quick;
  const context = {
    quick,
    times: (wanted: number, few = 1) => (quick ? few : wanted),
    say,
    installed: new Set(versions.map(([name]) => name)),
  };
  const machine = describeMachine();
  const loadBefore = load();
  const found: Findings[] = [];
  const failed: { measure: string; message: string }[] = [];
  for (const measure of chosen()) {
    say(`— ${measure.name}`);
    const findings = new Findings(measure.name);
    // Also what was found before something failed.
    found.push(findings);
    try {
      await runOne(measure, context, findings);
    } catch (error) {
      if (error instanceof Interrupted) {
        throw error;
      }
      const { message } = error as Error;
      say(`  failed: ${(error as Error).stack ?? message}`);
      failed.push({ measure: measure.name, message });
    }
  }
  return {
    format: 1,
    date: new Date().toISOString(),
    quick,
    machine: { ...machine, loadBefore, loadAfter: load() },
    peers: Object.fromEntries(versions),
    figures: found.flatMap(({ figures }) => figures),
    samples: found.flatMap(({ samples }) => samples),
    failed,
  };
};

const write = (results: Results): void => {
  const isPart = options.quick || options.only !== undefined;
  if (options.out === undefined && isPart) {
    return;
  }
  const folder = resolve(options.out ?? 'bench');
  mkdirSync(folder, { recursive: true });
  const json = resolve(folder, 'results.json');
  writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(resolve(folder, 'results.md'), report(results));
  say(`written: ${json} and ${resolve(dirname(json), 'results.md')}`);
};

const main = async (): Promise<void> => {
  if (options.list) {
    console.log(measures.map(({ name, what }) => `${name.padEnd(14)}${what}`).join('\n'));
    return;
  }
  const results = await runAll();
  console.log(report(results));
  write(results);
  // A figure that misses its bound is shown, not a failure of the run; a measure that did not run is one.
  process.exitCode = results.failed.length > 0 ? 1 : 0;
};

main().catch((error: unknown) => {
  if (error instanceof Interrupted) {
    say(error.message);
    // A measure may still wait for what does not come.
    process.exit(INTERRUPTED_STATUS);
  }
  say((error as Error).stack ?? String(error));
  process.exitCode = 1;
});
