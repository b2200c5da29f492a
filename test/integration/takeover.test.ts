import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Connection } from '../../daemon/client/index';
import { restartDaemon } from '../../daemon/client/launcher';
import { HoldfastError } from '../../daemon/protocol/errors';
import { TerminalOutput, TerminalType } from '../../daemon/protocol/terminals';
import { MAX_UNGREETED } from '../../daemon/transport/accept';
import { served } from '../faults/state';
import { ABREAST, everyScreenShows, withEach } from '../support/everyScreen';
import { Place, startProgram } from './clientFixture';

/** Far more than a PTY host greets at once. */
const SESSIONS = MAX_UNGREETED + 72;
/** What calls fail with that were under way when the daemon died. */
const BROKEN: ReadonlySet<string> = new Set(['DAEMON_UNAVAILABLE', 'SESSION_UNREACHABLE']);

describe('a daemon that takes many sessions over', { skip: process.platform === 'win32' }, () => {
  const place = new Place();
  const sessions: string[] = [];
  let connection: Connection;

  before(async () => {
    connection = await place.connection();
    await withEach(Array.from({ length: SESSIONS }), async () => {
      sessions.push(await startProgram(connection, 'cat'));
    });
  });
  after(() => place.leave());

  const kill = (pid: number): void => void process.kill(pid, 'SIGKILL');
  const daemon = (): number => place.daemons()[0] ?? assert.fail('no daemon runs');

  /** By a connection of its own, as the command line does it. @returns the code it failed with */
  const type = async (session: string, text: string): Promise<string | undefined> => {
    try {
      const own = await Connection.open(place.options);
      try {
        const target = { text: session };
        await own.call(TerminalType.type, { target, text, enter: true });
        return undefined;
      } finally {
        own.dispose();
      }
    } catch (thrown) {
      assert.ok(thrown instanceof HoldfastError, String(thrown));
      return thrown.code;
    }
  };

  it('shows every screen as it is when the one before was killed', async () => {
    const pid = daemon();
    kill(pid);
    await served(place, pid, SESSIONS);
    await everyScreenShows(connection, sessions, 'killed');
  });

  it('shows every screen as it is when the one before was restarted', async () => {
    await restartDaemon(place.options);
    await everyScreenShows(connection, sessions, 'restarted');
  });

  it('gives programs what is typed meanwhile once, or says why it may not have', async () => {
    const failed = new Map<number, string>();
    kill(daemon());
    await withEach(sessions, async (session, index) => {
      if (index === SESSIONS / 2) {
        // In the middle of other calls.
        kill(daemon());
      }
      const code = await type(session, `meanwhile-${index}.`);
      if (code !== undefined) {
        failed.set(index, code);
      }
    });
    await everyScreenShows(connection, sessions, 'afterwards');
    await withEach(sessions, async (text, index) => {
      const output = await connection.call(TerminalOutput.type, { target: { text } });
      const shown = output.text.split(`meanwhile-${index}.`).length - 1;
      const code = failed.get(index);
      const wanted = code === undefined ? [2] : [0, 2];
      assert.ok(wanted.includes(shown), `${index} was shown ${shown} times: ${code ?? 'typed'}`);
    });
    assert.ok(failed.size <= 2 * ABREAST, JSON.stringify([...failed]));
    assert.deepEqual(
      [...failed.values()].filter((code) => !BROKEN.has(code)),
      [],
    );
  });
});
