import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
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
  let isKept = false;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-ep-'));
    endpoint = new Endpoint({
      keepFolder: () => true,
      dataDir: folder,
      runtimeDir: folder,
      version: '1.0.0',
      buildId: 'test',
      startedAt: 0,
      isKept: () => isKept,
      onControl: () => undefined,
      report: (what, error) => assert.fail(`${what}: ${String(error)}`),
    });
  });
  afterEach(() => {
    endpoint.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('says whether the daemon is to stay, once it has been told so', async () => {
    const said = (): Partial<EndpointRecord> => readJsonFile(join(folder, ENDPOINT_FILE)) as EndpointRecord;
    endpoint.update();
    assert.deepEqual(readdirSync(folder), [], 'not before it serves');
    await endpoint.open();
    assert.equal(said().keep, undefined);
    isKept = true;
    endpoint.update();
    assert.deepEqual([said().keep, said().socket], [true, endpoint.socket]);
    isKept = false;
    endpoint.withdraw();
    endpoint.update();
    assert.deepEqual(readdirSync(folder), [], 'nor when it leaves');
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

  it('listens anew where another socket stands at its path, and says so', async () => {
    await endpoint.open();
    const file = join(folder, ENDPOINT_FILE);
    const { socket } = endpoint;
    renameSync(socket, `${socket}.moved`);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(socket, resolve));
    // It keeps nobody from ending, should the rest of this fail.
    other.unref();
    // Only so that it looks at once.
    rmSync(file);
    await until('another socket to be named', () => {
      const named = (readJsonFile(file) as EndpointRecord | undefined)?.socket;
      return named !== undefined && named !== socket;
    });
    assert.equal((readJsonFile(file) as EndpointRecord).socket, endpoint.socket);
    await new Promise<void>((resolve, reject) => {
      const caller = connect(endpoint.socket, () => {
        caller.destroy();
        resolve();
      });
      caller.once('error', reject);
    });
    other.close();
  });

  it('names its new socket although that could not be written when it was bound', async () => {
    await endpoint.open();
    const file = join(folder, ENDPOINT_FILE);
    const { socket } = endpoint;
    const record = readJsonFile(file) as EndpointRecord;
    writePrivateFile(file, JSON.stringify({ ...record, socket: `${socket}.old` }));
    await until('the socket to be named', () => {
      return (readJsonFile(file) as EndpointRecord | undefined)?.socket === socket;
    });
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
