import type { Socket } from 'node:net';
import { join } from 'node:path';
import { readJsonFile } from '../platform/privateFile';
import { processState } from '../platform/processIdentity';
import { ENDPOINT_FILE, type EndpointRecord } from '../protocol/endpoint';
import type { Welcome } from '../protocol/hello';

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

/** Whether that daemon is known to have ended; in doubt it has not. */
export const isDead = (endpoint: EndpointRecord): boolean =>
  processState(endpoint.pid, endpoint.startTime) === 'dead';
