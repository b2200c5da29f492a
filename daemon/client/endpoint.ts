import { readdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { readJsonFile } from '../platform/privateFile';
import { processState } from '../platform/processIdentity';
import { ENDPOINT_FILE, type EndpointRecord, HOSTS_FOLDER } from '../protocol/endpoint';
import type { Welcome } from '../protocol/hello';
import type { HostRecord } from '../protocol/host';

/** A greeted control connection. */
export interface DaemonLink {
  readonly socket: Socket;
  readonly welcome: Welcome;
  readonly endpoint: EndpointRecord;
}

/** Where the daemon of a data folder says it serves, or undefined when none has said so. It may be dead. */
export const readEndpoint = (dataDir: string): EndpointRecord | undefined => {
  const value = readJsonFile(join(dataDir, ENDPOINT_FILE)) as Partial<EndpointRecord> | null | undefined;
  return typeof value?.pid === 'number' &&
    typeof value.socket === 'string' &&
    typeof value.token === 'string' &&
    typeof value.version === 'string' &&
    (value.startTime === null || typeof value.startTime === 'string')
    ? (value as EndpointRecord)
    : undefined;
};

/** Whether a PTY host of this data folder lives, as far as its record tells. */
export const hasLivingHost = (dataDir: string): boolean => {
  const folder = join(dataDir, HOSTS_FOLDER);
  return namesIn(folder).some((name) => {
    const record = readJsonFile(join(folder, name)) as Partial<HostRecord> | null | undefined;
    return typeof record?.pid === 'number' && processState(record.pid, record.startTime ?? null) === 'alive';
  });
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json') && !name.startsWith('.'));
  } catch {
    // No PTY host was ever needed.
    return [];
  }
};

/** Whether that daemon is known to have ended; in doubt it has not. */
export const isDead = (endpoint: EndpointRecord): boolean =>
  processState(endpoint.pid, endpoint.startTime) === 'dead';
