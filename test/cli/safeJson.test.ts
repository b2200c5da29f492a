import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { printable } from '../../daemon/platform/printable';
import type { SessionInfo } from '../../daemon/protocol/model';
import { Holdfast } from './support/holdfast';
import { until } from './support/until';

/** RIGHT-TO-LEFT OVERRIDE and a ZERO WIDTH SPACE. */
const TITLE = 'a\u202eb\u200b';
/** With CSI as one C1 character. */
const NOTE = `${TITLE}\u009b31m`;
const FOLDER = '/tmp/\u009b31mX';

describe('--json', { skip: process.platform === 'win32' }, () => {
  const holdfast = new Holdfast();
  after(() => holdfast.dispose());

  test('has what programs and people call things, and nothing that acts on a terminal', async () => {
    const told = `\x1b]2;${TITLE}\x07\x1b]7;file://${encodeURI(FOLDER)}\x07${TITLE}`;
    const octal = [...Buffer.from(told)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    await holdfast.create('hostile', '--note', NOTE, '--', 'sh', '-c', `printf '${octal}'; exec cat`);
    const shown = async (): Promise<SessionInfo> =>
      (await holdfast.json<{ session: SessionInfo }>(['show', 'hostile'])).session;
    await until(
      'the title and the folder',
      async () => {
        const [terminal] = (await shown()).terminals;
        return terminal?.title === TITLE && terminal.cwd === FOLDER;
      },
      shown,
    );
    assert.equal((await shown()).note, NOTE);
    for (const call of ['ls', 'show hostile', 'snapshot hostile', 'output hostile', 'events']) {
      const { stdout } = await holdfast.run(['--json', ...call.split(' ')]);
      for (const line of stdout.trimEnd().split('\n')) {
        assert.equal(printable(line), line, call);
      }
      assert.ok(call === 'events' || stdout.includes('a\\u202eb\\u200b'), call);
    }
    const { stderr } = await holdfast.run(['--json', 'show', NOTE]);
    assert.equal(printable(stderr.trimEnd()), stderr.trimEnd());
    assert.match(stderr, /SESSION_NOT_FOUND/);
  });
});
