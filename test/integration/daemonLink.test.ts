import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SessionShow } from '../../daemon/protocol/sessions';
import { DaemonLink } from '../../extension/daemonLink';
import { Place, startProgram, until } from './clientFixture';

describe('what a window knows of the sessions', {
  skip: process.platform === 'win32' && 'POSIX signals',
}, () => {
  let place: Place;
  beforeEach(() => {
    place = new Place();
  });
  afterEach(() => place.leave());

  it('keeps the ended ones when nothing runs any more, and no program that nobody can vouch for', async () => {
    const connection = await place.connection();
    const ended = await startProgram(connection, 'true');
    const running = await startProgram(connection, 'sleep', '1000');
    const stateOf = async (text: string): Promise<string | undefined> =>
      (await connection.call(SessionShow.type, { target: { text } })).session?.state;
    await until('one has ended', async () => (await stateOf(ended)) === 'exited');
    connection.dispose();
    const failures: unknown[] = [];
    const link = place.track(
      new DaemonLink({ ...place.options, start: 'never' }, place.dataDir, (error) => failures.push(error)),
    );
    await link.listen();
    const shown = (): string[] => link.all().map(({ id, state }) => `${id} ${state}`);
    assert.deepEqual(shown().sort(), [`${ended} exited`, `${running} running`].sort());
    // Stopped first, so that none of them tells of another's end or starts it again.
    for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
      for (const pid of place.processes()) {
        process.kill(pid, signal);
      }
    }
    await until('nobody answers', () => link.state === 'absent');
    assert.deepEqual(shown(), [`${ended} exited`]);
    assert.deepEqual(failures, []);
  });
});
