import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import { whyNoSsh } from '../support/openSsh';
import { SshServer } from '../support/sshServer';
import { CLI, Holdfast, mainTerminal } from './support/holdfast';
import type { TerminalWindow } from './support/terminalWindow';
import { until } from './support/until';
import { DETACH, Windows } from './support/windows';

/** Counts on the screen and in a file, notes each signal that would end it, and stops counting at a line. */
const COUNTER = `
const { appendFileSync, writeSync } = require('node:fs');
const write = (text) => { appendFileSync('written', text); writeSync(1, text); };
for (const signal of ['SIGHUP', 'SIGTERM', 'SIGINT']) process.on(signal, () => appendFileSync('signals', signal + '\\n'));
let n = 0;
const timer = setInterval(() => { n++; write('\\x1b[3' + (n % 8) + 'mline ' + n + '\\x1b[m\\n'); }, 20);
process.stdin.on('data', () => { clearInterval(timer); write('stopped at ' + n + '\\n'); });
`;

describe('over ssh', { skip: whyNoSsh() }, () => {
  const holdfast = new Holdfast();
  const windows = new Windows(holdfast);
  let server: SshServer;

  before(async () => {
    const { PATH = '', HOLDFAST_SOCKET_DIR = '', HOLDFAST_DATA_DIR = '' } = holdfast.env;
    writeFileSync(path.join(holdfast.work, 'counter.js'), COUNTER);
    writeFileSync(path.join(holdfast.folder, 'hf'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`, {
      mode: 0o755,
    });
    server = await SshServer.start({
      folder: path.join(holdfast.folder, 'ssh'),
      environment: {
        HOME: holdfast.folder,
        PATH: `${holdfast.folder}:${path.dirname(process.execPath)}:${PATH}`,
        ...{ HOLDFAST_SOCKET_DIR, HOLDFAST_DATA_DIR },
      },
    });
  });
  afterEach(() => windows.close());
  after(async () => {
    await server.dispose();
    await holdfast.dispose();
  });

  const file = (name: string): string => {
    const where = path.join(holdfast.work, name);
    return existsSync(where) ? readFileSync(where, 'utf8') : '';
  };
  const lines = (): number => file('written').split('\n').length;
  /** A terminal window in which a client of ssh runs. */
  const login = async (command?: string): Promise<TerminalWindow> => {
    const window = await windows.open({ rows: 20 });
    const words = server.client(['-tt'], command).map((word) => `'${word.replaceAll("'", "'\\''")}'`);
    const libraries = server.environment['LD_LIBRARY_PATH'];
    window.type(
      `${libraries === undefined ? '' : `LD_LIBRARY_PATH='${libraries}' `}exec ${words.join(' ')}\r`,
    );
    return window;
  };
  const goesOn = async (): Promise<void> => {
    const before = lines();
    await until('the program to go on', () => lines() > before + 20, lines);
  };
  const alive = (pid: number): boolean => existsSync(`/proc/${pid}`);

  test('what was started in a connection outlives it, hears of nothing, and is there in the next, to the byte', async () => {
    const first = await login();
    first.type(`cd '${holdfast.work}'; PS1='remote> '; tty\r`);
    await first.shows(/^\/dev\/pts\/\d+$/);
    await first.shows(/^remote> $/);
    // What is not held hears of the end: the connection is broken indeed.
    const other = await login(
      `trap 'echo SIGHUP >> ${holdfast.work}/unheld; exit' HUP; echo ready; while :; do sleep 0.05; done`,
    );
    await other.shows(/^ready$/);
    // A login shell may have a PATH of its own: `/etc/profile`.
    first.type(`PATH=${holdfast.folder}:${path.dirname(process.execPath)}:$PATH\r`);
    first.type('hf new held -a -- sh -c "stty -echo; exec node counter.js"\r');
    await first.shows(/^line \d+$/);
    const status = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    const { pid } = mainTerminal((await holdfast.sessions())[0] ?? assert.fail('there is a session'));

    // The client dies, and what serves it on the far side.
    process.kill(first.pid, 'SIGKILL');
    await server.breakConnections();
    await until('the other program to hear of it', () => file('unheld') === 'SIGHUP\n');
    await until('the viewer to be gone', async () => (await holdfast.viewers('held')) === 0);
    await goesOn();
    assert.equal(file('signals'), '', 'no signal reaches it');
    const later = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
    assert.deepEqual([later.pid, later.ptyHostPid], [status.pid, status.ptyHostPid]);

    const second = await login('hf attach held');
    await second.shows(/^line \d+$/);
    assert.equal(await holdfast.viewers('held'), 1);
    await goesOn();
    second.type('\r');
    await second.shows(/^stopped at \d+$/);
    const { lines: mirrored } = await holdfast.json<{ lines: string[] }>(['snapshot', 'held']);
    await until(
      'the window to show what the mirror has',
      () => second.screen().join('\n') === mirrored.join('\n'),
      () => [second.screen(), mirrored],
    );
    const { text } = await holdfast.json<{ text: string }>(['output', 'held', '--ansi']);
    assert.equal(text.replaceAll('\r\n', '\n'), file('written'));
    const shown = second.everything().filter((row) => /^line \d+$/.test(row));
    const last = Number(/stopped at (\d+)/.exec(file('written'))?.[1]);
    assert.deepEqual(
      shown.slice(-last),
      Array.from({ length: last }, (_, index) => `line ${index + 1}`),
      'the whole scrollback came along',
    );
    assert.ok(alive(pid ?? 0));
    second.type(DETACH);
    await until('the second connection to end by itself', () => server.connections().length === 0);
    assert.equal(file('signals'), '');
  });

  test('a daemon that a command without a terminal started outlives its connection, and keeps no connection open', async () => {
    await holdfast.end();
    const [client, ...words] = server.client(
      [],
      `cd '${holdfast.work}' && hf new quiet -- cat && hf daemon status`,
    );
    const child = spawn(client, words, { stdio: ['ignore', 'pipe', 'inherit'], env: server.environment });
    let said = '';
    child.stdout.on('data', (data: Buffer) => (said += data.toString()));
    // sshd waits for whoever holds its pipes: a daemon that inherited them would hang every script.
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0, said);
    await until('the connection to be gone', () => server.connections().length === 0);
    assert.deepEqual(
      (await holdfast.sessions()).map(({ name, state }) => [name, state]),
      [['quiet', 'running']],
    );
  });
});
