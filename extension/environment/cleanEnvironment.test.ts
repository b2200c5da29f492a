import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { applyChanges, cleanEnvironment, prependToPath, resolveVariables } from './cleanEnvironment';

describe('the environment of programs', () => {
  it('has nothing that belongs to the extension host', () => {
    const clean = cleanEnvironment({
      PATH: '/bin',
      HOME: '/home/ann',
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_ESM_ENTRYPOINT: 'x',
      VSCODE_HANDLES_UNCAUGHT_ERRORS: 'true',
      NODE_OPTIONS: '--inspect',
      LD_PRELOAD: 'x.so',
      SNAP: '/snap',
      SNAP_NAME: 'code',
      CODE_SERVER_SESSION_SOCKET: '/x',
      HOLDFAST_DATA_DIR: '/data',
    });
    assert.deepEqual(clean, { PATH: '/bin', HOME: '/home/ann', HOLDFAST_DATA_DIR: '/data' });
  });

  it('keeps what lets `code` and git reach the window', () => {
    const window = {
      VSCODE_IPC_HOOK_CLI: '/run/x.sock',
      GIT_ASKPASS: '/askpass.sh',
      VSCODE_GIT_IPC_HANDLE: '/g',
    };
    assert.deepEqual(cleanEnvironment(window), window);
  });

  it('is changed by settings: null removes, names on Windows ignore case', () => {
    assert.deepEqual(applyChanges({ A: '1', B: '2' }, { A: null, C: '3' }, 'linux'), { B: '2', C: '3' });
    assert.deepEqual(applyChanges({ Path: 'x' }, { PATH: 'y' }, 'win32'), { Path: 'y' });
    assert.deepEqual(applyChanges({ Path: 'x' }, { PATH: 'y' }, 'linux'), { Path: 'x', PATH: 'y' });
  });

  it('resolves the variables settings are written with', () => {
    const variables = { workspaceFolder: '/w', userHome: '/h' };
    assert.equal(
      resolveVariables('${env:PATH}:${workspaceFolder}/bin:${userHome}', { PATH: '/bin' }, variables),
      '/bin:/w/bin:/h',
    );
    assert.equal(resolveVariables('${env:NONE}${config:x}$HOME', {}, variables), '${config:x}$HOME');
  });

  it('finds the command first, once', () => {
    assert.deepEqual(prependToPath({ PATH: '/a:/shim:/b' }, '/shim', 'linux'), { PATH: '/shim:/a:/b' });
    assert.deepEqual(prependToPath({ Path: 'C:\\a' }, 'C:\\s', 'win32'), { Path: 'C:\\s;C:\\a' });
    assert.deepEqual(prependToPath({}, '/shim', 'linux'), { PATH: '/shim' });
  });
});
