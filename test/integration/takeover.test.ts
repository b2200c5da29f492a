import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Connection } from '../../daemon/client/index';
import { restartDaemon } from '../../daemon/client/stopping';
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

  /** By a connection of its own, as the command line does it. @returns what it failed with */
  const type = async (session: string, text: string): Promise<HoldfastError | undefined> => {
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
      return thrown;
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
    const failed = new Map<number, HoldfastError>();
    kill(daemon());
    await withEach(sessions, async (session, index) => {
      if (index === SESSIONS / 2) {
        // In the middle of other calls.
        kill(daemon());
      }
      const error = await type(session, `meanwhile-${index}.`);
      if (error !== undefined) {
        failed.set(index, error);
      }
    });
    await everyScreenShows(connection, sessions, 'afterwards');
    await withEach(sessions, async (text, index) => {
      const output = await connection.call(TerminalOutput.type, { target: { text } });
      const shown = output.text.split(`meanwhile-${index}.`).length - 1;
      const error = failed.get(index);
      const whenFailed = error?.retryable === true ? [0] : [0, 2];
      const wanted = error === undefined ? [2] : whenFailed;
      assert.ok(wanted.includes(shown), `${index} was shown ${shown} times: ${error?.message ?? 'typed'}`);
    });
    assert.ok(failed.size <= 2 * ABREAST, JSON.stringify([...failed.values()].map(String)));
    assert.deepEqual(
      [...failed.values()].map(({ code }) => code).filter((code) => !BROKEN.has(code)),
      [],
    );
  });
});
