#!/usr/bin/env node
/**
 * Says how many lines of the extension the tests in a real VS Code run, and fails below LEAST percent.
 *
 *   npm run coverage [-- --html]    the table, and out/coverage/ with the lines themselves
 *
 * The engine is the one of `@vscode/test-cli --coverage`: what V8 counts (NODE_V8_COVERAGE in the extension host), brought
 * to the sources by c8. That tool itself cannot be used: the extension's code is compiled inside a wrapper of its own
 * (daemon/platform/compiledModule.ts), which moves every offset that V8 tells, and it has no limit to fail below.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { readOptions } from './options.mjs';
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { Missing, runMain, say } from './say.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureCodeServer } from './setup/codeServer.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureNode, environmentWith } from './setup/node.mjs';

/** Percent of the lines of extension/. */
const LEAST = 85;
const MINUTES = 15;
const OUT = inRoot('out', 'coverage');

const options = readOptions('npm run coverage -- [--html]', { html: { type: 'boolean', default: false } });

async function main() {
  const node = await ensureNode(24);
  const env = environmentWith(node, {});
  await ensureDependencies(env);
  env.CODE_SERVER_ENTRY = await ensureCodeServer(env);
  env.CHROMIUM = await ensureChromium(env);
  const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'hf-coverage-'));
  try {
    say('building dist/ with source maps');
    if ((await run(node, [inRoot('scripts/build.mjs'), '--sourcemap', '--no-types'], { env })).code !== 0)
      return 1;
    say('running the extension tests');
    const counted = path.join(temporary, 'counted');
    const home = path.join(temporary, 'home');
    fs.mkdirSync(home);
    const { code } = await run(node, ['--import', 'tsx', 'test/extension/run.ts'], {
      env: { ...env, HOME: home, HOLDFAST_TEST_COVERAGE: counted },
      timeoutMs: MINUTES * 60_000,
    });
    keepTheExtension(counted);
    leadToTheSources();
    const reported = await report(node, env, counted);
    return code || reported;
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
    say('building dist/ without');
    await run(node, [inRoot('scripts/build.mjs')], { env });
  }
}

/** Every Node process below the editor has counted too; of the extension's bundle, offsets become those of its file. */
function keepTheExtension(folder) {
  const bundle = pathToFileURL(inRoot('dist', 'window.js')).href;
  const before = /^const BEFORE = '(.+)';$/m.exec(
    fs.readFileSync(inRoot('daemon/platform/compiledModule.ts'), 'utf8'),
  )?.[1];
  if (before === undefined) throw new Missing('compiledModule.ts does not say what stands before the code.');
  const found = fs.readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const { result } = JSON.parse(fs.readFileSync(file, 'utf8'));
    fs.rmSync(file);
    return result.filter(({ url }) => url === bundle);
  });
  // What was counted up to the end of the tests; behind that, V8 tells only of what still ran while the host left.
  const [counted] = found.sort((a, b) => b.functions.length - a.functions.length);
  if (counted === undefined) throw new Missing('No extension host has counted anything.');
  for (const range of counted.functions.flatMap(({ ranges }) => ranges)) {
    range.startOffset = Math.max(0, range.startOffset - before.length);
    range.endOffset = Math.max(0, range.endOffset - before.length);
  }
  fs.writeFileSync(path.join(folder, 'coverage-extension.json'), JSON.stringify({ result: [counted] }));
}

/** The bundle is built aside, a folder deeper than where it is moved to: its map leads to the sources from there. */
function leadToTheSources() {
  const file = inRoot('dist', 'window.js.map');
  const map = JSON.parse(fs.readFileSync(file, 'utf8'));
  map.sources = map.sources.map((source) => inRoot(source.replace(/^(\.\.\/)+/, '')));
  fs.writeFileSync(file, JSON.stringify(map));
}

async function report(node, env, counted) {
  fs.rmSync(OUT, { recursive: true, force: true });
  const { code } = await run(
    node,
    [
      inRoot('node_modules/c8/bin/c8.js'),
      ...['report', '--temp-directory', counted, '--reports-dir', OUT],
      ...['--include', 'extension/**/*.ts', '--exclude', 'extension/**/*.test.ts'],
      ...['--exclude', 'extension/uninstall.ts', '--exclude', 'extension/start/**'],
      ...['--exclude-after-remap', '--all', '--src', inRoot('extension')],
      ...['--reporter', 'text', '--reporter', 'json-summary'],
      ...(options.html ? ['--reporter', 'html'] : []),
      ...['--check-coverage', '--lines', String(LEAST)],
      // Only of lines: of a function that was never called, V8 does not tell its branches.
      ...['--branches', '0', '--functions', '0', '--statements', '0'],
    ],
    { env },
  );
  return code;
}

await runMain(main);
