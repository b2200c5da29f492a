/**
 * What `npm test` and `npm run verify` do, in order. To add a stage, add a line.
 *
 * `needs`: `build` (dist/), `test-bundles` (out/test-*),
 * `package` (a package of this platform), `packages` (all packages), `code-server`, `chromium`, `openssh`.
 * `minutes` is a hard limit for the whole stage, for what hangs: twice what it takes, or more. `long` stages run in `npm run verify` only;
 * `unavailable` says why a stage cannot run on this machine at all.
 */
import fs from 'node:fs';
import path from 'node:path';
import { fail, noCounts, readCounts, runTestFiles } from './node-tests.mjs';
import { inRoot, root } from './paths.mjs';
import { run } from './run.mjs';
import { Scratch } from './scratch.mjs';
import { ensureNode } from './setup/node.mjs';

const bin = (file) => inRoot('node_modules', file);

export const stages = [
  check('types', 'type check', 3, (context) => checkTypes(context)),
  check('lint', 'format and lint', 2, (context) =>
    run(
      context.node,
      [bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '--max-diagnostics=100', '.'],
      context,
    ),
  ),
  check('boundaries', 'import boundaries', 2, (context) =>
    run(
      context.node,
      [
        bin('dependency-cruiser/bin/dependency-cruise.mjs'),
        ...['--config', '.dependency-cruiser.cjs'],
        ...['daemon', 'extension', 'webview', 'test', 'bench'].filter((folder) =>
          fs.existsSync(inRoot(folder)),
        ),
      ],
      context,
    ),
  ),
  check('repository', 'manifest and lock file', 1, (context) =>
    run(context.node, [inRoot('scripts/check-repository.mjs')], context),
  ),
  tests('unit', 'unit tests', { folders: ['daemon', 'extension', 'webview'], minutes: 5, needs: ['build'] }),
  tests('integration', 'tests with a real daemon', {
    folders: ['test/integration', 'test/docs', 'test/pictures', 'bench'],
    minutes: 8,
    needs: ['build'],
  }),
  tests('faults', 'faults and fuzzing, in short', {
    folders: ['test/faults', 'test/fuzz'],
    minutes: 5,
    needs: ['build'],
  }),
  tests('fidelity', 'fidelity of snapshots', {
    folders: ['test/fidelity'],
    minutes: 8,
    needs: ['build'],
  }),
  tests('cli', 'command line tests', { folders: ['test/cli'], minutes: 10, needs: ['build', 'openssh'] }),
  {
    name: 'extension',
    title: 'extension tests in a real VS Code',
    minutes: 8,
    // A downloaded desktop VS Code needs neither.
    needs: [
      'build',
      'test-bundles',
      ...(process.env.HOLDFAST_TEST_VSCODE ? [] : ['code-server', 'chromium']),
    ],
    run: (context) => runExtensionTests(context),
  },
  tests('package', 'package tests', { folders: ['test/package'], minutes: 3, needs: ['build', 'packages'] }),
  tests('journeys', 'journeys in a real workbench', {
    folders: ['test/journeys'],
    minutes: 20,
    // An editor takes half a minute to begin where two of them share two cores with something else.
    testMinutes: 4,
    fileMinutes: 7,
    concurrency: 2,
    needs: ['build', 'package', 'code-server', 'chromium', 'openssh'],
    unavailable: process.platform === 'win32' ? 'code-server does not run on Windows' : undefined,
  }),
  tests('runtimes', 'PTYs on other Node versions', {
    folders: ['daemon/ptyhost'],
    minutes: 15,
    long: true,
    needs: ['build'],
    environment: async () => ({
      HOLDFAST_TEST_RUNTIMES: [await ensureNode(20), await ensureNode(22)].join(path.delimiter),
    }),
  }),
  {
    ...check('fidelity-all', 'fidelity at every cut, beside the peers', 60, (context) =>
      run(context.node, ['--import', 'tsx', inRoot('test/fidelity/run.ts')], context),
    ),
    long: true,
    needs: ['build'],
  },
  tests('long', 'long tests', {
    folders: ['test/long'],
    minutes: 60,
    concurrency: 1,
    long: true,
    needs: ['build'],
  }),
];

/** A tool that passes or fails as one. */
function check(name, title, minutes, work) {
  return {
    name,
    title,
    minutes,
    needs: [],
    run: async (context) => {
      const { code, timedOut } = await work(context);
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, timedOut };
    },
  };
}

/**
 * Node's test runner over all `*.test.ts` below the folders, so many files at a time: most of them wait more than they compute,
 * and three keep two cores busy. An editor with its browser takes more than one core by itself.
 */
function tests(name, title, options) {
  const { folders, minutes, needs, concurrency = 3, long = false, unavailable, environment } = options;
  const { testMinutes, fileMinutes } = options;
  return {
    name,
    title,
    minutes,
    needs,
    long,
    unavailable,
    run: async (context) => {
      const files = folders.flatMap((folder) => testFiles(folder)).filter((file) => context.matches(file));
      if (files.length === 0) return { ...noCounts(), none: true };
      return runTestFiles(files, {
        ...context,
        env: { ...context.env, ...ownHome(context), ...(await environment?.()) },
        concurrency,
        testMinutes,
        fileMinutes,
      });
    },
  };
}

/**
 * A home without start-up files: shells that are killed in the midst of someone's, as tests do, leave locks behind
 * that every later shell waits for (pyenv's for a minute). Elsewhere than on Linux an editor needs the real one.
 */
function ownHome({ temporary }) {
  if (process.platform !== 'linux') return {};
  const home = path.join(temporary, 'home');
  fs.mkdirSync(home, { recursive: true });
  return { HOME: home };
}

async function checkTypes(context) {
  const projects = ['tsconfig.json', 'test/extension/tsconfig.json', 'webview/tsconfig.json'];
  const results = await Promise.all(
    projects
      .filter((project) => fs.existsSync(inRoot(project)))
      .map((project) => run(context.node, [bin('typescript/bin/tsc'), '--project', project], context)),
  );
  return results.find((result) => result.code !== 0) ?? { code: 0, timedOut: false };
}

/** The extension host's mocha writes its counts as a line of JSON to the file HOLDFAST_TEST_COUNTS. */
async function runExtensionTests(context) {
  const file = path.join(context.temporary, 'extension');
  const scratch = new Scratch();
  const { code, timedOut } = await run(context.node, ['--import', 'tsx', 'test/extension/run.ts'], {
    env: { ...context.env, ...ownHome(context), ...scratch.environment, HOLDFAST_TEST_COUNTS: file },
    timeoutMs: context.timeoutMs,
  });
  const left = await scratch.leftovers();
  if (left.length > 0) scratch.endPrograms();
  scratch.remove();
  const counts = readCounts(file);
  if (left.length > 0) fail(counts, 'test/extension', `left in the temporary folder: ${left.join(', ')}`);
  // A run that ended badly, or that ended well without a single test, is a failure of its own.
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) {
    fail(counts, 'test/extension', `ended with code ${code}, ${counts.passed} tests passed`);
  }
  return { ...counts, timedOut };
}

function testFiles(folder) {
  const absolute = path.join(root, folder);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { recursive: true })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `${folder}/${file.split(path.sep).join('/')}`)
    .sort();
}
