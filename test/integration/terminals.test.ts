import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Offset, TerminalId } from '../../daemon/protocol/ids';
import {
  SessionCreate,
  SessionDetach,
  SessionKill,
  SessionRemove,
  SessionShow,
} from '../../daemon/protocol/sessions';
import {
  type StreamAddress,
  TerminalAttach,
  TerminalKey,
  TerminalOutput,
  TerminalRefresh,
  TerminalResize,
  TerminalSnapshot,
  TerminalStreamReady,
  TerminalType,
} from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { codeOf, TestDaemon } from '../support/testDaemon';
import { Viewer } from '../support/viewer';

describe('terminals', () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  before(async () => {
    // Their screens are kept on disk only as soon as that can be.
    daemon = await TestDaemon.start({ HOLDFAST_SLEEP_AFTER_MS: '20' });
    peer = await daemon.connect('cli');
  });
  after(() => daemon.dispose());

  const attach = async (
    text: string,
    more: Partial<TerminalAttach.Params> = {},
  ): Promise<{ result: TerminalAttach.Result; viewer: Viewer }> => {
    const result = await peer.call(TerminalAttach.type, { target: { text }, mode: 'interactive', ...more });
    return { result, viewer: await Viewer.open(result.stream as StreamAddress) };
  };

  const remove = (text: string): Promise<unknown> =>
    peer.call(SessionRemove.type, { target: { text }, force: true });

  it('are told of early, where somebody wants that: before their screen is drawn', async () => {
    await daemon.shell(peer, 'early');
    const told: string[] = [];
    const subscription = peer.onNotification(TerminalStreamReady.type, ({ early, stream }) => {
      told.push(`${early} ${stream.ticket}`);
    });
    const { result, viewer } = await attach('early', { early: 7 });
    assert.deepEqual(told, [`7 ${result.stream?.ticket}`], 'told by the time of the answer');
    assert.equal(result.stream?.from, result.offset);
    viewer.type('echo after-$((20+2))\r');
    await viewer.until('after-22');
    assert.equal((await attach('early')).result.stream?.from, undefined);
    assert.equal(told.length, 1, 'who does not ask is not told');
    subscription.dispose();
    viewer.close();
    await remove('early');
  });

  it('are attached with a snapshot, and go on from its offset', async () => {
    await daemon.shell(peer, 'attached');
    await daemon.type(peer, 'attached', 'echo before-$((20+1))');
    await daemon.screen(peer, 'attached', (text) => text.includes('before-21'));
    const { result, viewer } = await attach('attached', { size: { cols: 100, rows: 30 } });
    assert.match(result.snapshot, /before-21/);
    assert.deepEqual(result.size, { cols: 100, rows: 30 });
    assert.equal(result.sessionName, 'attached');
    viewer.type('echo after-$((20+2))\r');
    await viewer.until('after-22');
    assert.doesNotMatch(viewer.output, /before-21/);
    const { session } = await peer.call(SessionShow.type, { target: { text: 'attached' } });
    assert.equal(session?.viewers, 1);
    assert.deepEqual(
      session?.viewerList.map(({ mode, client, cols, rows, active }) => ({
        mode,
        client,
        cols,
        rows,
        active,
      })),
      [{ mode: 'interactive', client: 'cli', cols: 100, rows: 30, active: true }],
    );
    await poll(
      async () => {
        const shown = await peer.call(SessionShow.type, { target: { text: 'attached' } });
        return shown.session?.lastAttachedAt !== null;
      },
      { what: 'the moment of attaching to be stored' },
    );
    viewer.close();
    await poll(
      async () => {
        const shown = await peer.call(SessionShow.type, { target: { text: 'attached' } });
        return shown.session?.viewers === 0;
      },
      { what: 'the viewer to be gone' },
    );
    await remove('attached');
  });

  it('send viewers away on request, and end nothing by that', async () => {
    await daemon.shell(peer, 'shared');
    const one = await attach('shared');
    const two = await attach('shared', { mode: 'read-only' });
    assert.deepEqual(
      await peer.call(SessionDetach.type, { target: { text: 'shared' }, viewer: one.viewer.id }),
      { detached: 1 },
    );
    await poll(() => one.viewer.isClosed, { what: 'the first to be told' });
    assert.equal(one.viewer.frames.at(-1)?.kind, 'detached');
    assert.equal(
      await codeOf(peer, SessionDetach.type, { target: {}, viewer: one.viewer.id }),
      'VIEWER_NOT_FOUND',
    );
    const three = await attach('shared', { takeOver: true });
    await poll(() => two.viewer.isClosed, { what: 'the second to be told' });
    assert.deepEqual(await peer.call(SessionDetach.type, { target: { text: 'shared' } }), { detached: 1 });
    await poll(() => three.viewer.isClosed, { what: 'the third to be told' });
    assert.deepEqual(await peer.call(SessionDetach.type, { target: { text: 'shared' }, all: true }), {
      detached: 0,
    });
    await daemon.type(peer, 'shared', 'echo still-$((1+2))');
    await daemon.screen(peer, 'shared', (text) => text.includes('still-3'));
    await remove('shared');
  });

  it('show what was readable when the call came, at the size that was confirmed', async () => {
    await daemon.shell(peer, 'screen');
    for (const cols of [40, 100, 60, 80]) {
      const { terminal } = await peer.call(TerminalResize.type, {
        target: { text: 'screen' },
        cols,
        rows: 10,
      });
      assert.deepEqual([terminal.cols, terminal.rows], [cols, 10]);
      const { size, lines } = await peer.call(TerminalSnapshot.type, { target: { text: 'screen' } });
      assert.deepEqual(size, { cols, rows: 10 });
      assert.equal(lines.length, 10);
    }
    assert.equal(
      await codeOf(peer, TerminalResize.type, { target: { text: 'screen' }, cols: 1, rows: 10 }),
      'INVALID_INPUT',
    );
    await daemon.type(peer, 'screen', 'for i in $(seq 1 30); do echo line-$i; done; echo end');
    await daemon.screen(peer, 'screen', (text) => /^end$/m.test(text));
    const { lines } = await peer.call(TerminalSnapshot.type, { target: { text: 'screen' }, scrollback: 5 });
    assert.equal(lines.length, 15);
    const first = await peer.call(TerminalSnapshot.type, { target: { text: 'screen' } });
    const second = await peer.call(TerminalSnapshot.type, { target: { text: 'screen' } });
    assert.equal(first.revision, second.revision);
    assert.equal(first.state, 'running');
    assert.equal(first.untrusted, true);
    const refreshed = await peer.call(TerminalRefresh.type, {
      terminal: (await peer.call(SessionShow.type, { target: { text: 'screen' } })).session?.terminals[0]
        ?.id as TerminalId,
    });
    assert.equal(refreshed.head, refreshed.offset);
    await remove('screen');
  });

  it('take text and keys, and say how many bytes were written', async () => {
    await peer.call(SessionCreate.type, {
      name: 'input',
      ...daemon.program(['bash', '-c', 'stty raw -echo; printf ready; exec cat -v']),
    });
    await daemon.screen(peer, 'input', (text) => text.includes('ready'));
    const target = { text: 'input' };
    assert.deepEqual(await peer.call(TerminalType.type, { target, text: 'häl' }), { bytes: 4 });
    assert.deepEqual(await peer.call(TerminalType.type, { target, text: 'x', enter: true }), { bytes: 2 });
    assert.deepEqual(await peer.call(TerminalKey.type, { target, keys: ['Up', 'Ctrl+C', 'q'] }), {
      bytes: 5,
    });
    assert.deepEqual(await peer.call(TerminalKey.type, { target, keys: ['F1', 'Tab'], delayMs: 5 }), {
      bytes: 4,
    });
    await daemon.screen(peer, 'input', (text) => text.includes('x^M^[[A^Cq^[OP'));
    assert.equal(await codeOf(peer, TerminalKey.type, { target, keys: ['a', 'NoSuchKey'] }), 'INVALID_KEY');
    assert.equal(await codeOf(peer, TerminalKey.type, { target, keys: [] }), 'INVALID_INPUT');
    await remove('input');
  });

  it('give their output back, to the byte or as text, whole or from an offset or the last lines', async () => {
    const script = "printf 'one\\r\\n\\033[31mtwo\\033[0m\\r\\nthr\\303\\251e\\r\\n'; sleep 1000";
    await peer.call(SessionCreate.type, { name: 'output', ...daemon.program(['sh', '-c', script]) });
    await daemon.screen(peer, 'output', (text) => text.includes('thrée'));
    const target = { text: 'output' };
    const whole = await peer.call(TerminalOutput.type, { target });
    assert.equal(whole.text, 'one\ntwo\nthrée\n');
    assert.equal(whole.from, 0);
    assert.equal(whole.truncated, false);
    const raw = await peer.call(TerminalOutput.type, { target, ansi: true });
    assert.match(Buffer.from(raw.text, 'base64').toString(), /\x1b\[31mtwo\x1b\[0m/);
    assert.equal(Buffer.from(raw.text, 'base64').length, raw.offset);
    assert.equal((await peer.call(TerminalOutput.type, { target, tail: 1 })).text, 'thrée\n');
    assert.equal((await peer.call(TerminalOutput.type, { target, tail: 2 })).text, 'two\nthrée\n');
    assert.equal((await peer.call(TerminalOutput.type, { target, tail: 100 })).text, whole.text);
    assert.equal((await peer.call(TerminalOutput.type, { target, since: whole.offset })).text, '');
    const upTo = (since: number, until: number, ansi = false): Promise<TerminalOutput.Result> =>
      peer.call(TerminalOutput.type, { target, since: since as Offset, until: until as Offset, ansi });
    const bytes = Buffer.from(raw.text, 'base64');
    const cut = bytes.indexOf('two') + 1;
    assert.equal(
      Buffer.from((await upTo(1, cut, true)).text, 'base64').toString(),
      bytes.toString('utf8', 1, cut),
    );
    const part = await upTo(0, cut);
    assert.deepEqual([part.text.endsWith('t'), part.offset], [true, cut]);
    assert.equal((await upTo(cut, cut)).text, '');
    assert.equal((await upTo(0, raw.offset + 1000)).text, whole.text);
    const since = (raw.offset - 8) as Offset;
    assert.equal((await peer.call(TerminalOutput.type, { target, since })).from, since);
    assert.equal(
      await codeOf(peer, TerminalOutput.type, { target, since: (raw.offset + 1) as Offset }),
      'INVALID_INPUT',
    );
    await peer.call(SessionKill.type, { target });
    assert.equal((await peer.call(TerminalOutput.type, { target })).text, whole.text);
    assert.equal((await peer.call(TerminalOutput.type, { target, tail: 1 })).text, 'thrée\n');
    await remove('output');
  });

  it('give text that is read on from each offset as one reading gives it, wherever the program paused', async () => {
    const long = 'x'.repeat(100_000);
    const pieces = [
      'red \x1b[3',
      '1mtext\r',
      '\nthr\xc3',
      '\xa9e\x1b]0;ti',
      'tle\x1b',
      '\\ \x1bP',
      long,
      long,
      '\x1b',
    ];
    const last = '\\done\r\n\x1b]0;cut';
    const program = `process.stdin.setRawMode(true);
      const pieces = ${JSON.stringify([...pieces, last]).replaceAll(long, '"+"x".repeat(100000)+"')};
      const next = () => process.stdout.write(pieces.shift(), 'latin1', () => pieces.length === 0 && process.exit());
      process.stdin.on('data', next); next();`;
    await peer.call(SessionCreate.type, {
      name: 'paused',
      ...daemon.program([process.execPath, '-e', program]),
    });
    const target = { text: 'paused' };
    let text = '';
    let since = 0 as Offset;
    let written = 0;
    const read = async (): Promise<void> => {
      const result = await peer.call(TerminalOutput.type, { target, since });
      assert.equal(result.from, since);
      text += result.text;
      since = result.offset;
    };
    for (const piece of pieces) {
      written += piece.length + (piece.startsWith('\n') ? 1 : 0);
      await poll(
        async () => (await peer.call(TerminalOutput.type, { target, ansi: true, since })).offset >= written,
        { what: JSON.stringify(piece.slice(0, 20)) },
      );
      await read();
      await peer.call(TerminalType.type, { target, text: '.' });
    }
    await poll(async () => (await peer.call(SessionShow.type, { target })).session?.state === 'exited', {
      what: 'its end',
    });
    await read();
    const whole = await peer.call(TerminalOutput.type, { target });
    assert.equal(whole.text, 'red text\nthrée done\n');
    assert.equal(text, whole.text);
    assert.equal(since, (await peer.call(TerminalOutput.type, { target, ansi: true })).offset);
    await remove('paused');
  });

  it('say honestly that older output is gone', async () => {
    const script = 'seq 1 3000000; echo finished; sleep 1000';
    await peer.call(SessionCreate.type, { name: 'flood', ...daemon.program(['sh', '-c', script]) });
    await daemon.screen(peer, 'flood', (text) => text.includes('finished'), 60_000);
    const target = { text: 'flood' };
    const all = await peer.call(TerminalOutput.type, { target });
    assert.equal(all.truncated, true);
    assert.ok(all.from > 0);
    assert.match(all.text, /\n2999999\n3000000\nfinished\n$/);
    const some = await peer.call(TerminalOutput.type, { target, tail: 3 });
    assert.equal(some.text, '2999999\n3000000\nfinished\n');
    assert.equal(some.truncated, false);
    await remove('flood');
  });

  it('have ended for every call once a viewer has heard of it', async () => {
    for (let round = 0; round < 5; round += 1) {
      await peer.call(SessionCreate.type, {
        name: 'brief',
        ...daemon.program(['sh', '-c', 'read word; exit 5']),
      });
      const { viewer } = await attach('brief');
      viewer.type('go\r');
      await poll(() => viewer.frames.some(({ kind }) => kind === 'exited'), {
        intervalMs: 1,
        what: 'the viewer to hear of the end',
      });
      const { session } = await peer.call(SessionShow.type, { target: { text: 'brief' } });
      assert.equal(session?.state, 'exited');
      assert.equal(session?.terminals[0]?.exitCode, 5);
      viewer.close();
      await remove('brief');
    }
  });

  it('keep their last screen and output when the program ends', async () => {
    await peer.call(SessionCreate.type, {
      name: 'ended',
      ...daemon.program(['sh', '-c', 'echo last words; exit 3']),
    });
    const target = { text: 'ended' };
    const snapshot = await poll(
      async () => {
        const result = await peer.call(TerminalSnapshot.type, { target });
        return result.state === 'exited' && result;
      },
      { what: 'the end' },
    );
    assert.deepEqual(snapshot.exit, { exitCode: 3, signal: null });
    assert.equal(snapshot.lines[0], 'last words');
    const result = await peer.call(TerminalAttach.type, { target, mode: 'interactive' });
    assert.equal(result.stream, undefined);
    assert.match(result.snapshot, /last words/);
    assert.equal(result.terminal.exitCode, 3);
    assert.equal(await codeOf(peer, TerminalType.type, { target, text: 'x' }), 'SESSION_EXITED');
    assert.equal(await codeOf(peer, TerminalKey.type, { target, keys: ['a'] }), 'SESSION_EXITED');
    assert.equal(await codeOf(peer, TerminalResize.type, { target, cols: 50, rows: 5 }), 'SESSION_EXITED');
    await remove('ended');
    assert.equal(
      await codeOf(peer, TerminalAttach.type, { target, mode: 'interactive' }),
      'SESSION_NOT_FOUND',
    );
  });

  it("know the program's folder and foreground", {
    skip: process.platform !== 'linux' && '/proc',
  }, async () => {
    await daemon.shell(peer, 'where');
    await daemon.type(peer, 'where', 'cd /tmp && sleep 1000');
    await poll(
      async () => {
        const { session } = await peer.call(SessionShow.type, { target: { text: 'where' } });
        const [main] = session?.terminals ?? [];
        return main?.cwd === '/tmp' && main.foreground === 'sleep';
      },
      { what: 'the folder' },
    );
    await remove('where');
  });
});
