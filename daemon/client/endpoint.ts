import { join } from 'node:path';
import { readJsonFile } from '../platform/privateFile';
import { ENDPOINT_FILE, type EndpointRecord } from '../protocol/endpoint';

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
