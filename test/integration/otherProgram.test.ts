import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { SessionInfo } from '../../daemon/protocol/model';
import { SessionCreate, SessionList, SessionRestart } from '../../daemon/protocol/sessions';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { codeOf, TestDaemon } from '../support/testDaemon';

describe('a session that is started again with another program', () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  before(async () => {
    daemon = await TestDaemon.start();
    peer = await daemon.connect('cli');
  });
  after(() => daemon.dispose());

  const target = (text: string) => ({ target: { text } });

  const info = async (name: string): Promise<SessionInfo> => {
    const { sessions } = await peer.call(SessionList.type, { all: true });
    const found = sessions.find((session) => session.name === name);
    assert.ok(found);
    return found;
  };

  const ended = (name: string): Promise<SessionInfo> =>
    poll(
      async () => {
        const found = await info(name);
        return found.state === 'exited' ? found : undefined;
      },
      { what: `${name} to end` },
    );

  /** Says a variable, which looks like a secret, and its folder. */
  const saying = (word: string) => {
    const program = daemon.program(['sh', '-c', `echo "${word} $API_TOKEN in \${PWD##*/}"; exec cat`]);
    return { ...program, environment: { ...program.environment, API_TOKEN: `token-${word}` } };
  };

  it('is the same one, with the old screen above, and keeps the program also for the next restart', async () => {
    const before = (await peer.call(SessionCreate.type, { name: 'web', ...saying('one') })).session;
    await daemon.screen(peer, 'web', (text) => text.includes('one token-one in '));
    const folder = join(daemon.work, 'other');
    mkdirSync(folder);
    const program = { ...saying('two'), cwd: folder };
    const { session } = await peer.call(SessionRestart.type, { ...target('web'), program });
    assert.deepEqual([session.id, session.cwd], [before.id, folder]);
    assert.equal(session.terminals[0]?.id, before.terminals[0]?.id);
    assert.deepEqual(session.terminals[0]?.command, program.command);
    await daemon.screen(peer, 'web', (text) =>
      /one token-one in [\s\S]*--- restarted[\s\S]*two token-two in other/.test(text),
    );
    await peer.call(SessionRestart.type, target('web'));
    await daemon.screen(peer, 'web', (text) =>
      /two token-two in other[\s\S]*two token-two in other/.test(text),
    );
  });

  it('is left alone where it runs and that was asked for, and started where it has ended', async () => {
    const created = await peer.call(SessionCreate.type, { name: 'once', ...daemon.program(['cat']) });
    const pid = created.session.terminals[0]?.pid;
    const call = { ...target('once'), unlessRunning: true, program: saying('late') };
    const [a, b] = await Promise.all([
      peer.call(SessionRestart.type, call),
      peer.call(SessionRestart.type, call),
    ]);
    assert.deepEqual([a.session.terminals[0]?.pid, b.session.terminals[0]?.pid], [pid, pid]);

    await peer.call(SessionRestart.type, { ...target('once'), program: daemon.program(['true']) });
    await ended('once');
    const started = await Promise.all([
      peer.call(SessionRestart.type, call),
      peer.call(SessionRestart.type, call),
    ]);
    const pids = started.map((result) => result.session.terminals[0]?.pid);
    assert.equal(pids[0], pids[1], 'two that ask at once start one program');
    await daemon.screen(peer, 'once', (text) => text.includes('late token-late'));
  });

  it('begins on an empty screen without scrollback where that was asked for', async () => {
    await peer.call(SessionCreate.type, {
      name: 'clean',
      ...daemon.program(['sh', '-c', 'seq 100; exec cat']),
    });
    await daemon.screen(peer, 'clean', (text) => text.includes('\n100'));
    await peer.call(SessionRestart.type, { ...target('clean'), clear: true, program: saying('new') });
    await daemon.screen(peer, 'clean', (text) => text.includes('new token-new'));
    const { lines } = await peer.call(TerminalSnapshot.type, { ...target('clean'), scrollback: 1000 });
    assert.match(lines.join('\n').trimEnd(), /^new token-new in \S+$/);
  });

  it('goes on with what ran when the other program can’t be started', async () => {
    const created = await peer.call(SessionCreate.type, { name: 'kept', ...daemon.program(['cat']) });
    const none = { ...target('kept'), program: daemon.program(['no-such-program']) };
    assert.equal(await codeOf(peer, SessionRestart.type, none), 'SPAWN_FAILED');
    const nowhere = { ...daemon.program(['cat']), cwd: join(daemon.work, 'missing') };
    assert.equal(
      await codeOf(peer, SessionRestart.type, { ...target('kept'), program: nowhere }),
      'CWD_NOT_FOUND',
    );
    const { terminals, state } = await info('kept');
    assert.deepEqual([state, terminals[0]?.pid], ['running', created.session.terminals[0]?.pid]);
  });

  it('shows all that a program wrote that ended at once, as soon as it is known to have ended', async () => {
    await peer.call(SessionCreate.type, { name: 'brief', ...daemon.program(['true']) });
    let before = (await ended('brief')).terminals[0]?.exitedAt;
    for (let run = 1; run <= 50; run++) {
      const program = daemon.program(['echo', `run ${run}`]);
      await peer.call(SessionRestart.type, { ...target('brief'), program, clear: true });
      const found = await poll(
        async () => {
          const [terminal] = (await info('brief')).terminals;
          return terminal?.state === 'exited' && terminal.exitedAt !== before ? terminal : undefined;
        },
        { what: `run ${run} to end`, state: () => info('brief') },
      );
      before = found.exitedAt;
      const { lines } = await peer.call(TerminalSnapshot.type, target('brief'));
      assert.deepEqual(
        lines.filter((line) => line !== ''),
        [`run ${run}`],
      );
    }
  });
});
