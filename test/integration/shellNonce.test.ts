import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '../../daemon/client/index';
import { restartDaemon } from '../../daemon/client/stopping';
import { EventsList, EventsSubscribe } from '../../daemon/protocol/events';
import { HistoryList } from '../../daemon/protocol/history';
import { SessionCreate, SessionList, SessionRestart, SessionShow } from '../../daemon/protocol/sessions';
import { TerminalShellNonce, TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { served } from '../faults/state';
import { Place, until } from './clientFixture';

describe('the nonce of a shell', { skip: process.platform === 'win32' }, () => {
  const place = new Place();
  let connection: Connection;
  let session: string;

  const shell = async (more: { readonly shellIntegration?: boolean } = {}): Promise<string> => {
    const environment = { PATH: process.env['PATH'] ?? '', HOME: place.folder, PS1: 'ready>' };
    const params = { cwd: place.folder, environment, command: ['bash'], ...more };
    return (await connection.call(SessionCreate.type, params)).session.id;
  };
  const nonceOf = async (text: string): Promise<string | null> =>
    (await connection.call(TerminalShellNonce.type, { target: { text } })).nonce;
  /** The one that its shell says now, in the mark of a command that it runs. */
  const saidBy = async (text: string): Promise<string | undefined> => {
    const screen = await place.attach(connection, text, { history: 0 });
    const target = { text };
    await connection.call(TerminalType.type, { target, text: 'echo "said"', enter: true });
    const said = /\x1b\]633;E;echo "said";([^\x07\x1b]+)/;
    await until('the shell to say what it runs', () => said.test(screen.text));
    screen.attachment.detach();
    return said.exec(screen.text)?.[1];
  };

  before(async () => {
    connection = await place.connection();
    session = await shell();
  });
  after(() => place.leave());

  it('is told to who may type, and is another one for each terminal', async () => {
    const typist = await place.connection({ capabilities: ['input'] });
    const { nonce } = await typist.call(TerminalShellNonce.type, { target: { text: session } });
    assert.match(nonce ?? '', /^[0-9a-z]{12}$/);
    assert.equal(nonce, await saidBy(session));
    assert.notEqual(await nonceOf(await shell()), nonce);
  });

  it('is refused to who may only look, and to who may only start and end', async () => {
    for (const capability of ['observe', 'manage'] as const) {
      const other = await place.connection({ capabilities: [capability] });
      await assert.rejects(
        other.call(TerminalShellNonce.type, { target: { text: session } }),
        { code: 'NOT_PERMITTED', details: { capability: 'input' } },
        capability,
      );
    }
  });

  it('is none where the shell is started without integration', async () => {
    assert.equal(await nonceOf(await shell({ shellIntegration: false })), null);
  });

  it('stands in nothing that is told of sessions, commands and events, and in no log', async () => {
    const nonce = (await saidBy(session)) ?? '';
    const target = { text: session };
    const told = JSON.stringify([
      await connection.call(SessionList.type, { all: true }),
      await connection.call(SessionShow.type, { target }),
      await connection.call(SessionShow.type, { target: { text: `${session}:main` } }),
      await connection.call(TerminalSnapshot.type, { target, scrollback: 1000 }),
      await connection.call(HistoryList.type, { target }),
      await connection.call(EventsList.type, {}),
      await connection.call(EventsSubscribe.type, { sessions: true }),
    ]);
    assert.ok(told.includes('said'));
    assert.equal(told.includes(nonce), false);
    const logs = join(place.dataDir, 'logs');
    const logged = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
    assert.notEqual(logged.join(''), '');
    assert.equal(logged.join('').includes(nonce), false);
  });

  it('stays, whatever becomes of the daemon, and when another shell is started in the terminal', async () => {
    const nonce = await nonceOf(session);
    assert.ok(nonce !== null);
    await restartDaemon(place.options);
    assert.equal(await nonceOf(session), nonce);
    const [pid = assert.fail('no daemon runs')] = place.daemons();
    process.kill(pid, 'SIGKILL');
    await served(place, pid, 3);
    assert.equal(await nonceOf(session), nonce);
    assert.equal(await saidBy(session), nonce);
    await connection.call(SessionRestart.type, { target: { text: session } });
    assert.equal(await nonceOf(session), nonce);
    assert.equal(await saidBy(session), nonce);
  });
});
