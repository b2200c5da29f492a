import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { checkSetAside } from '../../daemon/cli/doctor/setAside';
import { HEADER_BYTES } from '../../daemon/journal/format';
import { DaemonDiagnose, DaemonStatus } from '../../daemon/protocol/daemon';
import { JOURNALS_FOLDER, KEYFRAMES_FOLDER, LOG_FOLDER } from '../../daemon/protocol/endpoint';
import type { TerminalId } from '../../daemon/protocol/ids';
import { SessionList, SessionRemove, SessionResurrect } from '../../daemon/protocol/sessions';
import { TerminalOutput } from '../../daemon/protocol/terminals';
import { readKeyframe } from '../../daemon/screen/keyframe';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { TestDaemon } from '../support/testDaemon';

const WORK = { target: { text: 'work' } };

describe('a journal that is broken when its PTY host is gone', { skip: process.platform === 'win32' }, () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  let terminal: TerminalId;
  let journal: string;

  beforeEach(async () => {
    daemon = await TestDaemon.start();
    peer = await daemon.connect();
  });
  afterEach(() => daemon.dispose());

  const output = (
    params: Pick<TerminalOutput.Params, 'since' | 'until'> = {},
  ): Promise<TerminalOutput.Result> => peer.call(TerminalOutput.type, { ...WORK, ansi: true, ...params });
  const named = (): readonly string[] =>
    checkSetAside(daemon.dataDir).map(({ message }) => message.replace(/ on .*/, ''));
  const setAsideFiles = (): readonly string[] =>
    readdirSync(join(daemon.dataDir, JOURNALS_FOLDER)).filter((name) => name.includes('.broken-'));

  /** A lost session, whose journal was broken before anybody read it. @returns how far its output went */
  const loseWith = async (damage: (path: string) => void): Promise<TerminalOutput.Result['offset']> => {
    const { terminals } = await daemon.shell(peer, 'work');
    terminal = terminals[0]?.id ?? assert.fail('there is no terminal');
    journal = join(daemon.dataDir, JOURNALS_FOLDER, `${terminal}.journal`);
    // More than one record, each of them small against what is written.
    await daemon.type(peer, 'work', 'for i in 1 2 3 4 5 6 7 8; do seq 1 400; sleep 0.02; done; echo "mar"k');
    await daemon.screen(peer, 'work', (text) => /mark\nready>/.test(text));
    const { offset: end } = await output();
    await poll(
      () => {
        const keyframe = readKeyframe(join(daemon.dataDir, KEYFRAMES_FOLDER), terminal);
        return typeof keyframe === 'object' && keyframe.offset >= end;
      },
      { what: 'the keyframe' },
    );
    const { ptyHostPid } = await peer.call(DaemonStatus.type, {});
    const host = ptyHostPid ?? assert.fail('there is no PTY host');
    // Stopped, it writes nothing more, and its journal can be broken before anybody knows that it is gone.
    process.kill(host, 'SIGSTOP');
    damage(journal);
    process.kill(host, 'SIGKILL');
    await poll(async () => (await peer.call(SessionList.type, { all: true })).sessions[0]?.state === 'lost', {
      what: 'the loss',
    });
    return end;
  };

  const flipBit = (path: string): void => {
    const bytes = readFileSync(path);
    const used = bytes.lastIndexOf('mark') - HEADER_BYTES;
    const at = HEADER_BYTES + Math.floor(used / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
  };

  it('with a flipped bit in its middle, it is set aside and named once, output says what is lost, and all else is read', async () => {
    const end = await loseWith(flipBit);
    const old = await output();
    assert.deepEqual([old.offset, old.truncated, old.endLost], [end, true, undefined]);
    assert.ok(old.from > 0);
    const text = Buffer.from(old.text, 'base64').toString();
    assert.equal(text.length, end - old.from);
    assert.match(text, /400\r\n1\r\n[\s\S]*mark\r\n/, 'what stands behind it is read');
    const before = await output({ until: old.from });
    assert.deepEqual(
      [before.offset, before.from, before.truncated, before.endLost],
      [old.from, 0, true, true],
    );
    assert.match(Buffer.from(before.text, 'base64').toString(), /400\r\n1\r\n/, 'and what stands before it');
    const rest = await output({ since: end });
    assert.deepEqual([rest.offset, rest.text, rest.truncated], [end, '', false]);
    const told = [`the journal of terminal ${terminal} was broken and was set aside`];
    assert.deepEqual(named(), told);
    const log = readFileSync(join(daemon.dataDir, LOG_FOLDER, 'daemon.log'), 'utf8');
    assert.ok(log.includes(`a broken journal of terminal ${terminal} was set aside`));
    await daemon.screen(peer, 'work', (text) => text.includes('mark'));

    await peer.call(SessionResurrect.type, WORK);
    assert.deepEqual(named(), told, 'it is named once');
    await daemon.type(peer, 'work', 'echo "af"ter');
    await daemon.screen(peer, 'work', (text) => text.includes('after'));
    const since = await output({ since: end });
    assert.deepEqual([since.from, since.truncated], [end, false]);
    assert.match(Buffer.from(since.text, 'base64').toString(), /after/);
    await peer.call(SessionRemove.type, { ...WORK, force: true });
    assert.deepEqual(setAsideFiles(), [], 'what was set aside goes with its session');
  });

  it('with a flipped bit and no keyframe behind it, its offset is that of the newest record that is whole', async () => {
    const end = await loseWith((path) => {
      flipBit(path);
      rmSync(join(daemon.dataDir, KEYFRAMES_FOLDER, `${terminal}.keyframe`));
    });
    const { offset, truncated, endLost } = await output();
    assert.deepEqual([offset, truncated, endLost], [end, true, undefined]);
  });

  it('that is empty, it is set aside and named, and offsets go on behind what the keyframe covers', async () => {
    const end = await loseWith((path) => truncateSync(path));
    const { offset, truncated } = await output();
    assert.deepEqual([offset, truncated], [end, true]);
    assert.deepEqual(named(), [`the journal of terminal ${terminal} was broken and was set aside`]);
    await peer.call(SessionResurrect.type, WORK);
    const since = await output({ since: end });
    assert.equal(since.from, end);
  });

  for (const [what, place] of [
    ['a link', (path: string) => symlinkSync('/etc/hostname', path)],
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => mkdirSync(path)],
  ] as const) {
    it(`in whose place ${what} stands, that is set aside and named; other sessions are served`, async () => {
      const end = await loseWith((path) => {
        rmSync(path);
        place(path);
      });
      await daemon.shell(peer, 'other');
      assert.deepEqual(named(), [`the journal of terminal ${terminal} was broken and was set aside`]);
      const { offset, truncated } = await output();
      assert.deepEqual([offset, truncated], [end, true]);
      await daemon.screen(peer, 'other', (text) => text.includes('ready>'));
      await daemon.screen(peer, 'work', (text) => text.includes('mark'));
      await peer.call(SessionResurrect.type, WORK);
      assert.equal((await output({ since: end })).from, end);
    });
  }

  it('that is gone, it is named, and offsets go on behind what the keyframe covers', async () => {
    const end = await loseWith((path) => rmSync(path));
    const { offset, truncated } = await output();
    assert.deepEqual([offset, truncated], [end, true]);
    const { findings } = await peer.call(DaemonDiagnose.type, {});
    assert.deepEqual(
      findings.filter(({ check }) => check === 'journals').map(({ message }) => message),
      ["the output of work can't be read"],
    );
    await peer.call(SessionResurrect.type, WORK);
    const since = await output({ since: end });
    assert.equal(since.from, end);
  });
});
