import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../daemon/client/index';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import type { TerminalInfo } from '../../daemon/protocol/model';
import { SessionList } from '../../daemon/protocol/sessions';
import { type Place, startProgram } from '../integration/clientFixture';
import { poll } from '../support/poll';
import { DIST } from '../support/testDaemon';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';

/** How long everything sleeps: longer than any patience between the parts but that of a silent PTY host's calls. */
const ASLEEP_MS = 4000;
const SMALL = { cols: 80, rows: 24 } as const;

/** A window of another size, in a process that can be ended as an extension host is. */
const VIEWER = `
const { Connection } = require(process.argv[1]);
(async () => {
  const connection = await Connection.open({ start: 'never', kind: 'test' });
  const attachment = await connection.attach({
    target: { text: process.argv[2] }, mode: 'interactive', size: { cols: 132, rows: 50 },
  });
  let text = '';
  attachment.onData((data) => { text += Buffer.from(data).toString(); process.stdout.write(data); });
  attachment.start();
  attachment.write('here ');
})();`;

/**
 * Viewers are killed, or stopped in the midst of everything as by a laptop's lid: none is left in the table, their
 * size goes with them, whoever is stopped holds up nobody, and after an hour asleep (here some seconds) all goes on.
 */
export const viewersGone: Fault = {
  name: 'viewers-gone',
  title: 'viewers are killed and stopped; then everything sleeps at once',
  times: 20,
  run: (context) => inPlace((place) => run(place, context)),
};

const run = async (place: Place, { times, say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const session = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat');
  const keys = await place.attach(connection, session, { size: SMALL });
  const typed = async (word: string): Promise<void> => {
    assert.ok(keys.attachment.write(word));
    await poll(() => keys.text.includes(word), {
      what: `the echo of ${word}`,
      state: () => keys.text.slice(-100),
    });
  };
  const recoveries: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const { pid, ptyHostPid } = await connection.call(DaemonStatus.type, {});
    const other = spawn(process.execPath, ['-e', VIEWER, join(DIST, 'client.js'), session], {
      env: place.environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      let shown = '';
      other.stdout?.on('data', (data: Buffer) => {
        shown += data.toString();
      });
      await terminalIs(connection, (terminal) => terminal.viewers === 2 && terminal.cols === 132);
      await poll(() => shown.includes('here '), {
        what: 'the other viewer to show something',
        state: () => shown,
      });
      if (time % 2 === 1) {
        other.kill('SIGSTOP');
        // It is there, and in nobody's way: who types gets the size.
        await typed(`[${time}]`);
        await terminalIs(connection, (terminal) => terminal.cols === SMALL.cols);
        if (time % 4 === 3) {
          await everythingSleeps([pid, ptyHostPid ?? assert.fail(), other.pid ?? assert.fail()]);
          await typed(`(${time})`);
          await poll(() => shown.includes(`(${time})`), {
            what: 'the other viewer to go on',
            state: () => shown,
          });
          other.kill('SIGSTOP');
        }
      }
      const killed = performance.now();
      other.kill('SIGKILL');
      await terminalIs(
        connection,
        ({ viewers, cols, rows }) => viewers === 1 && cols === SMALL.cols && rows === SMALL.rows,
      );
      recoveries.push(performance.now() - killed);
      assert.equal((await connection.call(DaemonStatus.type, {})).pid, pid);
    } finally {
      await end(other);
    }
  }
  await typed('the end');
  assert.equal(keys.end, undefined);
  say(`${times} viewers`);
  return {
    survived: times,
    recoveries,
    bytesChecked: 0,
    notes: [
      'recovered: its place in the table and its size are free',
      `all asleep for ${ASLEEP_MS / 1000} s in each fourth`,
    ],
  };
};

/** As a laptop: nobody runs, nobody is told, and timers are late at once. */
const everythingSleeps = async (pids: readonly number[]): Promise<void> => {
  for (const pid of pids) {
    process.kill(pid, 'SIGSTOP');
  }
  await sleep(ASLEEP_MS);
  for (const pid of pids) {
    process.kill(pid, 'SIGCONT');
  }
};

const terminalIs = async (
  connection: Connection,
  isWanted: (terminal: TerminalInfo) => boolean,
): Promise<void> => {
  let terminal: TerminalInfo | undefined;
  await poll(
    async () => {
      const { sessions } = await connection.call(SessionList.type, {});
      terminal = sessions[0]?.terminals[0];
      return terminal !== undefined && terminal.state === 'running' && isWanted(terminal);
    },
    { what: 'the viewers and the size to be as wanted', timeoutMs: 20_000, state: () => terminal },
  );
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
};
