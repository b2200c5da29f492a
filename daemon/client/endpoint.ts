import type { Socket } from 'node:net';
import { join } from 'node:path';
import { readJsonFile } from '../platform/privateFile';
import { type ProcessIdentity, processState } from '../platform/processIdentity';
import { namesThere, readJsonThere } from '../platform/unreadable';
import { whatIsThere } from '../platform/whatIsThere';
import { ENDPOINT_FILE, type EndpointRecord, HOSTS_FOLDER } from '../protocol/endpoint';
import type { Welcome } from '../protocol/hello';
import type { HostRecord } from '../protocol/host';

/** A greeted control connection. */
export interface DaemonLink {
  readonly socket: Socket;
  readonly welcome: Welcome;
  readonly endpoint: EndpointRecord;
}

/**
 * Where the daemon of a data folder says it serves, or undefined when none has said so. It may be dead.
 * @throws HoldfastError AUTH_FAILED, DAEMON_UNAVAILABLE where that can't be read
 */
export const readEndpoint = (dataDir: string): EndpointRecord | undefined => {
  const value = readJsonThere(join(dataDir, ENDPOINT_FILE)) as Partial<EndpointRecord> | null | undefined;
  return typeof value?.pid === 'number' &&
    typeof value.socket === 'string' &&
    typeof value.token === 'string' &&
    typeof value.version === 'string' &&
    (value.startTime === null || typeof value.startTime === 'string')
    ? (value as EndpointRecord)
    : undefined;
};

/** What a living PTY host's record tells; all but its process may be missing where it is broken. */
export type LivingHost = Partial<HostRecord> & Pick<HostRecord, 'pid'>;

/** The PTY hosts of this data folder that live, as far as their records tell: their processes. @throws HoldfastError AUTH_FAILED */
export const livingHosts = (dataDir: string): readonly number[] =>
  livingHostRecords(dataDir).map(({ pid }) => pid);

/** The same with all that their records tell. @throws HoldfastError AUTH_FAILED */
export const livingHostRecords = (dataDir: string): readonly LivingHost[] => {
  const folder = join(dataDir, HOSTS_FOLDER);
  return namesThere(folder)
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => readJsonFile(join(folder, name)) as Partial<HostRecord> | null | undefined)
    .flatMap((record) =>
      typeof record?.pid === 'number' && processState(record.pid, record.startTime ?? null) === 'alive'
        ? [{ ...record, pid: record.pid }]
        : [],
    );
};

/** Whether PTY hosts can be asked for at all: with something else in their folder's place nobody knows whether programs run. */
export const tellsOfHosts = (dataDir: string): boolean =>
  whatIsThere(join(dataDir, HOSTS_FOLDER))?.isDirectory() !== false;

/** Whether that daemon is known to have ended; in doubt it has not. */
export const isDead = ({ pid, startTime }: ProcessIdentity): boolean =>
  processState(pid, startTime) === 'dead';
