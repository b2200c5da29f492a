import assert from 'node:assert/strict';
import {
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Connection } from '../../daemon/client/index';
import { restartDaemon } from '../../daemon/client/stopping';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { HoldfastError } from '../../daemon/protocol/errors';
import { SessionList } from '../../daemon/protocol/sessions';
import { MIGRATIONS, migrationsFrom } from '../../daemon/store/migrations';
import { loadSqlite, SqlDatabase } from '../../daemon/store/sqlite';
import { flipBit, newestLog } from '../../daemon/store/testDamage';
import { type Place, type Screen, startSession } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { doctor, programs } from './state';

const STORE_FILE = /^holdfast\.(?:db|log)/;
const DATABASE = 'holdfast.db';

interface Damage {
  readonly name: string;
  /** What is done to the files while no daemon runs. */
  readonly to: (dataDir: string) => unknown;
  /** `whole`: names and everything are there. `running`: what was confirmed last is gone, and no program. `refused`: until it is taken back. */
  readonly outcome: 'whole' | 'running' | 'refused';
}

/** The first ones are those that `npm test` does. */
const DAMAGES: readonly Damage[] = [
  { name: 'a bit of the database flipped', to: (dir) => flipBit(join(dir, DATABASE), 0.3), outcome: 'whole' },
  { name: 'nothing but garbage', to: (dir) => storeFiles(dir).forEach(garble), outcome: 'running' },
  { name: 'a store of a newer Holdfast', to: (dir) => makeNewer(join(dir, DATABASE)), outcome: 'refused' },
  { name: 'a torn record at the end of the log', to: (dir) => tear(dir), outcome: 'whole' },
  { name: 'the database cut in half', to: (dir) => halve(join(dir, DATABASE)), outcome: 'whole' },
  { name: 'an empty database', to: (dir) => truncateSync(join(dir, DATABASE)), outcome: 'whole' },
  { name: 'no database', to: (dir) => rmSync(join(dir, DATABASE)), outcome: 'whole' },
  {
    name: 'a bit of the log flipped',
    to: async (dir) => flipBit(await newestLog(dir), 0.6),
    outcome: 'running',
  },
  { name: 'the log cut in half', to: async (dir) => halve(await newestLog(dir)), outcome: 'running' },
  { name: 'an empty log', to: async (dir) => truncateSync(await newestLog(dir)), outcome: 'running' },
  {
    name: 'no file of the store',
    to: (dir) => storeFiles(dir).forEach((path) => void rmSync(path)),
    outcome: 'running',
  },
];

/** Programs run on under a daemon that is killed, and whose store is not what it was when the next one opens it. */
export const storeDamaged: Fault = {
  name: 'store-damaged',
  title: 'the daemon is killed, and the store is damaged before the next one opens it',
  times: 2 * DAMAGES.length,
  run: (context) => inPlace((place) => run(place, context)),
};

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const first = await place.connection();
  let connection = first;
  for (const name of ['one', 'two']) {
    await startSession(connection, {
      name,
      cwd: realpathSync(place.folder),
      command: ['sh', '-c', 'stty raw -echo; exec cat'],
    });
  }
  const keys = await place.attach(connection, 'one');
  const before = await programs(connection);
  const folders = await foldersOf(connection);
  const recoveries: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const damage = DAMAGES[time % DAMAGES.length] ?? assert.fail();
    // There are both a database and a log with what has happened since.
    await restartDaemon(place.options);
    connection = await place.connection();
    await startSession(connection, { name: `ended-${time}`, command: ['true'] });
    const names = await namesOf(connection);
    const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
    // It would start the next daemon before the damage is done.
    process.kill(ptyHostPid ?? assert.fail(), 'SIGSTOP');
    try {
      process.kill(pid, 'SIGKILL');
      await poll(() => place.daemons().length === 0, {
        what: 'the daemon to end',
        state: () => place.daemons(),
      });
      const saved = storeFiles(place.dataDir).map((path) => [path, readFileSync(path)] as const);
      await damage.to(place.dataDir);
      if (damage.outcome === 'refused') {
        await isRefused(place);
        for (const [path, bytes] of saved) {
          writeFileSync(path, bytes);
        }
      }
    } finally {
      process.kill(ptyHostPid ?? 0, 'SIGCONT');
    }
    const from = performance.now();
    await types(keys, `[${time}]`);
    connection = await place.connection();
    recoveries.push(performance.now() - from);
    assert.deepEqual(
      (await programs(connection)).filter((line) => line.includes(' running ')),
      before,
      `${damage.name}: the same programs run in the same sessions`,
    );
    assert.deepEqual(await foldersOf(connection), folders, `${damage.name}: each in its folder`);
    if (damage.outcome !== 'running') {
      assert.deepEqual(await namesOf(connection), names, damage.name);
    }
    if (damage.name.includes('flipped')) {
      const said = await doctor(place);
      assert.ok(
        said.some(({ message }) => message.includes('was broken and was set aside')),
        `${damage.name}: ${JSON.stringify(said)}`,
      );
    }
  }
  const kinds = `${Math.min(times, DAMAGES.length)} kinds of damage`;
  say(kinds);
  return {
    survived: times,
    recoveries,
    bytesChecked: 0,
    notes: [`${kinds}; programs and their sessions are there behind each`],
  };
};

