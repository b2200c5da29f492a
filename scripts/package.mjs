#!/usr/bin/env node
/**
 * Packs the extension.
 *
 *   npm run package                            for this platform
 *   npm run package -- --target linux-arm64    for one platform, or `universal`
 *   npm run package -- --target all            for all of them
 *
 * Each package, packages/holdfast-<target>-<version>.vsix, is made from a folder that holds only what ships. All can be
 * made on one machine: node-pty brings its binaries for every platform, and node.exe comes from npm.
 * Pack on Linux or macOS: on Windows, files have no execute bit that a package could keep.
 */
import fs from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { writeBuildId } from './build-id.mjs';
import { readOptions } from './options.mjs';
import { inRoot, tools } from './paths.mjs';
import { run } from './run.mjs';
import { Missing, runMain, say } from './say.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureNode } from './setup/node.mjs';
import { bringsNode, targets, UNIVERSAL } from './targets.mjs';

/** What ships beside dist/ and package.json, if it exists. */
const SHIPPED = ['README.md', 'CHANGELOG.md', 'LICENSE', 'media', 'l10n', ...manifestStrings()];

const options = readOptions('npm run package -- [--target PLATFORM|universal|all] [--no-build]', {
  target: { type: 'string', default: `${process.platform}-${process.arch}` },
  'no-build': { type: 'boolean', default: false },
});

async function main() {
  const all = [...targets, UNIVERSAL];
  const chosen = options.target === 'all' ? all : all.filter((target) => target === options.target);
  if (chosen.length === 0) {
    throw new Missing(`There is no package for '${options.target}': choose ${all.join(', ')}, or all.`);
  }
  await ensureDependencies(process.env);
  if (!options['no-build']) {
    const { code } = await run(process.execPath, [inRoot('scripts/build.mjs')]);
    if (code !== 0) return code;
  }
  fs.mkdirSync(inRoot('packages'), { recursive: true });
  for (const target of chosen) await pack(target);
  return 0;
}

async function pack(target) {
  // Loaded here: this script must start with no dependencies installed.
  const { createVSIX } = await import('@vscode/vsce');
  const stage = path.join(tools, 'stage', target);
  fs.rmSync(stage, { recursive: true, force: true });
  fs.mkdirSync(stage, { recursive: true });
  const manifest = shippedManifest();
  fs.writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  // Everything in the folder ships: it was put there for that.
  fs.writeFileSync(path.join(stage, '.vscodeignore'), '');
  for (const name of SHIPPED) {
    if (fs.existsSync(inRoot(name))) fs.cpSync(inRoot(name), path.join(stage, name), { recursive: true });
  }
  await stageDist(target, path.join(stage, 'dist'));

  for (const old of fs.readdirSync(inRoot('packages'))) {
    if (old.startsWith(`holdfast-${target}-`)) fs.rmSync(inRoot('packages', old));
  }
  const file = inRoot('packages', `holdfast-${target}-${manifest.version}.vsix`);
  await withoutWarnings(() =>
    createVSIX({
      cwd: stage,
      packagePath: file,
      dependencies: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: manifest.repository !== undefined,
      ...(target === UNIVERSAL ? {} : { target }),
    }),
  );
  say(`${path.relative(inRoot(), file)} (${(fs.statSync(file).size / 1e6).toFixed(1)} MB)`);
}

/** vsce prints what it does, and only prints its warnings too; a package that deserves one is not made. */
async function withoutWarnings(work) {
  const lines = [];
  const { log, warn, error } = console;
  console.log = console.warn = console.error = (...values) => lines.push(format(...values));
  try {
    await work();
  } finally {
    Object.assign(console, { log, warn, error });
  }
  const warnings = lines.filter((line) => /\b(WARNING|WARN|ERROR)\b/.test(line));
  if (warnings.length > 0) throw new Missing(`vsce warns:\n${warnings.join('\n')}`);
}

/** dist/ with the binaries of one platform only, or of all. */
async function stageDist(target, folder) {
  const prebuilds = inRoot('dist', 'prebuilds');
  fs.cpSync(inRoot('dist'), folder, {
    recursive: true,
    filter: (source) => {
      const [platform] = path.relative(prebuilds, source).split(path.sep);
      return target === UNIVERSAL || platform === '' || platform === '..' || platform === target;
    },
  });
  if (target !== UNIVERSAL && !bringsNode(target)) {
    fs.rmSync(path.join(folder, 'worker'), { recursive: true, force: true });
    fs.rmSync(path.join(folder, 'conpty_console_list_agent.js'), { force: true });
  }
  if (bringsNode(target)) {
    const node = await ensureNode(24, target);
    fs.mkdirSync(path.join(folder, 'bin'));
    fs.copyFileSync(node, path.join(folder, 'bin', 'node.exe'));
    const license = path.join(path.dirname(node), '..', 'LICENSE');
    if (fs.existsSync(license)) fs.copyFileSync(license, path.join(folder, 'bin', 'node-LICENSE.txt'));
  }
  writeBuildId(folder);
}

/** The manifest's texts, in each language. */
function manifestStrings() {
  return fs.readdirSync(inRoot()).filter((name) => /^package\.nls\b.*\.json$/.test(name));
}

/** The manifest without what concerns only this repository. */
function shippedManifest() {
  const manifest = JSON.parse(fs.readFileSync(inRoot('package.json'), 'utf8'));
  for (const key of ['private', 'allowScripts', 'dependencies', 'devDependencies']) delete manifest[key];
  // The one script that an editor runs: when the extension has been uninstalled.
  manifest.scripts = { 'vscode:uninstall': manifest.scripts['vscode:uninstall'] };
  // In a workflow, links of the README lead to the repository that it runs in.
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
  if (manifest.repository === undefined && server && repository) {
    manifest.repository = { type: 'git', url: `${server}/${repository}` };
  }
  return manifest;
}

await runMain(main);
