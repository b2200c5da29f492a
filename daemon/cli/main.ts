#!/usr/bin/env node
import { basename, dirname, join } from 'node:path';
import { readBuildId } from '../platform/buildId';
import { enableCompileCache } from '../platform/compileCache';
import { resolveLocations } from '../platform/locations';
import { RUNTIME_FOLDER } from '../protocol/endpoint';

/** What starts the command line: half of a short call would go into compiling it. */
const start = (): void => {
  try {
    enableCompileCache(copyOfProgram());
  } catch {
    // Without it everything works, only later.
  }
  // Not part of this bundle: what is loaded before the cache is there is compiled each time.
  require(join(__dirname, 'commandLine.js'));
};

/** The copy in the data folder that daemons of this build run from; this file may be part of it. */
const copyOfProgram = (): string => {
  if (basename(dirname(__dirname)) === RUNTIME_FOLDER) {
    return __dirname;
  }
  const { dataDir } = resolveLocations(process.env);
  return join(dataDir, RUNTIME_FOLDER, `${__HOLDFAST_VERSION__}-${readBuildId(__dirname)}`);
};

start();
