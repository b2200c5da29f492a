import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '../../daemon/client/index';
import { restartDaemon } from '../../daemon/client/stopping';
import { TerminalEnvironment } from '../../daemon/protocol/environment';
import { SessionKill } from '../../daemon/protocol/sessions';
import { TerminalSnapshot, TerminalType } from '../../daemon/protocol/terminals';
import { Place, startSession, until } from './clientFixture';

const PATH = process.env['PATH'] ?? '';

describe("a program's environment, as clients are told it", { skip: process.platform !== 'linux' }, () => {
  const place = new Place();
  let connection: Connection;

  const tell = (
    text: string,
    beside?: Readonly<Record<string, string>>,
    asked = connection,
  ): Promise<TerminalEnvironment.Result> =>
    asked.call(TerminalEnvironment.type, {
      target: { text },
      ...(beside === undefined ? {} : { beside }),
    });

  before(async () => {
    connection = await place.connection();
  });
  after(() => place.leave());

  it('is what it was started with, secrets included, also when another daemon started it', async () => {
    const environment = { PATH, GREETING: 'hello\nthere=1', API_TOKEN: 'hidden' };
    const session = await startSession(connection, { environment });
    await restartDaemon(place.options);
    const told = await tell(session);
    assert.deepEqual([told.terminal, told.source, told.beside], ['main', 'process', undefined]);
    assert.equal(told.environment['GREETING'], 'hello\nthere=1');
    assert.equal(told.environment['API_TOKEN'], 'hidden');
    assert.equal(told.environment['HOLDFAST_SESSION'], session);
    assert.equal(told.environment['TERM'], 'xterm-256color');
  });

  it('does not differ from the one beside it where nothing has changed, not even by shell integration', async () => {
    const environment = { PATH, HOME: place.folder, LANG: 'C.UTF-8', KEPT: 'yes' };
    const session = await startSession(connection, { environment, command: ['bash'] });
    const same = await tell(session, environment);
    assert.deepEqual(same.beside, same.environment);
    const { beside, environment: started } = await tell(session, { ...environment, KEPT: 'no', TMUX: 'x' });
    assert.deepEqual(beside, { ...started, KEPT: 'no' });
  });

  it('is what the daemon has started it with where the program has written over it', async () => {
    const session = await startSession(connection, {
      environment: { PATH, OF_MINE: 'kept', API_TOKEN: 'hidden' },
      command: ['perl', '-e', '$0 = "x" x 100000; $| = 1; print "written\\n"; sleep 1000'],
    });
    const target = { text: session };
    await until('the program to have written its title', async () =>
      (await connection.call(TerminalSnapshot.type, { target })).lines.includes('written'),
    );
    const before = await tell(session);
    assert.deepEqual([before.source, before.environment['API_TOKEN']], ['start', 'hidden']);
    await restartDaemon(place.options);
    const { source, environment } = await tell(session);
    assert.deepEqual([source, environment['OF_MINE']], ['start', 'kept']);
    assert.equal(environment['API_TOKEN'], undefined, 'it is on no disk');
  });

  it('is refused for a program that has ended', async () => {
    const session = await startSession(connection, {});
    await connection.call(SessionKill.type, { target: { text: session } });
    await assert.rejects(tell(session), { code: 'SESSION_EXITED' });
  });

  it('is told to who may type, who can have it said anyway, and to nobody else', async () => {
    const session = await startSession(connection, {});
    const typist = await place.connection({ capabilities: ['input'] });
    const target = { text: session };
    await typist.call(TerminalType.type, { target, text: 'env', enter: true });
    assert.equal((await tell(session, undefined, typist)).environment['HOLDFAST_SESSION'], session);
    for (const capability of ['observe', 'manage'] as const) {
      const other = await place.connection({ capabilities: [capability] });
      await assert.rejects(
        tell(session, undefined, other),
        { code: 'NOT_PERMITTED', details: { capability: 'input' } },
        capability,
      );
    }
  });

  it('refuses what is no environment', async () => {
    const session = await startSession(connection, {});
    for (const beside of [{ A: 1 }, { A: null }, 'A=1']) {
      await assert.rejects(tell(session, beside as never), { code: 'INVALID_INPUT' });
    }
  });
});
