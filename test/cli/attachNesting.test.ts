import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { CLI, Holdfast } from './support/holdfast';
import { until } from './support/until';

const holdfast = new Holdfast();
after(() => holdfast.dispose());

describe('a session is not shown inside itself', { skip: process.platform === 'win32' }, () => {
  /** A session with a shell whose variables no longer tell where it runs. */
  const shellIn = async (name: string): Promise<void> => {
    await holdfast.create(
      name,
      '--env',
      'PS1=inner> ',
      '--',
      'env',
      '-u',
      'HOLDFAST_SESSION',
      '-u',
      'HOLDFAST_TERMINAL',
      'sh',
    );
  };
  const attachFrom = async (name: string, line: string): Promise<void> => {
    const words = `'${process.execPath}' '${CLI}' attach ${line}; echo status=$?`;
    await holdfast.json(['type', name, words, '--enter']);
  };
  const isRefusedIn = (name: string): Promise<void> =>
    until(
      `the refusal in ${name}`,
      async () => /^status=2$/m.test(await holdfast.text(['snapshot', name, '--scrollback', '50'])),
      () => holdfast.text(['snapshot', name]),
    );

  for (const option of ['', ' --read-only']) {
    test(`attach${option} in its own terminal`, async () => {
      const name = `ring-1${option.trim()}`;
      await shellIn(name);
      await attachFrom(name, name + option);
      await isRefusedIn(name);
      assert.match(await holdfast.text(['snapshot', name]), /inside the session it would show/);
      assert.equal(await holdfast.viewers(name), 0);
    });

    test(`attach${option} to one that shows it, even after another daemon has come`, async () => {
      const [outer, inner] = [`outer${option.trim()}`, `inner${option.trim()}`];
      await shellIn(outer);
      await shellIn(inner);
      await attachFrom(outer, inner + option);
      await until('the viewer', async () => (await holdfast.viewers(inner)) === 1);
      await attachFrom(inner, outer + option);
      await isRefusedIn(inner);
      await holdfast.json(['daemon', 'restart']);
      await attachFrom(inner, `${outer}${option}; echo again`);
      await until('the second refusal', async () =>
        /^again$/m.test(await holdfast.text(['snapshot', inner, '--scrollback', '50'])),
      );
      assert.equal(await holdfast.viewers(outer), 0);
      assert.equal(await holdfast.viewers(inner), 1);
    });
  }

  test('attach goes on to work in a chain', async () => {
    await shellIn('chain-1');
    await shellIn('chain-2');
    await holdfast.create('last', '--', 'cat');
    await attachFrom('chain-1', 'chain-2');
    await until('the viewer', async () => (await holdfast.viewers('chain-2')) === 1);
    await attachFrom('chain-2', 'last');
    await until('the second viewer', async () => (await holdfast.viewers('last')) === 1);
  });
});
