#!/usr/bin/env node
/**
 * Records the README's moving pictures anew, docs/pictures/*.gif, from the packed extension in a real VS Code.
 *
 *   npm run pictures
 */
import { inRoot } from './paths.mjs';
import { run } from './run.mjs';
import { runMain, say } from './say.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureCodeServer } from './setup/codeServer.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureNode, environmentWith } from './setup/node.mjs';

async function main() {
  const node = await ensureNode(24);
  const env = environmentWith(node, {});
  await ensureDependencies(env);
  env.CODE_SERVER_ENTRY = await ensureCodeServer(env);
  env.CHROMIUM = await ensureChromium(env);
  const packed = await run(node, [inRoot('scripts/package.mjs')], { env });
  if (packed.code !== 0) return packed.code;
  say('recording');
  return (await run(node, ['--import', 'tsx', inRoot('test/pictures/record.ts')], { env })).code;
}

await runMain(main);
