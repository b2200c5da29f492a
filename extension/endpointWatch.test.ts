import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ENDPOINT_FILE } from '../daemon/protocol/endpoint';
import { poll } from '../test/support/poll';
import { EndpointWatch } from './endpointWatch';

/** Below the pace at which it looks anyway. */
const SOON_MS = 4000;

describe('the watch for a daemon', () => {
  let folder: string;
  let dataDir: string;
  let watching: EndpointWatch | undefined;
  let appeared = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-endpoint-'));
    dataDir = join(folder, 'share', 'holdfast', 'machine');
    appeared = 0;
  });
  afterEach(() => {
    watching?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
  const begin = (): void => {
    watching = new EndpointWatch(dataDir, () => appeared++);
  };
  const hears = (): Promise<boolean> =>
    poll(() => appeared > 0, { timeoutMs: SOON_MS, what: 'the daemon to be heard of' });

  it('makes nothing, and hears of the first one, whose folders are made one after the other', async () => {
    begin();
    assert.deepEqual(readdirSync(folder), []);
    for (const made of [join(folder, 'share'), join(folder, 'share', 'holdfast'), dataDir]) {
      mkdirSync(made);
      await new Promise((resolve) => setImmediate(resolve));
    }
    writeFileSync(join(dataDir, ENDPOINT_FILE), '{}');
    await hears();
  });

  it('hears of one whose folders are made all at once', async () => {
    begin();
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(join(dataDir, ENDPOINT_FILE), '{}');
    await hears();
  });

  it('hears of another one in a folder that is there, and not of other files', async () => {
    mkdirSync(dataDir, { recursive: true });
    begin();
    writeFileSync(join(dataDir, 'holdfast.log.1'), '');
    writeFileSync(join(dataDir, 'first'), '');
    // Told in order: what comes before the endpoint has been told when that is.
    writeFileSync(join(dataDir, ENDPOINT_FILE), '{}');
    await hears();
    assert.ok(appeared <= 2, `it was called ${appeared} times`);
  });
});
