#!/usr/bin/env node
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readBuildId } from '../platform/buildId';
import { COMPILED_FOLDER, loadModule } from '../platform/compiledModule';
import { resolveLocations } from '../platform/locations';
import { RUNTIME_FOLDER } from '../protocol/endpoint';

/** The rest of the command line: commandLine.ts, bundled. */
const MODULE = join(__dirname, 'commandLine.js');
/** What ran longer than this may have lost what V8 compiled of its start: it drops the code of functions that sleep. */
const SHORT_CALL_MS = 5000;

/** What starts the command line: half of a short call would go into compiling it. */
const start = (): void => {
  const copy = copyOfProgram();
  const { wasCompiled, save } = loadModule(MODULE, join(copy ?? __dirname, COMPILED_FOLDER), require);
  // Not by the call that makes the copy, whose work is no other's: what is kept is read whole each time.
  if (!wasCompiled && copy !== undefined && existsSync(copy)) {
    process.once('exit', () => {
      if (performance.now() < SHORT_CALL_MS) {
        save();
      }
    });
  }
};

/** The copy in the data folder that daemons of this build run from; this file may be part of it. */
const copyOfProgram = (): string | undefined => {
  if (basename(dirname(__dirname)) === RUNTIME_FOLDER) {
    return __dirname;
  }
  try {
    const { dataDir } = resolveLocations(process.env);
    return join(dataDir, RUNTIME_FOLDER, `${__HOLDFAST_VERSION__}-${readBuildId(__dirname)}`);
  } catch {
    // No place for anything: what is called will say so.
    return undefined;
  }
};

start();
