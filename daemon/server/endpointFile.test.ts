import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { readJsonFile, writePrivateFile } from '../platform/privateFile';
import { newSocketPath } from '../platform/socketPath';
import { ENDPOINT_FILE, type EndpointRecord } from '../protocol/endpoint';
import { until } from '../ptyhost/testing/poll';
import { Endpoint } from './endpointFile';

describe('the endpoint', { skip: process.platform === 'win32' }, () => {
  let folder: string;
  let endpoint: Endpoint;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-ep-'));
    endpoint = new Endpoint({
      keepFolder: () => true,
      dataDir: folder,
      runtimeDir: folder,
      version: '1.0.0',
      buildId: 'test',
      startedAt: 0,
      onControl: () => undefined,
      report: (what, error) => assert.fail(`${what}: ${String(error)}`),
    });
  });
  afterEach(() => {
    endpoint.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes the socket away with the file that names it', async () => {
    await endpoint.open();
    assert.equal(readdirSync(folder).length, 2);
    endpoint.withdraw();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('says again where it is at once when the file is deleted, and each time', async () => {
    await endpoint.open();
    const file = join(folder, ENDPOINT_FILE);
    const { socket } = endpoint;
    const from = performance.now();
    for (let time = 0; time < 3; time += 1) {
      rmSync(file);
      await until('the file to be there', () => existsSync(file));
      assert.equal((readJsonFile(file) as EndpointRecord).socket, socket);
    }
    // The look that comes every 5 s would be too late: whoever finds no file meanwhile starts another daemon.
    assert.ok(performance.now() - from < 4000);
  });

  it('removes the socket of the one before, and no other', async () => {
    const [stale, other] = [newSocketPath(folder, 'd-'), newSocketPath(folder, 'd-')];
    const servers = await Promise.all(
      [stale, other].map(
        (path) =>
          new Promise<ReturnType<typeof createServer>>((resolve) => {
            const server = createServer().listen(path, () => resolve(server));
          }),
      ),
    );
    writePrivateFile(join(folder, ENDPOINT_FILE), JSON.stringify({ socket: stale }));
    await endpoint.open();
    assert.deepEqual([existsSync(stale), existsSync(other)], [false, true]);
    for (const server of servers) {
      server.close();
    }
  });
});
