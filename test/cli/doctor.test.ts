import assert from 'node:assert/strict';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { resolveLocations } from '../../daemon/platform/locations';
import { processState } from '../../daemon/platform/processIdentity';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import {
  HISTORIES_FOLDER,
  JOURNALS_FOLDER,
  KEYFRAMES_FOLDER,
  LOCK_PREFIX,
  LOG_FOLDER,
  STORE_FILE,
} from '../../daemon/protocol/endpoint';
import { Holdfast } from './support/holdfast';
import { until } from './support/until';

interface Findings {
  readonly ok: boolean;
  readonly findings: readonly {
    readonly check: string;
    readonly status: string;
    readonly message: string;
    readonly suggestion?: string;
  }[];
}

describe('doctor, where nothing can work', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());
  const foundWith = async (env: Record<string, string>): Promise<Findings> => {
    const { status, stdout, stderr } = await holdfast.run(['--json', 'doctor'], { env });
    assert.equal(stderr, '');
    const found = JSON.parse(stdout) as Findings;
    assert.equal(status, found.ok ? 0 : 1);
    return found;
  };
  const statusOf = ({ findings }: Findings, check: string): string | undefined =>
    findings.find((finding) => finding.check === check)?.status;

  test('names a folder that can not be made, and finds the rest all the same', async () => {
    const file = path.join(holdfast.folder, 'file');
    writeFileSync(file, '');
    const places = [file, path.join(file, 'below'), ...(process.platform === 'linux' ? ['/proc/x'] : [])];
    for (const place of places) {
      const data = await foundWith({ HOLDFAST_DATA_DIR: place });
      assert.equal(statusOf(data, 'data folder'), 'error', place);
      assert.equal(statusOf(data, 'runtime folder'), 'ok', place);
      const runtime = await foundWith({ HOLDFAST_SOCKET_DIR: place });
      assert.equal(statusOf(runtime, 'runtime folder'), 'error', place);
      assert.equal(statusOf(runtime, 'data folder'), 'ok', place);
    }
  });

  test('warns of a folder for all machines that others may write in', async () => {
    const root = path.join(holdfast.folder, 'root');
    mkdirSync(root);
    for (const [mode, expected] of [
      [0o775, 'warning'],
      [0o777, 'warning'],
      [0o1777, undefined],
      [0o755, undefined],
    ] as const) {
      chmodSync(root, mode);
      const found = await foundWith({ HOLDFAST_DATA_DIR: root });
      assert.equal(statusOf(found, 'data root'), expected, mode.toString(8));
      assert.equal(found.ok, true);
    }
  });
});

