#!/usr/bin/env node
/**
 * Sets up what is missing, builds, and runs every check and test.
 *
 *   npm test                        everything but the long stages
 *   npm run verify                  everything, and more of what is tried with generated input
 *   npm test -- --only unit,cli     some stages (`setup` alone: only the set-up)
 *   npm test -- --list              the stages
 *   npm test -- --only unit --files daemon/store    only test files whose path contains a text
 *   npm test -- --name 'a title'    only tests whose title matches
 *   npm test -- --verbose           every test by name
 *
 * This file and what it imports at the top must run on Node 20 with no dependencies installed.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { addCounts, noCounts } from './node-tests.mjs';
import { readOptions } from './options.mjs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { Missing, runMain, say, seconds } from './say.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureCodeServer } from './setup/codeServer.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureNode, environmentWith } from './setup/node.mjs';
import { ensureOpenSsh } from './setup/openssh.mjs';
import { stages } from './stages.mjs';
import { bringsNode, targets } from './targets.mjs';

/** How often `npm run verify` tries what is tried with generated input; each test has a smaller number of its own. */
const MORE_RUNS = { HOLDFAST_TEST_RUNS: process.env['HOLDFAST_TEST_RUNS'] ?? '400' };

/** Characters of a failure's text in the list that a run ends with: enough to tell what happened. */
const LONGEST_ERROR = 1500;

const USAGE =
  'npm test -- [--only STAGE[,STAGE]] [--files PREFIX] [--name TITLE] [--all] [--list] [--verbose]';
const options = readOptions(USAGE, {
  only: { type: 'string' },
  files: { type: 'string' },
  name: { type: 'string' },
  all: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
});

async function main() {
  if (options.list) {
    for (const stage of stages)
      console.log(`${stage.name.padEnd(14)}${stage.title}${stage.long ? ' (verify only)' : ''}`);
    return 0;
  }
  const chosen = chosenStages();
  const needed = chosen.filter((stage) => stage.unavailable === undefined).flatMap((stage) => stage.needs);
  const needs = new Set(options.only === 'setup' ? ['code-server', 'chromium', 'openssh'] : needed);
  const context = await setUp(needs);
  if (options.only !== 'setup') return runStages(chosen, context);
  await context.tools;
  return 0;
}

function chosenStages() {
  if (options.only === 'setup') return [];
  if (options.only === undefined) return stages.filter((stage) => options.all || !stage.long);
  return options.only.split(',').map((name) => {
    const stage = stages.find((candidate) => candidate.name === name);
    if (stage === undefined) throw new Missing(`There is no stage '${name}': npm test -- --list names them.`);
    return stage;
  });
}

/** What every stage needs is there when this is done; `tools` is done when the rest is, which the checks can do without. */
async function setUp(needs) {
  const node = await ensureNode(24);
  const env = environmentWith(node, options.all ? MORE_RUNS : {});
  const fetching = [
    // Real VS Code can be had elsewhere in other ways; where it is, nothing needs to be fetched.
    ...(needs.has('code-server') ? [setVariable(env, 'CODE_SERVER_ENTRY', ensureCodeServer(env))] : []),
    ...(needs.has('packages') ? targets.filter(bringsNode).map((target) => ensureNode(24, target)) : []),
  ];
  const dependencies = ensureDependencies(env);
  // Playwright, which knows whether it has one, is one of the dependencies.
  const chromium = async () => {
    await dependencies;
    await setVariable(env, 'CHROMIUM', ensureChromium(env));
  };
  // One after the other: both may ask apt, which one at a time can do.
  const system = async () => {
    if (needs.has('chromium')) await chromium();
    if (needs.has('openssh')) await ensureOpenSsh(env);
  };
  const tools = Promise.all([...fetching, system()]);
  // Told where it is waited for.
  tools.catch(() => undefined);
  await dependencies;
  return { node, env, needs, tools };
}

async function setVariable(env, name, value) {
  env[name] = await value;
}

/** Builds and packs; a failure here counts as one failed test and leaves only the checks to run. */
async function prepare({ node, env, needs, tools }) {
  await tools;
  if (!['build', 'package', 'packages'].some((need) => needs.has(need))) return true;
  say('building dist/');
  if ((await run(node, [inRoot('scripts/build.mjs')], { env })).code !== 0) return false;
  if (
    needs.has('test-bundles') &&
    (await run(node, [inRoot('scripts/build-tests.mjs')], { env })).code !== 0
  ) {
    return false;
  }
  if (!needs.has('package') && !needs.has('packages')) return true;
  const target = needs.has('packages') ? 'all' : `${process.platform}-${process.arch}`;
  say(`packing (${target})`);
  return (
    (await run(node, [inRoot('scripts/package.mjs'), '--no-build', '--target', target], { env })).code === 0
  );
}

async function runStages(chosen, context) {
  const { node, env } = context;
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'holdfast-test-'));
  const total = noCounts();
  const failedStages = [];
  try {
    let prepared;
    for (const stage of chosen) {
      if (stage.unavailable !== undefined) {
        say(`${stage.title}: not run, ${stage.unavailable}`);
        continue;
      }
      if (stage.needs.length > 0 && prepared === undefined) {
        prepared = await prepare(context);
        if (!prepared) {
          failedStages.push('build');
          total.failed += 1;
        }
      }
      if (stage.needs.length > 0 && !prepared) {
        say(`${stage.title}: not run, there is nothing to test without the build`);
        continue;
      }
      say(`${stage.title} …`);
      const started = Date.now();
      const result = await stage.run({
        node,
        env,
        temporary,
        timeoutMs: stage.minutes * 60_000,
        verbose: options.verbose,
        options: options.name === undefined ? [] : [`--test-name-pattern=${options.name}`],
        matches: (file) => options.files === undefined || file.includes(options.files),
      });
      addCounts(total, result);
      if (result.failed > 0) failedStages.push(stage.name);
      say(`${stage.title}: ${outcome(result, stage)} in ${seconds(Date.now() - started)}`);
    }
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
  total.failures.forEach(tell);
  if (failedStages.length > 0) console.log(`\nFailed: ${failedStages.join(', ')}`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed > 0 ? 1 : 0;
}

/** Once more at the end: what a test's own output was lies hundreds of lines back by then. */
function tell({ title, place, error }) {
  const text = error.length > LONGEST_ERROR ? `${error.slice(0, LONGEST_ERROR)} …` : error;
  console.log(
    `\n✖ ${[place, title].filter((part) => part !== '').join('  ')}\n${text.replaceAll(/^/gm, '  ')}`,
  );
}

function outcome(result, stage) {
  if (result.none) return 'there is none';
  const skipped = result.skipped > 0 ? `, ${result.skipped} skipped` : '';
  const late = result.timedOut ? `, ended after its limit of ${stage.minutes} minutes` : '';
  return `${result.passed} passed, ${result.failed} failed${skipped}${late}`;
}

await runMain(main);
