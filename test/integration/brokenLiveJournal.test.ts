import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { checkSetAside } from '../../daemon/cli/doctor/setAside';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { HISTORIES_FOLDER, JOURNALS_FOLDER, KEYFRAMES_FOLDER } from '../../daemon/protocol/endpoint';
import { EventsList } from '../../daemon/protocol/events';
import { offset, type TerminalId } from '../../daemon/protocol/ids';
import { SessionList } from '../../daemon/protocol/sessions';
import { TerminalOutput, TerminalResize, TerminalSnapshot } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { TestDaemon } from '../support/testDaemon';

const WORK = { target: { text: 'work' } };
const BROKEN_BYTES = 64;
/** Lines of more than 8 MiB together. */
const MORE_THAN_A_JOURNAL = 1_300_000;
const FLOOD_MS = 60_000;

describe('a journal that is broken while its program runs', { skip: process.platform === 'win32' }, () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  let terminal: TerminalId;
  let journal: string;

  beforeEach(async () => {
    daemon = await TestDaemon.start();
    peer = await daemon.connect();
    const { terminals } = await daemon.shell(peer, 'work');
    terminal = terminals[0]?.id ?? assert.fail('there is no terminal');
    journal = join(daemon.dataDir, JOURNALS_FOLDER, `${terminal}.journal`);
  });
  afterEach(() => daemon.dispose());

  /** Lines that say which they are, in several records. */
  const write = async (first: number, last: number): Promise<void> => {
    await daemon.type(
      peer,
      'work',
      `for i in {${first}..${last}}; do echo line-$i; done; echo "en"d-${last}`,
    );
    await daemon.screen(peer, 'work', (text) => text.includes(`end-${last}\nready>`));
  };
  const output = async (params: { since?: number; tail?: number } = {}) => {
    const { text, ...rest } = await peer.call(TerminalOutput.type, {
      ...WORK,
      ...(params.tail === undefined ? {} : { tail: params.tail }),
      ...(params.since === undefined ? {} : { since: offset(params.since) }),
    });
    return { text, ...rest };
  };
  /** Flips bits where something stands for the last time. */
  const breakAt = (text: string): void => {
    const at = readFileSync(journal).lastIndexOf(text);
    assert.ok(at > 0, `${text} is in the journal`);
    const file = openSync(journal, 'r+');
    writeSync(file, Buffer.alloc(BROKEN_BYTES, 0xa5), 0, BROKEN_BYTES, at);
    closeSync(file);
  };
  const named = (): readonly string[] =>
    checkSetAside(daemon.dataDir).map(({ message }) => message.replace(/ on .*/, ''));
  it('output begins behind that place, says that it is not all, and doctor names it', async () => {
    await write(1, 3000);
    await write(3001, 6000);
    breakAt('line-1500\r\n');
    const { text, from, truncated, endLost } = await output({ since: 0 });
    assert.ok(from > 0);
    assert.deepEqual([truncated, endLost], [true, undefined]);
    assert.match(text, /line-3001\nline-3002\n[\s\S]*end-6000/);
    assert.doesNotMatch(text, /line-1400\n/);
    const old = await output({ since: 0, tail: 100_000 });
    assert.deepEqual([old.from >= from, old.truncated], [true, true]);
    const rest = await output({ since: from });
    assert.equal(rest.truncated, false);
    assert.deepEqual(named(), [`the journal of terminal ${terminal} was broken and was set aside`]);
  });

  it('where nothing behind that place can be read, output shows what stands before and says that its end is lost', async () => {
    await write(1, 100);
    await write(101, 3000);
    const before = await output();
    breakAt('ready>');
    const { offset: at, from, truncated, endLost, text } = await output({ since: 0 });
    assert.deepEqual([at, from, truncated, endLost], [before.offset, 0, true, true]);
    assert.match(text, /line-1\nline-2\n/);
    const tail = await output({ tail: 5 });
    assert.deepEqual([tail.offset, tail.truncated, tail.endLost], [before.offset, true, true]);
    await write(3001, 3010);
    const next = await output({ since: at });
    assert.deepEqual([next.from, next.truncated], [at, false]);
    assert.match(next.text, /line-3010/);
  });

  /** Stops the daemon, so that what is written then is for the next one to read; does what is to be done before that comes. */
  const replaceDaemon = async (meanwhile: () => Promise<void>): Promise<void> => {
    const before = await daemon.endpoint();
    process.kill(before.pid, 'SIGSTOP');
    await meanwhile();
    process.kill(before.pid, 'SIGKILL');
    await daemon.endpoint(before);
    peer = await daemon.connect();
  };
  const scrollback = async (): Promise<readonly string[]> =>
    (await peer.call(TerminalSnapshot.type, { ...WORK, scrollback: 10_000 })).lines;

  it('a daemon that has to read it draws the screen from behind that place, with a gap, and serves the program', async () => {
    // Each part is written when its file is there, so that no record has something of two.
    const go = (part: number): string => join(daemon.work, `go-${part}`);
    const part = (first: number, last: number): string =>
      `until [ -e ${go(last)} ]; do sleep 0.05; done; for i in {${first}..${last}}; do echo line-$i; done; echo "en"d-${last}; `;
    await daemon.type(peer, 'work', part(1, 2000) + part(2001, 4000) + part(4001, 6000));
    await replaceDaemon(async () => {
      for (const last of [2000, 4000, 6000]) {
        writeFileSync(go(last), '');
        await poll(() => readFileSync(journal).includes(`end-${last}\r\n`), {
          what: `the output up to ${last} in the journal`,
        });
      }
      breakAt('line-3000\r\n');
    });
    await daemon.screen(peer, 'work', (text) => text.includes('end-6000\nready>'));
    assert.ok((await scrollback()).includes('line-1'), 'what stands before that place is in the history');
    await write(6001, 6010);
    assert.deepEqual(named(), [`the journal of terminal ${terminal} was broken and was set aside`]);
    const { events } = await peer.call(EventsList.type, {});
    assert.ok(
      events.some(({ event }) => event === 'gap'),
      'the gap is told',
    );
  });

  const keyframe = (): string => join(daemon.dataDir, KEYFRAMES_FOLDER, `${terminal}.keyframe`);
  const assertHistory = async (lastLine: number): Promise<void> => {
    const lines = await scrollback();
    const missing = Array.from({ length: lastLine }, (_, index) => `line-${index + 1}`).filter(
      (line) => lines.filter((each) => each === line).length !== 1,
    );
    assert.deepEqual(missing, [], 'each line is there once');
  };

  it('with no keyframe beside it, a daemon that has to draw the screen from it keeps the history that there is', async () => {
    // What is broken is one record, in which none of the newest lines of the history are.
    await write(1, 1000);
    await write(1001, 3000);
    await poll(() => existsSync(keyframe()), { what: 'a keyframe' });
    await peer.call(TerminalResize.type, { ...WORK, cols: 100, rows: 30 });
    await write(3001, 3100);
    await replaceDaemon(async () => {
      rmSync(keyframe());
      breakAt('line-500\r\n');
    });
    await daemon.screen(peer, 'work', (text) => text.includes('end-3100\nready>'));
    await assertHistory(3100);
    await write(3101, 3200);
    await assertHistory(3200);
  });

  it('with no keyframe beside it, and nothing left that runs, the history that there is is kept', async () => {
    // What is broken is one record, in which none of the newest lines of the history are.
    await write(1, 1000);
    await write(1001, 3000);
    await poll(() => existsSync(keyframe()), { what: 'a keyframe' });
    await write(3001, 3100);
    const { ptyHostPid } = await peer.call(DaemonStatus.type, {});
    const { pid } = await daemon.endpoint();
    process.kill(pid, 'SIGKILL');
    process.kill(ptyHostPid ?? assert.fail('there is no PTY host'), 'SIGKILL');
    rmSync(keyframe());
    breakAt('line-500\r\n');
    daemon.launch();
    peer = await daemon.connect();
    assert.equal((await peer.call(SessionList.type, { all: true })).sessions[0]?.state, 'lost');
    await assertHistory(3100);
    await daemon.screen(peer, 'work', (text) => text.includes('end-3100\nready>'));
  });

  it('with no keyframe beside a journal that has dropped its oldest output, no line of the history is doubled', async () => {
    await daemon.type(peer, 'work', `seq 1 ${MORE_THAN_A_JOURNAL}; echo "en"d`);
    await daemon.screen(peer, 'work', (text) => text.includes('end\nready>'), FLOOD_MS);
    await poll(() => existsSync(keyframe()), { what: 'a keyframe' });
    await replaceDaemon(async () => rmSync(keyframe()));
    await daemon.screen(peer, 'work', (text) => text.includes('end\nready>'), FLOOD_MS);
    await poll(() => existsSync(keyframe()), { what: 'a keyframe' });
    const folder = join(daemon.dataDir, HISTORIES_FOLDER);
    const numbers = readdirSync(folder)
      .sort((a, b) => Number(a.split('.')[1]) - Number(b.split('.')[1]))
      .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
      .filter((line) => /^\d+$/.test(line))
      .map(Number);
    assert.ok(numbers.length > MORE_THAN_A_JOURNAL - 100, `${numbers.length} lines`);
    assert.ok(
      numbers.every((number, index) => number === index + 1),
      'each line is there once, in its place',
    );
  });
});
