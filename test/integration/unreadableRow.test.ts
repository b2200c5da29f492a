import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { processState } from '../../daemon/platform/processIdentity';
import { DaemonDiagnose, DaemonShutdown } from '../../daemon/protocol/daemon';
import { STORE_FILE } from '../../daemon/protocol/endpoint';
import { SessionCreate, SessionList } from '../../daemon/protocol/sessions';
import { loadSqlite, SqlDatabase } from '../../daemon/store/sqlite';
import { poll } from '../support/poll';
import { TestDaemon } from '../support/testDaemon';

it('a session whose row in the store is broken hides no other, and doctor names it', async () => {
  const daemon = await TestDaemon.start();
  try {
    const peer = await daemon.connect();
    for (const name of ['first', 'broken', 'last']) {
      await peer.call(SessionCreate.type, { name, ...daemon.program(['true']) });
    }
    await poll(async () => (await peer.call(SessionList.type, { all: true })).sessions.every(isExited), {
      what: 'the programs to end',
      state: () => peer.call(SessionList.type, { all: true }),
    });
    const { pid } = await peer.call(DaemonShutdown.type, { mode: 'force' });
    await poll(() => processState(pid, null) === 'dead', { what: 'the daemon to leave' });

    const path = join(daemon.dataDir, STORE_FILE);
    const database = new SqlDatabase(await loadSqlite(), readFileSync(path));
    const [row] = database.rows("SELECT id FROM sessions WHERE name = 'broken'");
    assert.ok(row, `the store's file has the rows; there is ${readdirSync(daemon.dataDir)}`);
    database.run(["UPDATE sessions SET tags = '{torn' WHERE name = 'broken'", []]);
    writeFileSync(path, database.export(), { mode: 0o600 });
    database.close();
    // The log would mend it: it has the row as it was.
    for (const log of readdirSync(daemon.dataDir).filter((name) => name.startsWith('holdfast.log.'))) {
      rmSync(join(daemon.dataDir, log));
    }

    daemon.launch();
    const again = await daemon.connect();
    const { sessions } = await again.call(SessionList.type, { all: true });
    assert.deepEqual(sessions.map(({ name }) => name).sort(), ['first', 'last']);
    const { findings } = await again.call(DaemonDiagnose.type, {});
    const told = findings.filter(({ check, status }) => check === 'store' && status === 'error');
    assert.deepEqual(
      told.map(({ message }) => message),
      [`a row can't be read: sessions: ${row['id']}`],
    );
    await again.call(SessionCreate.type, { name: 'new', ...daemon.program(['true']) });
  } finally {
    await daemon.dispose();
  }
});

const isExited = ({ state }: { readonly state: string }): boolean => state === 'exited';