describe('doctor', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('tells of a file of the store that was broken and set aside, as long as it is there', async () => {
    const { dataDir } = resolveLocations(holdfast.env);
    await holdfast.create('kept', '--', 'cat');
    // On leaving, a daemon writes the database file; what it was made from is kept.
    await holdfast.json(['daemon', 'restart']);
    const before = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    process.kill(before.pid, 'SIGSTOP');
    writeFileSync(path.join(dataDir, STORE_FILE), 'what a failing disk has left of it');
    process.kill(before.pid, 'SIGKILL');
    await until('the next daemon', async () => {
      const status = await holdfast.json<Partial<DaemonStatus.Result>>(['daemon', 'status']);
      return status.pid !== undefined && status.pid !== before.pid;
    });
    const [aside = '', ...others] = readdirSync(dataDir).filter((name) => name.includes('.broken-'));
    assert.deepEqual(others, []);
    const warnings = async (): Promise<Findings['findings']> => {
      const { ok, findings } = await holdfast.json<Findings>(['doctor']);
      assert.equal(ok, true);
      return findings.filter(({ check, status }) => check === 'store' && status === 'warning');
    };
    const [told, ...more] = await warnings();
    assert.deepEqual(more, [], 'it is told once');
    assert.match(
      told?.message ?? '',
      /^holdfast\.db was .*set aside on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC: /,
    );
    assert.ok(told?.message.endsWith(path.join(dataDir, aside)), told?.message);
    assert.match(told?.suggestion ?? '', /Delete the file/);
    assert.match(readFileSync(path.join(dataDir, LOG_FOLDER, 'daemon.log'), 'utf8'), /warning.*set aside/);
    assert.deepEqual(
      (await holdfast.sessions()).map(({ name, state }) => [name, state]),
      [['kept', 'running']],
    );
    // The next daemon has nothing to set aside.
    await holdfast.json(['daemon', 'restart']);
    assert.deepEqual(await warnings(), [told]);
    await holdfast.json(['daemon', 'stop', '--force']);
    assert.deepEqual(await warnings(), [told]);
    rmSync(path.join(dataDir, aside));
    assert.deepEqual(await warnings(), []);
  });

  test('tells of a store that was emptied, and of output whose sessions it has lost', async () => {
    const place = new Holdfast();
    try {
      const { dataDir } = resolveLocations(place.env);
      const { terminals } = await place.create(
        'precious',
        '--',
        'sh',
        '-c',
        'echo precious; exec sleep 1000',
      );
      const { pid, ptyHostPid } = await place.json<DaemonStatus.Result>(['daemon', 'status']);
      // Stopped first, so that none of them starts the other again.
      for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
        for (const each of [pid, ptyHostPid ?? assert.fail()]) {
          process.kill(each, signal);
        }
      }
      const log = path.join(dataDir, 'holdfast.log.0');
      assert.ok(statSync(log).size > 0);
      truncateSync(log, 0);
      const journal = path.join(dataDir, JOURNALS_FOLDER, `${terminals[0]?.id}.journal`);
      const longAgo = new Date(Date.now() - 3_600_000);
      utimesSync(journal, longAgo, longAgo);
      assert.deepEqual(await place.sessions('--all'), []);
      const { findings } = await place.json<Findings>(['doctor']);
      const told = findings.filter(({ status }) => status === 'warning').map(({ message }) => message);
      assert.ok(
        told.some((message) => message.startsWith('holdfast.log.0 was broken and was set aside')),
        told.join('\n'),
      );
      assert.ok(
        told.some((message) => message.includes(path.basename(journal))),
        told.join('\n'),
      );
    } finally {
      await place.dispose();
    }
  });

  test('names the lock file of a daemon that has ended where a living process holds it', async () => {
    await holdfast.json(['daemon', 'stop', '--force']);
    const { pid, dataDir } = await holdfast.json<DaemonStatus.Result>(['daemon', 'start']);
    const file = path.join(dataDir, `${LOCK_PREFIX}1000`);
    process.kill(pid, 'SIGSTOP');
    writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: null }));
    process.kill(pid, 'SIGKILL');
    await until('its end', () => processState(pid, null) === 'dead');
    const { findings } = JSON.parse((await holdfast.run(['--json', 'doctor'])).stdout) as Findings;
    const found = findings.find(({ check }) => check === 'endpoint');
    assert.match(
      found?.message ?? '',
      new RegExp(`ended without saying so, and ${file} says that process ${process.pid}`),
    );
    assert.match(found?.suggestion ?? '', new RegExp(`delete ${file} `));
    rmSync(file);
  });

  test('tells of broken screens that were set aside, and shows what is good of them, until they are removed', async () => {
    const { dataDir } = resolveLocations(holdfast.env);
    const folders = [KEYFRAMES_FOLDER, HISTORIES_FOLDER].map((name) => path.join(dataDir, name));
    const filesOf = (id: string): readonly string[] =>
      folders.flatMap((folder) =>
        readdirSync(folder)
          .filter((name) => name.startsWith(id))
          .map((name) => path.join(folder, name)),
      );
    const ids: string[] = [];
    for (const name of ['keyframe', 'history']) {
      const { terminals } = await holdfast.create(name, '--', 'sh', '-c', 'seq 3000; echo end; exec cat');
      ids.push(terminals[0]?.id ?? '');
      await until('its last line', async () => {
        const { stdout } = await holdfast.run(['snapshot', name]);
        return stdout.includes('end');
      });
    }
    await holdfast.json(['daemon', 'stop', '--force']);
    for (const [index, ending] of ['.keyframe', '.txt'].entries()) {
      const [file = ''] = filesOf(ids[index] ?? '').filter((name) => name.endsWith(ending));
      truncateSync(file, Math.floor(statSync(file).size / 2));
    }
    const linesOf = async (name: string): Promise<readonly string[]> => {
      const { lines } = await holdfast.json<{ lines: readonly string[] }>([
        ...['snapshot', name, '--scrollback', '10000'],
      ]);
      return lines.filter((line) => line !== '');
    };
    const all = [...Array.from({ length: 3000 }, (_, index) => String(index + 1)), 'end'];
    assert.deepEqual(await linesOf('keyframe'), all, 'the journal has all of it');
    const left = await linesOf('history');
    assert.deepEqual(
      left,
      all.filter((line) => left.includes(line)),
      'each line is whole, once, and in its place',
    );
    assert.deepEqual(left.slice(-20), all.slice(-20));
    const { findings } = await holdfast.json<Findings>(['doctor']);
    const told = findings.filter(({ check, status }) => check === 'screens' && status === 'warning');
    assert.deepEqual(
      told.map(({ message }) => message.replace(/ on .*/, '')),
      [
        `the keyframe of terminal ${ids[0]} was broken and was set aside`,
        `a history of terminal ${ids[1]} was broken and was set aside`,
      ],
    );
    const log = readFileSync(path.join(dataDir, LOG_FOLDER, 'daemon.log'), 'utf8');
    for (const id of ids) {
      assert.ok(log.includes(`a broken file of the screen of terminal ${id} was set aside`));
    }
    for (const name of ['keyframe', 'history']) {
      await holdfast.json(['rm', name]);
    }
    assert.deepEqual(ids.flatMap(filesOf), [], 'what was set aside goes with its session');
  });
});
