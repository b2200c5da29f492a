import { join } from 'node:path';
import { damagedFiles } from '../../client/copySums';
import { livingHosts, readEndpoint, tellsOfHosts } from '../../client/endpoint';
import { heldLock } from '../../client/heldLock';
import { CLIENT_VERSION, findProgram } from '../../client/program';
import { requirePrivateFolder } from '../../platform/privateFolder';
import { processState } from '../../platform/processIdentity';
import { newSocketPath } from '../../platform/socketPath';
import { lastFailure } from '../../platform/startLog';
import { namesThere } from '../../platform/unreadable';
import type { Finding } from '../../protocol/daemon';
import { LOG_FOLDER, RUNTIME_FOLDER } from '../../protocol/endpoint';
import { asFinding, of } from './finding';

/** The oldest Node that the daemon runs on. */
const LEAST_NODE = 20;
/** More copies of the program than this have been left behind by something. */
const MANY_COPIES = 5;

export const checkNode = (version: string): Finding => {
  const judge = of('runtime');
  return Number(version.split('.')[0]) >= LEAST_NODE
    ? judge({ status: 'ok', message: `Node ${version}, Holdfast ${CLIENT_VERSION}` })
    : judge({
        status: 'error',
        message: `Node ${version} is too old`,
        suggestion: `Run Holdfast with Node ${LEAST_NODE} or later.`,
      });
};

/** The built program beside this file: without it no daemon can be started. */
export const checkProgram = (): Finding => {
  const judge = of('program');
  try {
    const { folder, buildId } = findProgram();
    return judge({ status: 'ok', message: `${folder} (build ${buildId})` });
  } catch (error) {
    return judge(asFinding(error));
  }
};

export const checkSocketLength = (runtimeDir: string): Finding => {
  const judge = of('socket path');
  try {
    const path = newSocketPath(runtimeDir, 'daemon-');
    return judge({ status: 'ok', message: `short enough (${Buffer.byteLength(path)} bytes)` });
  } catch (error) {
    return judge(asFinding(error));
  }
};

/**
 * What the data folder says about a daemon, before it is asked itself.
 * @param canStart whether a daemon that is started can write where it must
 */
export const checkEndpoint = (dataDir: string, canStart: boolean): Finding => {
  const judge = of('endpoint');
  // Nothing in one that is another's is believed, and one that can't be looked into tells nothing.
  requirePrivateFolder(dataDir);
  const endpoint = readEndpoint(dataDir);
  if (endpoint === undefined) {
    return (
      withoutDaemon(dataDir, canStart, 'no daemon is running') ??
      judge({ status: 'ok', message: 'no daemon is running' })
    );
  }
  const state = processState(endpoint.pid, endpoint.startTime);
  if (state === 'dead') {
    const failure = lastFailure(join(dataDir, LOG_FOLDER), endpoint.startedAt);
    if (failure !== undefined) {
      return judge({
        status: 'error',
        message: `no daemon runs; the last that served was process ${endpoint.pid}, and what was said at the end is: ${failure.message}`,
        suggestion: `${adviceIn(failure) ?? "Run 'holdfast daemon restart'; if it fails as well, install Holdfast anew."}${programsGoOn(dataDir)}`,
      });
    }
    const ended = `the last daemon (process ${endpoint.pid}) ended without saying so`;
    return (
      withoutDaemon(dataDir, canStart, ended) ??
      judge({
        status: 'warning',
        message: ended,
        suggestion: 'Nothing to do: the next command starts another one.',
      })
    );
  }
  return judge({ status: 'ok', message: `process ${endpoint.pid}, version ${endpoint.version}` });
};

/** Whoever reads it has run doctor already. */
const adviceIn = ({ suggestion }: { readonly suggestion?: string | undefined }): string | undefined =>
  suggestion?.includes('holdfast doctor') === true ? undefined : suggestion;

/** What keeps the next command from starting a daemon; undefined where nothing is seen that does. */
const withoutDaemon = (dataDir: string, canStart: boolean, what: string): Finding | undefined => {
  const judge = of('endpoint');
  const held = heldLock(dataDir);
  if (held !== undefined) {
    return judge({ status: 'warning', message: `${what}, and ${held.message}`, suggestion: held.suggestion });
  }
  return canStart
    ? undefined
    : judge({
        // The error is what is told above.
        status: 'warning',
        message: `${what}, and none can be started: what it has to write in can't be written`,
        suggestion: `Put that right, which is told above; the next command then starts one.${programsGoOn(dataDir)}`,
      });
};

/** Also where it can't be seen whether any run: nothing that is wrong with the folder ends one. */
const programsGoOn = (dataDir: string): string =>
  livingHosts(dataDir).length > 0 || !tellsOfHosts(dataDir) ? ' Programs run on meanwhile.' : '';

export const checkCopies = (dataDir: string): Finding => {
  const judge = of('runtime copies');
  const folder = join(dataDir, RUNTIME_FOLDER);
  const names = namesThere(folder).filter((name) => !name.startsWith('.'));
  const damaged = names.flatMap((name) =>
    damagedFiles(join(folder, name)).map((file) => join(folder, name, file)),
  );
  if (damaged.length > 0) {
    return judge({
      status: 'error',
      message: `files of the program's copy are damaged: ${damaged.join(', ')}`,
      suggestion:
        "Run 'holdfast daemon restart' where Holdfast is installed, or reload VS Code's window: they are copied again when a daemon starts. Programs run on meanwhile.",
    });
  }
  return names.length > MANY_COPIES
    ? judge({
        status: 'warning',
        message: `${names.length} copies in ${folder}`,
        suggestion: "Old ones are removed when a daemon starts: run 'holdfast daemon restart'.",
      })
    : judge({ status: 'ok', message: names.length === 0 ? 'none yet' : names.join(', ') });
};
