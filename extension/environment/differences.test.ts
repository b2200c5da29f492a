import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compareEnvironments, compareLists, type Differences, type Environment } from './differences';

const LINK = '/run/editor/key.ssh';

const compare = (here: Environment, there: Environment, knowsSecrets = true): Differences =>
  compareEnvironments(here, there, {
    platform: 'linux',
    isLink: (path) => path === LINK,
    knowsSecrets,
  });
const names = (differences: Differences): Record<string, readonly string[]> =>
  Object.fromEntries(
    Object.entries(differences).map(([group, list]) => [
      group,
      list.map(({ name }: { name: string }) => name),
    ]),
  );

describe('what differs between the environments of a session and of a new terminal', () => {
  it('is sorted into what has changed, what is only here and what is only there', () => {
    const differences = compare(
      { SAME: '1', EDITOR: 'vim', OLD: 'x', EMPTY: '' },
      { SAME: '1', EDITOR: 'nano', NEW: 'y', ALSO: 'z' },
    );
    assert.deepEqual(names(differences), {
      different: ['EDITOR'],
      onlyHere: ['EMPTY', 'OLD'],
      onlyThere: ['ALSO', 'NEW'],
      byNature: [],
    });
    assert.deepEqual(differences.different, [
      { name: 'EDITOR', here: 'vim', there: 'nano', isSecret: false },
    ]);
  });

  it('keeps apart what each terminal and each window has its own of', () => {
    const own = {
      PWD: '/a',
      SHLVL: '1',
      HOLDFAST_TERMINAL: 'a',
      HOLDFAST_SESSION: 'a',
      VSCODE_IPC_HOOK_CLI: '/a',
    };
    const other = { PWD: '/b', VSCODE_NONCE: 'n', VSCODE_IPC_HOOK_CLI: '/b', PWDS: 'x' };
    assert.deepEqual(names(compare(own, other)), {
      different: [],
      onlyHere: [],
      onlyThere: ['PWDS'],
      byNature: [
        'HOLDFAST_SESSION',
        'HOLDFAST_TERMINAL',
        'PWD',
        'SHLVL',
        'VSCODE_IPC_HOOK_CLI',
        'VSCODE_NONCE',
      ],
    });
  });

  it('has an ssh agent among these where the session follows the windows, and else as a difference', () => {
    assert.deepEqual(
      compare({ SSH_AUTH_SOCK: LINK }, { SSH_AUTH_SOCK: '/other' }).byNature.map(({ name }) => name),
      ['SSH_AUTH_SOCK'],
    );
    assert.deepEqual(
      compare({ SSH_AUTH_SOCK: '/gone' }, { SSH_AUTH_SOCK: LINK }).different.map(({ name }) => name),
      ['SSH_AUTH_SOCK'],
    );
  });

  it('marks secrets, by name and by a password in an address, on either side', () => {
    const { different, onlyHere } = compare(
      { API_TOKEN: 'a', PROXY: 'http://proxy', PLAIN: 'p', SSH_AGENT_PID: '1' },
      { API_TOKEN: 'b', PROXY: 'http://ann:pw@proxy' },
    );
    assert.deepEqual(
      [...different, ...onlyHere].map(({ name, isSecret }) => [name, isSecret]),
      [
        ['API_TOKEN', true],
        ['PROXY', true],
        ['PLAIN', false],
        ['SSH_AGENT_PID', false],
      ],
    );
  });

  it('does not say that a secret is missing where none of the session’s are known', () => {
    assert.deepEqual(names(compare({}, { API_TOKEN: 'a', NEW: 'b' }, false)).onlyThere, ['NEW']);
    assert.deepEqual(names(compare({ API_TOKEN: 'a' }, {}, false)).onlyHere, ['API_TOKEN']);
  });

  it('does not distinguish names by case on Windows', () => {
    const windows = { platform: 'win32', isLink: () => false, knowsSecrets: true } as const;
    const differences = compareEnvironments({ Path: 'a', Temp: 't' }, { PATH: 'b', TEMP: 't' }, windows);
    assert.deepEqual(differences.different, [{ name: 'Path', here: 'a', there: 'b', isSecret: false }]);
    assert.deepEqual([...differences.onlyHere, ...differences.onlyThere], []);
  });

  it('of lists of folders is what is in one of them only', () => {
    const list = (name: string, here: string, there: string) =>
      compareLists({ name, here, there, isSecret: false }, 'linux');
    assert.deepEqual(list('PATH', '/a:/old:/b:/old', '/a:/b:/new'), {
      onlyHere: ['/old'],
      onlyThere: ['/new'],
    });
    assert.deepEqual(list('XDG_DATA_DIRS', '/a:/b', '/b:/a'), { onlyHere: [], onlyThere: [] });
    assert.equal(list('MY_PATH', '/a', '/b'), undefined);
    assert.equal(list('TIMES', '1:2', '1:3'), undefined);
  });
});
