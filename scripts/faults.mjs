#!/usr/bin/env node
/**
 * `npm run faults`: builds the product and runs test/faults/run.ts with the options given here, on the Node that the tests
 * use: the editor's server, which one of the faults needs, does not run on an older one.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inRoot, root } from './paths.mjs';
import { ensureNode, environmentWith } from './setup/node.mjs';

const node = await ensureNode(24);
// A terminal's signals reach whoever runs by themselves, and that one tidies up.
let child;
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => undefined);
process.on('SIGTERM', () => child?.kill('SIGTERM'));

const run = async (...args) => {
  child = spawn(node, args, { stdio: 'inherit', cwd: root, env: environmentWith(node) });
  const [code] = await once(child, 'exit');
  return code ?? 1;
};

process.exitCode =
  (await run(inRoot('scripts/build.mjs'))) ||
  (await run('--import', 'tsx', inRoot('test/faults/run.ts'), ...process.argv.slice(2)));
