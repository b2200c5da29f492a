import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Connection } from '../../daemon/client/index';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { type Place, startProgram } from '../integration/clientFixture';
import { DIST } from '../support/testDaemon';
import { replacing } from './daemonKilled';
import type { Fault } from './fault';
import { inPlace } from './inPlace';

/** What the product's files call their version, and what those of other versions do. */
const OTHERS = ['99.0.0', '0.0.1'] as const;

/** As an update does it, and then a downgrade: by the command line of the version that comes. */
export const daemonVersions: Fault = {
  name: 'daemon-versions',
  title: 'the daemon is replaced by one of a newer version, then of an older one, under load',
  times: 10,
  run: (context) =>
    inPlace(async (place) => {
      const versions = OTHERS.map((version, index) => ({ version, folder: build(place, version, index) }));
      let time = 0;
      const result = await replacing(place, context, async () => {
        const { version, folder } = versions[time++ % versions.length] ?? assert.fail();
        await restartBy(place, folder);
        assert.equal(await servedVersion(place), version);
      });
      // The programs stay in the PTY host that they began in; those to come have one of the daemon's own version.
      const connection = await place.connection();
      await startProgram(connection, 'cat');
      const { ptyHosts, version } = await connection.call(DaemonStatus.type, {});
      assert.equal(ptyHosts.length, 2);
      assert.ok(ptyHosts.some((host) => host.version === version && host.terminals === 1));
      return result;
    }),
};

/** The product as another version of it: other copies of the program run, in another folder. */
const build = (place: Place, version: string, index: number): string => {
  const folder = join(place.folder, `product-${version}`);
  cpSync(DIST, folder, { recursive: true });
  const own = (JSON.parse(readFileSync(join(DIST, '../package.json'), 'utf8')) as { version: string })
    .version;
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.js'))) {
    const path = join(folder, name);
    writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`"${own}"`, `"${version}"`));
  }
  writeFileSync(join(folder, 'build-id'), `${String(index).repeat(16)}\n`);
  return folder;
};

const restartBy = async (place: Place, folder: string): Promise<void> => {
  const child = spawn(process.execPath, [join(folder, 'cli.js'), 'daemon', 'restart'], {
    env: place.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, error, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  assert.equal(status, 0, JSON.stringify({ out, error }));
};

const servedVersion = async (place: Place): Promise<string> => {
  const connection = await Connection.open({ ...place.options, start: 'never' });
  try {
    return (await connection.call(DaemonStatus.type, {})).version;
  } finally {
    connection.dispose();
  }
};
