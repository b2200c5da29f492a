import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { JournalReader } from '../../daemon/journal/journalReader';
import { resolveLocations } from '../../daemon/platform/locations';
import { hasSpareFiles } from '../../daemon/platform/spareFiles';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import { JOURNALS_FOLDER, LOG_FOLDER } from '../../daemon/protocol/endpoint';
import type { WireError } from '../../daemon/protocol/errors';
import type { TerminalOutput } from '../../daemon/protocol/terminals';
import { processesWith } from '../support/leaks';
import { Holdfast } from './support/holdfast';
import { noSmallDisk, onSmallDisk } from './support/smallDisk';
import { until } from './support/until';
import { DETACH, GREETER, Windows } from './support/windows';

const PAGE = 4096;
/** A creation writes the intent, then the journal, then what confirms it: each of them meets the end of the disk. */
const ROOMS: readonly number[] = Array.from({ length: 16 }, (_, index) => index);
/** In the command line of every program of this file, to find those that should not be. */
const MARK = '31536001';

describe('a disk that is full at any point of a creation', { skip: noSmallDisk() }, () => {
  const holdfast = new Holdfast();
  const windows = new Windows(holdfast);
  afterEach(() => windows.close());
  const filler = path.join(onSmallDisk(holdfast), 'filler');

  const stateOf = async (name: string) =>
    (await holdfast.sessions('--all')).find((session) => session.name === name);
  /** To the last page: what fits into the rest of the log's goes first. */
  const fillUp = async (): Promise<void> => {
    fill(filler, 0);
    const long = ['--env', `LONG=${'x'.repeat(PAGE)}`];
    await holdfast.refused(1, 'STORE_ERROR', ['new', 'none', ...long, '--', 'sleep', MARK]);
  };
  const killDaemon = async (room = 0): Promise<void> => {
    const { pid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    process.kill(pid, 'SIGKILL');
    if (room > 0) {
      truncateSync(filler, statSync(filler).size - room * PAGE);
    }
    await until('the next daemon', async () => {
      const { status, stdout } = await holdfast.run(['--json', 'daemon', 'status']);
      const next = status === 0 ? (JSON.parse(stdout) as Partial<DaemonStatus.Result>).pid : undefined;
      return next !== undefined && next !== pid;
    });
  };
  /** A program that says something, and much more once the disk is full. */
  const talk = async (name: string, then = ''): Promise<void> => {
    const script = `stty -echo; seq 100; read line; seq 100001 119999; echo last${then}`;
    await holdfast.create(name, '--', 'sh', '-c', script);
    await until('its first words', async () => (await heard(name)).ends.endsWith('\n100\n'));
    await fillUp();
    await holdfast.json(['type', name, 'go', '--enter']);
    await until(
      'its last word',
      async () => (await heard(name)).ends === '\nlast\n',
      () => heard(name),
    );
  };
  const heard = async (name: string) => {
    const { text, truncated, endLost } = await holdfast.json<TerminalOutput.Result>(['output', name]);
    const plain = text.replaceAll('\r\n', '\n');
    return { begins: plain.slice(0, 2), ends: plain.slice(-6), truncated, endLost };
  };

  test('leaves a whole session, or no program, no row and no file of it', async () => {
    const program = ['--', 'sleep', MARK] as const;
    await holdfast.create('first', ...program);
    const whole = ['first'];
    let refusals = 0;
    for (const room of ROOMS) {
      fill(filler, room);
      const name = `room-${room}`;
      const { status, stderr } = await holdfast.run(['--json', 'new', name, ...program]);
      if (status === 0) {
        whole.push(name);
      } else {
        assert.equal((JSON.parse(stderr) as WireError).code, 'STORE_ERROR');
        refusals += 1;
      }
      await check(holdfast, whole);
    }
    assert.ok(refusals > 0 && refusals < ROOMS.length, `${refusals} refusals`);

    // What the disk has kept of it is told by a daemon that knows nothing else.
    rmSync(filler);
    const { pid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    process.kill(pid, 'SIGKILL');
    await check(holdfast, whole);
    for (const room of ROOMS) {
      await holdfast.json(['new', '--ensure', `room-${room}`, ...program]);
    }
  });

  test('still tells that a program has ended, once there is room', async () => {
    rmSync(filler, { force: true });
    await holdfast.create('ending', '--', 'sleep', MARK);
    fill(filler, 0);
    // Whatever fits into the rest of the log's last page goes first.
    const long = ['--env', `LONG=${'x'.repeat(PAGE)}`];
    await holdfast.refused(1, 'STORE_ERROR', ['new', 'none', ...long, '--', 'sleep', MARK]);
    const session = (await holdfast.sessions()).find(({ name }) => name === 'ending');
    process.kill(session?.terminals[0]?.pid ?? assert.fail(), 'SIGKILL');
    rmSync(filler);
    await holdfast.untilState('ending', 'exited');
  });

  test('tells at once that a program was ended, starts none in its place, and stores it once there is room', async () => {
    rmSync(filler, { force: true });
    await holdfast.create('killed', '--', 'sleep', MARK);
    await fillUp();
    assert.deepEqual(await holdfast.json(['kill', 'killed']), { killed: 1, survivors: [] });
    const [terminal] = (await stateOf('killed'))?.terminals ?? [];
    assert.deepEqual([terminal?.state, terminal?.signal, terminal?.pid], ['exited', 'SIGHUP', null]);
    await holdfast.refused(4, 'SESSION_EXITED', ['type', 'killed', 'x']);
    await holdfast.refused(1, 'STORE_ERROR', ['restart', 'killed']);
    assert.equal((await stateOf('killed'))?.state, 'exited');
    const { dataDir } = resolveLocations(holdfast.env);
    const log = readFileSync(path.join(dataDir, LOG_FOLDER, 'daemon.log'), 'utf8');
    assert.ok(log.split(`storing the end of ${terminal?.id}`).length <= 2, 'said once at most');
    rmSync(filler);
    await until('its end to be stored', async () => {
      const { stdout } = await holdfast.run(['--json', 'events']);
      return stdout.includes(`"event":"terminal-exited","session":"${(await stateOf('killed'))?.id}"`);
    });
    await killDaemon();
    assert.equal((await stateOf('killed'))?.state, 'exited');
    await holdfast.json(['restart', 'killed']);
    await holdfast.json(['kill', 'killed']);
  });

  test('lets programs be ended although the daemon dies too, each time, and stores it once there is room', async () => {
    rmSync(filler, { force: true });
    const { dataDir } = resolveLocations(holdfast.env);
    const names = ['one', 'other'];
    for (const name of names) {
      await holdfast.create(name, '--', 'sleep', MARK);
    }
    await until('room to be kept for the next daemon', () => hasSpareFiles(dataDir));
    await fillUp();
    for (const name of names) {
      await killDaemon();
      // Whoever fills the disk takes what a start has given up as well.
      fill(filler, 0);
      assert.deepEqual(await holdfast.json(['kill', name]), { killed: 1, survivors: [] });
      assert.equal((await stateOf(name))?.state, 'exited');
    }
    assert.deepEqual(
      readdirSync(dataDir).filter((name) => name.endsWith('.tmp')),
      [],
    );
    rmSync(filler);
    for (const name of names) {
      await holdfast.json(['restart', name]);
      await holdfast.json(['rm', '--force', name]);
    }
  });

  test('lets a daemon that hangs be replaced, and not one that works', async () => {
    rmSync(filler, { force: true });
    const { id } = await holdfast.create('behind', '--', 'sleep', MARK);
    const { pid, dataDir } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    await until('room to be kept for the next daemon', () => hasSpareFiles(dataDir));
    await fillUp();
    await holdfast.refused(7, 'DAEMON_UNAVAILABLE', ['daemon', 'restart']);
    assert.equal((await holdfast.json<DaemonStatus.Result>(['daemon', 'status'])).pid, pid);
    process.kill(pid, 'SIGSTOP');
    assert.notEqual((await holdfast.json<DaemonStatus.Result>(['daemon', 'restart'])).pid, pid);
    const behind = (await holdfast.sessions()).find((session) => session.id === id);
    assert.equal(behind?.state, 'running');
    rmSync(filler);
    await holdfast.json(['rm', '--force', 'behind']);
  });

  test('starts no program again that the disk can not confirm', async () => {
    rmSync(filler, { force: true });
    await holdfast.create('again', '--', 'sleep', MARK);
    await holdfast.json(['kill', 'again']);
    const running = (): number =>
      processesWith(holdfast.folder).filter(({ command }) => command.endsWith(`sleep ${MARK}`)).length;
    const before = running();
    await fillUp();
    await holdfast.refused(1, 'STORE_ERROR', ['restart', 'again']);
    assert.equal(running(), before);
    assert.equal((await stateOf('again'))?.state, 'exited');
    rmSync(filler);
    await holdfast.json(['restart', 'again']);
    assert.equal(running(), before + 1);
    await holdfast.json(['kill', 'again']);
  });

  test('keeps what a program wrote last, and ended, for the next daemon and for the file', async () => {
    rmSync(filler, { force: true });
    await talk('kept');
    const told = { begins: '1\n', ends: '\nlast\n', truncated: false, endLost: undefined };
    assert.deepEqual(await heard('kept'), told);
    await holdfast.untilState('kept', 'exited');
    assert.match(await holdfast.text(['snapshot', 'kept']), /119999\nlast\n/);
    // Room for a daemon to start, and not for the output.
    await killDaemon(40);
    await holdfast.untilState('kept', 'exited');
    assert.deepEqual(await heard('kept'), told);
    rmSync(filler);
    const { ptyHostPid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    const { dataDir } = resolveLocations(holdfast.env);
    const id = (await stateOf('kept'))?.terminals[0]?.id ?? assert.fail();
    await until('the output in its file', () => {
      const reader = JournalReader.open(path.join(dataDir, JOURNALS_FOLDER, `${id}.journal`));
      const isWhole = reader?.isCut === false && reader.exit !== null;
      reader?.dispose();
      return isWhole;
    });
    process.kill(ptyHostPid ?? assert.fail(), 'SIGKILL');
    assert.deepEqual(await heard('kept'), told);
  });

  test('says what is lost when the PTY host dies with it', async () => {
    rmSync(filler, { force: true });
    await talk('gone', '; exec cat');
    const { ptyHostPid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    process.kill(ptyHostPid ?? assert.fail(), 'SIGKILL');
    await holdfast.untilState('gone', 'lost');
    const told = await heard('gone');
    assert.deepEqual([told.begins, told.truncated, told.endLost], ['1\n', true, true]);
    assert.notEqual(told.ends, '\nlast\n');
    const { stderr } = await holdfast.run(['output', 'gone']);
    assert.match(stderr, /What the program wrote behind this is lost: the disk was full/);
    rmSync(filler);
    await holdfast.json(['restart', 'gone']);
    await holdfast.json(['kill', 'gone']);
  });

  test('still shows a terminal in a window of another size, and what its size is now', async () => {
    rmSync(filler, { force: true });
    await holdfast.create('shown', ...GREETER);
    fill(filler, 0);
    const long = ['--env', `LONG=${'x'.repeat(PAGE)}`];
    await holdfast.refused(1, 'STORE_ERROR', ['new', 'none', ...long, '--', 'sleep', MARK]);
    const window = await windows.open({ cols: 91, rows: 17 });
    window.type('hf attach shown\r');
    await window.shows(/^greetings$/);
    const sizeOf = async (): Promise<readonly (number | undefined)[]> => {
      const terminal = (await holdfast.sessions()).find(({ name }) => name === 'shown')?.terminals[0];
      return [terminal?.cols, terminal?.rows];
    };
    assert.deepEqual(await sizeOf(), [91, 17]);
    // A daemon that knows only what the disk has kept hears of it from the PTY host.
    const { pid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    process.kill(pid, 'SIGKILL');
    rmSync(filler);
    assert.deepEqual(await sizeOf(), [91, 17]);
    window.type('hello\r');
    await until('the echo', () => window.screen().filter((row) => row === 'hello').length === 2);
    window.type(DETACH);
    await window.shows(/^outer>/);
  });
});

/** Leaves so many pages free. */
const fill = (file: string, room: number): void => {
  rmSync(file, { force: true });
  try {
    for (;;) {
      appendFileSync(file, Buffer.alloc(PAGE));
    }
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  }
  truncateSync(file, statSync(file).size - room * PAGE);
};

/** These sessions, each with its program and its journal, and nothing else. */
const check = async (holdfast: Holdfast, names: readonly string[]): Promise<void> => {
  const sessions = await holdfast.sessions('--all');
  assert.deepEqual(
    sessions.map(({ name }) => name),
    names,
  );
  const journals = path.join(resolveLocations(holdfast.env).dataDir, JOURNALS_FOLDER);
  const terminals = sessions.flatMap((session) => session.terminals.map(({ id }) => id));
  const strangers = readdirSync(journals).filter((file) => !terminals.some((id) => file.startsWith(id)));
  assert.deepEqual(strangers, []);
  const pids = sessions.flatMap((session) => session.terminals.map(({ pid }) => pid));
  const running = (): readonly (number | null)[] =>
    processesWith(holdfast.folder)
      .filter(({ command }) => command.endsWith(`sleep ${MARK}`))
      .map(({ pid }) => pid);
  await until(
    'the programs of these sessions, and no other',
    () => running().toSorted().join() === pids.toSorted().join(),
    () => ({ running: running(), known: pids }),
  );
};
