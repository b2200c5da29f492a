import { isDead, readEndpoint } from '../../client/endpoint';
import { checkDiskSpace } from '../../platform/diskSpace';
import { resolveLocations } from '../../platform/locations';
import { printable } from '../../platform/printable';
import { hasSpareFiles } from '../../platform/spareFiles';
import { DaemonDiagnose, type Finding } from '../../protocol/daemon';
import type { EndpointRecord } from '../../protocol/endpoint';
import { HoldfastError } from '../../protocol/errors';
import type { Context } from '../context';
import { checkCopies, checkEndpoint, checkNode, checkProgram, checkSocketLength } from '../doctor/checks';
import { asFinding, examine, examineAll } from '../doctor/finding';
import { checkDataRoot, checkFolder } from '../doctor/folders';
import { checkLifetime } from '../doctor/lifetime';
import { checkPlaces } from '../doctor/places';
import { checkSetAside } from '../doctor/setAside';
import { silentDaemon } from '../doctor/silentDaemon';
import { checkStoreFiles, checkWritable } from '../doctor/writing';

/** Long enough for a busy daemon; doctor must end even when it is stuck. */
const DIAGNOSE_TIMEOUT_MS = 10_000;

/** @returns the exit status: 1 when something is broken */
export const run = async (context: Context): Promise<number> => {
  const { runtimeDir, rootDataDir, dataDir } = resolveLocations(context.env);
  const answer = await askDaemon(context, dataDir);
  const writing = [
    ...checkWritable(dataDir, runtimeDir),
    ...examineAll('store', () => checkStoreFiles(dataDir)),
  ];
  // A full disk is told once, by who has tried to write.
  const told = writing.some(isOfDisk) ? answer.filter((finding) => !isOfDisk(finding)) : answer;
  const places = checkPlaces(dataDir);
  const canStart = [...writing, ...places].every(
    (finding) => finding.status !== 'error' || (isOfDisk(finding) && hasSpareFiles(dataDir)),
  );
  const findings: readonly Finding[] = [
    examine('runtime', () => checkNode(process.versions.node)),
    examine('program', checkProgram),
    ...examineAll('data root', () => checkDataRoot(rootDataDir, dataDir)),
    examine('data folder', () => checkFolder('data folder', dataDir)),
    examine('runtime folder', () => checkFolder('runtime folder', runtimeDir)),
    ...writing,
    ...places.filter(({ message }) => !told.some((finding) => finding.message === message)),
    ...checkSetAside(dataDir),
    examine('socket path', () => checkSocketLength(runtimeDir)),
    examine('runtime copies', () => checkCopies(dataDir)),
    examine('endpoint', () => checkEndpoint(dataDir, canStart)),
    ...told,
    ...examineAll('lifetime', () => checkLifetime(dataDir, context.env)),
    // Where none answers, that may be why.
    ...([...writing, ...told].some(isOfDisk) ? [] : [examine('disk', () => checkDiskSpace(dataDir))]),
  ];
  const broken = findings.some(({ status }) => status === 'error');
  context.result({ ok: !broken, findings }, () => findings.map((finding) => line(context, finding)).join(''));
  return broken ? 1 : 0;
};

const isOfDisk = ({ check }: Finding): boolean => check === 'disk';

const askDaemon = async (context: Context, dataDir: string): Promise<readonly Finding[]> => {
  const endpoint = endpointOf(dataDir);
  if (endpoint === undefined) {
    return [];
  }
  try {
    const connection = await context.connectionIfRunning();
    const answer = await connection?.call(DaemonDiagnose.type, {}, { timeoutMs: DIAGNOSE_TIMEOUT_MS });
    return answer?.findings ?? [];
  } catch (error) {
    return isSilence(error) && !isDead(endpoint)
      ? examineAll('daemon', () => [silentDaemon(endpoint, dataDir)])
      : [{ check: 'daemon', ...asFinding(error) }];
  }
};

const endpointOf = (dataDir: string): EndpointRecord | undefined => {
  try {
    return readEndpoint(dataDir);
  } catch {
    // The check of the endpoint has told why.
    return undefined;
  }
};

const isSilence = (error: unknown): boolean =>
  ['DAEMON_UNAVAILABLE', 'TIMEOUT'].includes(HoldfastError.from(error).code);

const line = (context: Context, { check, status, message, suggestion }: Finding): string => {
  const { style } = context;
  const colour = { ok: style.green, warning: style.yellow, error: style.red }[status];
  const hint =
    suggestion === undefined || status === 'ok' ? '' : `${' '.repeat(9)}hint: ${printable(suggestion)}\n`;
  return `${colour(status.padEnd(9))}${printable(check)}: ${printable(message)}\n${hint}`;
};
