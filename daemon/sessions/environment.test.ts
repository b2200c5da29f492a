import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ClientKind } from '../protocol/hello';
import type { SessionId, TerminalId } from '../protocol/ids';
import { programEnvironment } from './environment';

const environmentFor = (
  client: ClientKind,
  given: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> =>
  programEnvironment(given, {
    session: 'session00001' as SessionId,
    terminal: 'terminal0001' as TerminalId,
    cwd: '/work',
    client,
    version: '1.2.3',
    dataDir: '/data/machine',
    runtimeDir: '/run/holdfast',
  });

describe("a program's environment", () => {
  it('says which terminal it is in, and leads back to the daemon', () => {
    const environment = environmentFor('cli', { TERM: 'dumb', PWD: '/elsewhere', HOLDFAST_SESSION: 'other' });
    assert.equal(environment['TERM'], 'xterm-256color');
    assert.equal(environment['COLORTERM'], 'truecolor');
    assert.equal(environment['TERM_PROGRAM'], 'holdfast');
    assert.equal(environment['TERM_PROGRAM_VERSION'], '1.2.3');
    assert.equal(environment['HOLDFAST_SESSION'], 'session00001');
    assert.equal(environment['HOLDFAST_TERMINAL'], 'terminal0001');
    assert.equal(environment['HOLDFAST_DATA_DIR'], '/data');
    assert.equal(environment['HOLDFAST_SOCKET_DIR'], '/run/holdfast');
    assert.equal(environment['PWD'], '/work');
  });

  it('has what was added for it alone, but never another terminal', () => {
    const identity = {
      session: 'session00001' as SessionId,
      terminal: 'terminal0001' as TerminalId,
      cwd: '/work',
      client: 'cli',
      version: '1.2.3',
      dataDir: '/data/machine',
      runtimeDir: '/run/holdfast',
    } as const;
    const added = { TERM: 'dumb', TMUX: 'mine', HOLDFAST_SESSION: 'other' };
    const environment = programEnvironment({ ...added, COLORTERM: '24bit' }, identity, added);
    assert.equal(environment['TERM'], 'dumb');
    assert.equal(environment['TMUX'], 'mine');
    assert.equal(environment['COLORTERM'], 'truecolor');
    assert.equal(environment['HOLDFAST_SESSION'], 'session00001');
  });

  it("is VS Code's where the editor created the session", () => {
    const environment = environmentFor('vscode', {
      TERM_PROGRAM_VERSION: '1.104.0',
      VSCODE_IPC_HOOK_CLI: '/run/hook',
      VSCODE_GIT_IPC_HANDLE: '/run/git',
      GIT_ASKPASS: '/askpass',
      LD_PRELOAD: 'editor.so',
      DEBUG: 'editor',
    });
    assert.equal(environment['TERM_PROGRAM'], 'vscode');
    assert.equal(environment['TERM_PROGRAM_VERSION'], '1.104.0');
    assert.equal(environment['VSCODE_IPC_HOOK_CLI'], '/run/hook');
    assert.equal(environment['VSCODE_GIT_IPC_HANDLE'], '/run/git');
    assert.equal(environment['GIT_ASKPASS'], '/askpass');
    assert.equal(environment['LD_PRELOAD'], undefined);
    assert.equal(environment['DEBUG'], undefined);
  });

  it("has nothing of the editor's processes, of Node's, of npm's and of an outer terminal's", () => {
    const unwanted = [
      ...['ELECTRON_RUN_AS_NODE', 'VSCODE_ESM_ENTRYPOINT', 'VSCODE_IPC_HOOK_CLI', 'SNAP', 'SNAP_NAME'],
      ...['GDK_PIXBUF_MODULEDIR', 'CODE_SERVER_PARENT_PID', 'CS_DISABLE', 'NODE_OPTIONS', 'NODE_CHANNEL_FD'],
      ...['VSCODE_NODE_OPTIONS', 'npm_lifecycle_event', 'npm_package_name', 'npm_config_cache'],
      ...['TMUX', 'TMUX_PANE', 'STY', 'COLUMNS', 'LINES', 'WINDOWID', 'VTE_VERSION', 'KITTY_WINDOW_ID'],
    ];
    const environment = environmentFor('cli', Object.fromEntries(unwanted.map((name) => [name, 'x'])));
    for (const name of unwanted) {
      assert.equal(environment[name], undefined, name);
    }
  });

  it("keeps what is the user's own", () => {
    const own = {
      PATH: '/bin',
      HOME: '/home/me',
      VSCODE_PORTABLE: '/portable',
      SNAPSHOTS: 'yes',
      LD_PRELOAD: 'mine.so',
      DEBUG: 'app:*',
      npm_config_registry: 'https://registry.example',
      LC_ALL: 'de_DE.UTF-8',
      EMPTY: '',
    };
    const environment = environmentFor('cli', own);
    for (const [name, value] of Object.entries(own)) {
      assert.equal(environment[name], value, name);
    }
  });

  it('has a UTF-8 locale where none is set, and only there', () => {
    assert.match(environmentFor('cli', {})['LANG'] ?? '', process.platform === 'win32' ? /^$/ : /UTF-8$/);
    assert.equal(environmentFor('cli', { LC_CTYPE: 'C' })['LANG'], undefined);
  });
});