const namesOf = async (connection: Connection): Promise<readonly string[]> => {
  const { sessions } = await connection.call(SessionList.type, { all: true });
  return sessions.map(({ name }) => name).sort();
};

/** The folders of what runs, by its pid: a session that was recovered has another name. */
const foldersOf = async (connection: Connection): Promise<readonly string[]> => {
  const { sessions } = await connection.call(SessionList.type, {});
  return sessions
    .filter(({ state }) => state === 'running')
    .map(({ cwd, terminals }) => `${terminals[0]?.pid} ${cwd}`)
    .sort();
};

const types = async (keys: Screen, word: string): Promise<void> => {
  assert.ok(keys.attachment.write(word));
  await poll(() => keys.text.includes(word), {
    what: `the echo of ${word}`,
    state: () => keys.text.slice(-100),
  });
};

const isRefused = async (place: Place): Promise<void> => {
  const files = (): readonly string[] =>
    storeFiles(place.dataDir).map((path) => `${path} ${readFileSync(path, 'base64')}`);
  const found = files();
  const error: unknown = await Connection.open(place.options).then(
    (connection) => connection.dispose(),
    (thrown: unknown) => thrown,
  );
  const { message, suggestion } = HoldfastError.from(error);
  assert.match(message, /newer/, `${message} ${suggestion}`);
  assert.deepEqual(files(), found, 'nothing of it was changed');
};

const storeFiles = (dataDir: string): readonly string[] =>
  readdirSync(dataDir)
    .filter((name) => STORE_FILE.test(name) && !name.includes('.broken-'))
    .map((name) => join(dataDir, name));

const tear = async (dataDir: string): Promise<void> => {
  const log = await newestLog(dataDir);
  const bytes = readFileSync(log);
  const line = bytes.subarray(bytes.lastIndexOf(0x0a, -2) + 1);
  writeFileSync(log, Buffer.concat([bytes, line.subarray(0, line.length / 2)]));
};

const halve = (path: string): void => truncateSync(path, Math.floor(statSync(path).size / 2));

const garble = (path: string): void => writeFileSync(path, 'garbage\n'.repeat(1000));

/** As a Holdfast with one more migration has left it: its database is a newer one, and no log leads to it. */
const makeNewer = async (path: string): Promise<void> => {
  const database = new SqlDatabase(await loadSqlite());
  for (const step of migrationsFrom(0, MIGRATIONS)) {
    database.applyAll(step);
  }
  database.run([`PRAGMA user_version = ${MIGRATIONS.length + 1}`, []]);
  const image = database.export();
  database.close();
  for (const other of storeFiles(join(path, '..'))) {
    rmSync(other);
  }
  writeFileSync(path, image, { mode: 0o600 });
};
