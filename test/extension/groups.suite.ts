import assert from 'node:assert/strict';
import type { SessionInfo } from '../../daemon/client';
import { Command } from '../../extension/contributions';
import { begin, clean, run, session, sessions, temporaryFolder } from './harness';

describe('commands on a group', () => {
  const folder = temporaryFolder();
  const group = { kind: 'group', group: 'work' };

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  it('New Session starts in the group; Kill and Remove mean all of it; Rename and Restart mean none of it', async () => {
    await run(Command.NEW_SESSION, { name: 'alone', cwd: folder.path, attach: false });
    await run(Command.NEW_SESSION, { name: 'a', cwd: folder.path, attach: false, group: 'work' });
    const made = await run<SessionInfo>(Command.NEW_SESSION, group);
    assert.equal(made.group, 'work');
    assert.equal(await run(Command.RENAME, group, undefined, 'never'), undefined);
    assert.equal(await run(Command.RESTART, group), undefined);
    assert.equal(await run(Command.KILL, group), 2);
    assert.equal((await session('alone')).state, 'running');
    assert.equal(await run(Command.REMOVE, group), 2);
    assert.deepEqual(
      (await sessions()).map(({ name }) => name),
      ['alone'],
    );
  });
});
