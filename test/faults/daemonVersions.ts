import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Connection } from '../../daemon/client/index';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { HOSTS_FOLDER } from '../../daemon/protocol/endpoint';
import type { HostRecord } from '../../daemon/protocol/host';
import { SessionKill, SessionList } from '../../daemon/protocol/sessions';
import { type Place, startProgram } from '../integration/clientFixture';
import { makeBuild } from '../support/otherBuild';
import { poll } from '../support/poll';
import { replacing } from './daemonKilled';
import type { Fault } from './fault';
import { inPlace } from './inPlace';
import { NUMBERING, readNumbered } from './numbered';

/** What the product's files call their version, and what those of other versions do; the newer one knows a later protocol too. */
const OTHERS = [
  { version: '99.0.0', protocol: { min: 1, max: 2 } },
  { version: '0.0.1', protocol: { min: 1, max: 1 } },
] as const;
type Other = (typeof OTHERS)[number];
const PATIENCE_MS = 30_000;
/** An empty PTY host stays for half a minute. */
const LEAVING_MS = 60_000;
/** More than is on its way at any moment. */
const LINES = 500;
/** Several of them beside the rest: what a viewer reads slower than the mirror is not kept for it. */
const CALMLY = NUMBERING.replace('setTimeout(write, 2)', 'setTimeout(write, 20)');

/** As an update does it, and then a downgrade: by the command line of the version that comes. */
export const daemonVersions: Fault = {
  name: 'daemon-versions',
  title: 'the daemon is replaced by one of a newer version, then of an older one, under load',
  times: 10,
  run: (context) =>
    inPlace(async (place) => {
      const versions = OTHERS.map((other, index) => ({ ...other, folder: build(place, other, index) }));
      let time = 0;
      const result = await replacing(place, context, async () => {
        const { version, folder } = versions[time++ % versions.length] ?? assert.fail();
        await restartBy(place, folder);
        assert.equal(await servedVersion(place), version);
      });
      const bytesChecked = await besideEachOther(place, versions);
      return { ...result, bytesChecked: result.bytesChecked + bytesChecked };
    }),
};

/**
 * The programs stay in the PTY host that they began in, and those to come have one of the daemon's own version: each is
 * spoken to as it can, whoever the daemon is, and leaves with its last program.
 */
const besideEachOther = async (
  place: Place,
  versions: readonly (Other & { readonly folder: string })[],
): Promise<number> => {
  const connection = await place.connection();
  const { sessions: old } = await connection.call(SessionList.type, {});
  const hosts = async (): Promise<DaemonStatus.Result['ptyHosts']> =>
    (await connection.call(DaemonStatus.type, {})).ptyHosts;
  const oldest = await poll(async () => (await hosts()).find(({ terminals }) => terminals === old.length), {
    what: 'all programs to be in the PTY host that they began in',
    timeoutMs: PATIENCE_MS,
    state: hosts,
  });
  const own = await startProgram(connection, process.execPath, '-e', CALMLY);
  const readers = [await readNumbered(place, connection, own)];
  for (const { version, folder, protocol } of versions) {
    await restartBy(place, folder);
    const session = await startProgram(connection, process.execPath, '-e', CALMLY);
    readers.push(await readNumbered(place, connection, session));
    assert.deepEqual(protocolsOf(place)[version], protocol);
    await poll(async () => (await hosts()).some((host) => host.version === version && host.terminals > 0), {
      what: `a PTY host of version ${version}`,
      timeoutMs: PATIENCE_MS,
      state: hosts,
    });
  }
  for (const { folder } of versions) {
    await restartBy(place, folder);
    const before = readers.map(({ lines }) => lines);
    await poll(() => readers.every(({ lines }, index) => lines > (before[index] ?? 0) + LINES), {
      what: 'all programs to go on',
      timeoutMs: PATIENCE_MS,
      state: () => readers.map(({ lines, problem }) => ({ lines, problem })),
    });
    assert.deepEqual(
      readers.map(({ problem }) => problem),
      readers.map(() => undefined),
    );
  }
  for (const { id } of old) {
    await connection.call(SessionKill.type, { target: { text: id }, signal: 'SIGKILL' });
  }
  await poll(async () => (await hosts()).every(({ pid }) => pid !== oldest.pid), {
    what: 'the oldest PTY host to leave after its last program',
    timeoutMs: LEAVING_MS,
    state: hosts,
  });
  return readers.reduce((sum, { bytes }) => sum + bytes, 0);
};

/** What PTY hosts say they speak, by their version. */
const protocolsOf = (place: Place): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    readdirSync(join(place.dataDir, HOSTS_FOLDER))
      .map((name) => JSON.parse(readFileSync(join(place.dataDir, HOSTS_FOLDER, name), 'utf8')) as HostRecord)
      .map(({ version, protocol }) => [version, protocol]),
  );

const build = (place: Place, other: Other, index: number): string => {
  const folder = join(place.folder, `product-${other.version}`);
  makeBuild(folder, other, String(index).repeat(16));
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
