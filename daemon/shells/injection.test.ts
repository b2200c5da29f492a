import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { withIntegration } from './injection';

const FOLDER = resolve(__dirname, 'scripts');
const IDENTITY = { nonce: 'secret', number: 7 };

const started = (executable: string, args: readonly string[] = [], environment = {}, folder = FOLDER) => {
  const shell = withIntegration({ executable, args, environment }, folder, IDENTITY);
  return { args: shell.args, environment: shell.environment };
};

test('bare shells, and those asked to be login or interactive ones, are started with their script', () => {
  assert.deepEqual(started('/bin/bash').args, ['--init-file', `${FOLDER}/bash.sh`]);
  assert.deepEqual(started('/bin/bash', ['-i', '--login']), {
    args: ['--init-file', `${FOLDER}/bash.sh`, '-i'],
    environment: { HOLDFAST_SHELL_LOGIN: '1', HOLDFAST_SHELL_NONCE: 'secret', HOLDFAST_SHELL_NUMBER: '7' },
  });
  assert.deepEqual(started('/usr/local/bin/zsh', ['-il'], { ZDOTDIR: '/own' }), {
    args: ['-il'],
    environment: {
      ZDOTDIR: `${FOLDER}/zsh`,
      HOLDFAST_SHELL_ZDOTDIR: '/own',
      HOLDFAST_SHELL_NONCE: 'secret',
      HOLDFAST_SHELL_NUMBER: '7',
    },
  });
  assert.deepEqual(started('/usr/bin/fish', ['-l']).args, [
    '-l',
    '--init-command',
    `source '${FOLDER}/fish.fish'`,
  ]);
  assert.deepEqual(started('/usr/bin/pwsh', ['-NoLogo']).args, [
    '-NoLogo',
    '-NoExit',
    '-Command',
    `. '${FOLDER}/pwsh.ps1'`,
  ]);
});

test('whatever else is asked for is started as it is', () => {
  for (const [executable, ...args] of [
    ['/bin/bash', '-c', 'ls'],
    ['/bin/bash', '--norc', '-i'],
    ['/bin/bash', 'script'],
    ['/bin/bash', '-x'],
    ['/bin/zsh', '-f'],
    ['/usr/bin/fish', '--no-config'],
    ['/usr/bin/pwsh', '-NoProfile'],
    ['/bin/sh'],
    ['/bin/rbash'],
    ['/usr/bin/vim'],
  ] as const) {
    assert.deepEqual(started(executable, args), { args, environment: {} }, [executable, ...args].join(' '));
  }
});

test('a shell whose script is not there is started as it is', () => {
  assert.deepEqual(started('/bin/bash', [], {}, '/nowhere'), { args: [], environment: {} });
});
