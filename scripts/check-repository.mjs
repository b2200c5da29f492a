#!/usr/bin/env node
/**
 * What no other tool checks: the manifest's files exist, versions agree, the lock file works on any network, every
 * text is there in every language, and what F5 in VS Code needs is there.
 */
import fs from 'node:fs';
import { problemsOfStrings } from './l10n/check.mjs';
import { inRoot } from './paths.mjs';

const problems = [];
const read = (file) => fs.readFileSync(inRoot(file), 'utf8');
const manifest = JSON.parse(read('package.json'));

for (const name of ['dependencies', 'devDependencies']) {
  for (const [dependency, version] of Object.entries(manifest[name])) {
    if (!/^(npm:@?[\w/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      problems.push(`${dependency} is not pinned to one version: ${version}`);
    if (!read('docs/DEPENDENCIES.md').includes(`\`${dependency}\``)) {
      problems.push(`docs/DEPENDENCIES.md does not say why ${dependency} is there`);
    }
  }
}

const lock = read('package-lock.json');
if (/"resolved"|https?:\/\/[^"]*\.tgz/.test(lock)) {
  problems.push('package-lock.json names a registry: install with --omit-lockfile-registry-resolved');
}
if (JSON.parse(lock).version !== manifest.version)
  problems.push('package-lock.json has another version than package.json');

if (
  !read('CHANGELOG.md').includes(`## [${manifest.version}]`) &&
  !read('CHANGELOG.md').includes('## [Unreleased]')
) {
  problems.push(`CHANGELOG.md says nothing of ${manifest.version}`);
}

/** Every picture and file that the manifest names, wherever it stands. */
function namedFiles(value) {
  if (typeof value === 'string') return /^(\.\/)?(media|l10n)\//.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namedFiles) : [];
}
for (const file of namedFiles(manifest)) {
  if (!fs.existsSync(inRoot(file))) problems.push(`package.json names ${file}, which does not exist`);
}

const strings = fs.existsSync(inRoot('package.nls.json')) ? JSON.parse(read('package.nls.json')) : {};
const used = new Set([...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]));
for (const key of used) if (!(key in strings)) problems.push(`package.nls.json lacks ${key}`);
for (const key of Object.keys(strings))
  if (!used.has(key)) problems.push(`package.nls.json has ${key}, which nothing uses`);

problems.push(...problemsOfStrings());

checkLaunching();

for (const problem of problems) console.error(`  ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;

/** Each launch configuration has its task, each task its script, and debuggers look where the build puts things. */
function checkLaunching() {
  const { configurations } = readWithComments('.vscode/launch.json');
  const { tasks } = readWithComments('.vscode/tasks.json');
  const labels = new Set(tasks.map(({ label }) => label));
  const needTask = (who, label) => {
    if (label !== undefined && !labels.has(label))
      problems.push(`${who} needs the task ${label}, which is none`);
  };
  for (const { name, preLaunchTask, outFiles = [], args = [] } of configurations) {
    needTask(`the launch configuration ${name}`, preLaunchTask);
    for (const folder of outFiles.map((file) => /^\$\{workspaceFolder\}\/(\w+)\//.exec(file)?.[1])) {
      const isBuilt =
        (folder === 'dist' && /^\.\/dist\//.test(manifest.main)) ||
        (folder === 'out' && read('scripts/build-tests.mjs').includes("'out/"));
      if (!isBuilt) problems.push(`${name} looks for built files in ${folder}, where no build puts any`);
    }
    const tests = args.map(
      (arg) => /^--extensionTestsPath=\$\{workspaceFolder\}\/(.+)\/index\.js$/.exec(arg)?.[1],
    );
    for (const folder of tests.filter((found) => found !== undefined)) {
      if (!read('scripts/build-tests.mjs').includes(`outdir: '${folder}'`))
        problems.push(`${name} runs ${folder}, where scripts/build-tests.mjs puts nothing`);
    }
  }
  for (const { label, command, args = [], dependsOn } of tasks) {
    needTask(`the task ${label}`, dependsOn);
    const [first, script] = args;
    if (command === 'npm' && first === 'run' && !(script in manifest.scripts))
      problems.push(`the task ${label} runs ${script}, which package.json does not have`);
    if (command === 'node' && !fs.existsSync(inRoot(first)))
      problems.push(`the task ${label} runs ${first}, which does not exist`);
  }
}

/** VS Code's own files may have lines of comment. */
function readWithComments(file) {
  return JSON.parse(read(file).replace(/^\s*\/\/.*$/gm, ''));
}
