import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Ending, endingsOf, wantsOwnScope } from './ending';
import { SystemFiles } from './systemFiles';

/** What Debian and Fedora ship, shortened: what systemd was built with stands there as a comment. */
const SHIPPED = `#  This file is part of systemd.
#
# Use 'systemd-analyze cat-config systemd/logind.conf' to display the full config.

[Login]
#NAutoVTs=6
#KillUserProcesses=no
#KillOnlyUsers=
#KillExcludeUsers=root
`;
const SSH_SESSION = '0::/user.slice/user-1000.slice/session-3.scope\n';
const SSH_SESSION_V1 = `12:pids:/user.slice/user-1000.slice/session-3.scope
1:name=systemd:/user.slice/user-1000.slice/session-3.scope
0::/user.slice/user-1000.slice/session-3.scope
`;
const OWN_SCOPE = '0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.scope\n';
const DESKTOP_SCOPE =
  '0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-code-4711.scope\n';
const KILLS = '[Login]\nKillUserProcesses=yes\n';

describe('what ends programs', () => {
  const root = mkdtempSync(join(tmpdir(), 'hf-life-'));
  after(() => rmSync(root, { recursive: true }));
  let machines = 0;

  const on = (
    files: Readonly<Record<string, string>>,
    { env = {}, user = 'ada' }: { readonly env?: NodeJS.ProcessEnv; readonly user?: string } = {},
  ) => {
    const folder = join(root, String(machines++));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return { files: new SystemFiles(folder), env, user };
  };
  const systemd = (cgroup: string, files: Readonly<Record<string, string>> = {}) => ({
    '/proc/1/comm': 'systemd\n',
    '/proc/1/cgroup': '0::/init.scope\n',
    '/proc/self/cgroup': cgroup,
    '/proc/42/cgroup': cgroup,
    '/usr/lib/systemd/logind.conf': SHIPPED,
    ...files,
  });
  const KILLED: readonly Ending[] = [{ kind: 'logout', unit: 'session-3.scope' }];

  test('a login session is left alone at logout where the distribution has built systemd so', () => {
    for (const cgroup of [SSH_SESSION, SSH_SESSION_V1]) {
      assert.deepEqual(endingsOf(on(systemd(cgroup)), 42), []);
    }
    const upstream = SHIPPED.replace('KillUserProcesses=no', 'KillUserProcesses=yes');
    assert.deepEqual(
      endingsOf(on(systemd(SSH_SESSION, { '/usr/lib/systemd/logind.conf': upstream })), 42),
      KILLED,
    );
    assert.deepEqual(
      endingsOf(on({ '/proc/42/cgroup': SSH_SESSION }), 42),
      [],
      'nothing is said where nothing is known',
    );
  });

  test('KillUserProcesses is read as systemd reads it', () => {
    const cases: readonly (readonly [string, Readonly<Record<string, string>>, boolean])[] = [
      ['the main file', { '/etc/systemd/logind.conf': KILLS }, true],
      [
        'with spaces and another word',
        { '/etc/systemd/logind.conf': '[Login]\n KillUserProcesses = On \n' },
        true,
      ],
      [
        'a comment',
        { '/etc/systemd/logind.conf': '[Login]\n#KillUserProcesses=yes\n;KillUserProcesses=yes\n' },
        false,
      ],
      ['another section', { '/etc/systemd/logind.conf': '[Manager]\nKillUserProcesses=yes\n' }, false],
      ['no boolean', { '/etc/systemd/logind.conf': `${KILLS}KillUserProcesses=perhaps\n` }, true],
      ['a drop-in', { '/etc/systemd/logind.conf.d/50-kill.conf': KILLS }, true],
      ['a drop-in of the distribution', { '/usr/lib/systemd/logind.conf.d/kill.conf': KILLS }, true],
      ['no drop-in', { '/etc/systemd/logind.conf.d/50-kill.conf.bak': KILLS }, false],
      [
        'a later drop-in, over the main file',
        {
          '/etc/systemd/logind.conf': KILLS,
          '/usr/lib/systemd/logind.conf.d/90-keep.conf': '[Login]\nKillUserProcesses=no\n',
        },
        false,
      ],
      [
        'a drop-in of the same name in a stronger folder',
        {
          '/usr/lib/systemd/logind.conf.d/50-kill.conf': KILLS,
          '/etc/systemd/logind.conf.d/50-kill.conf': '',
        },
        false,
      ],
      ['others only', { '/etc/systemd/logind.conf': `${KILLS}KillOnlyUsers=guest kiosk\n` }, false],
      ['this one only', { '/etc/systemd/logind.conf': `${KILLS}KillOnlyUsers=guest ada\n` }, true],
      ['but not this one', { '/etc/systemd/logind.conf': `${KILLS}KillExcludeUsers=ada\n` }, false],
    ];
    for (const [what, files, kills] of cases) {
      assert.deepEqual(endingsOf(on(systemd(SSH_SESSION, files)), 42), kills ? KILLED : [], what);
    }
  });

  test('root is excluded, unless a list says otherwise', () => {
    const root = { user: 'root' };
    const kills = { '/etc/systemd/logind.conf': KILLS };
    assert.deepEqual(endingsOf(on(systemd(SSH_SESSION, kills), root), 42), []);
    const all = { '/etc/systemd/logind.conf': `${KILLS}KillExcludeUsers=\n` };
    assert.deepEqual(endingsOf(on(systemd(SSH_SESSION, all), root), 42), KILLED);
  });

  test("what runs below the user's own systemd ends with the last login, unless the user lingers", () => {
    for (const cgroup of [OWN_SCOPE, DESKTOP_SCOPE]) {
      assert.deepEqual(endingsOf(on(systemd(cgroup)), 42), [
        { kind: 'lastLogout', unit: 'user@1000.service' },
      ]);
      assert.deepEqual(endingsOf(on(systemd(cgroup, { '/var/lib/systemd/linger/ada': '' })), 42), []);
      assert.equal(endingsOf(on(systemd(cgroup, { '/var/lib/systemd/linger/bob': '' })), 42).length, 1);
    }
  });

  test('a session scope is ended whether its user lingers or not; a daemon that is yet to be started gets a scope of its own', () => {
    const files = { '/etc/systemd/logind.conf': KILLS, '/var/lib/systemd/linger/ada': '' };
    assert.deepEqual(endingsOf(on(systemd(SSH_SESSION, files)), 42), KILLED);
    assert.deepEqual(endingsOf(on(systemd(SSH_SESSION, files)), 'self'), []);
  });

  test('a scope of its own is asked for where a daemon lives longer in one', () => {
    const kills = { '/etc/systemd/logind.conf': KILLS };
    const linger = { '/var/lib/systemd/linger/ada': '' };
    const wants = (cgroup: string, files = {}): boolean => wantsOwnScope(on(systemd(cgroup, files)));
    assert.equal(wants(SSH_SESSION), false, "logind leaves it alone, the user's systemd would end it");
    assert.equal(wants(SSH_SESSION, linger), true);
    assert.equal(wants(SSH_SESSION, kills), true);
    assert.equal(wants(DESKTOP_SCOPE), true, "it would end with the editor's scope");
    assert.equal(wants('0::/system.slice/code-server@ada.service\n'), true, 'it would end with the service');
  });

  test('a container and a WSL distribution are known by what they leave in their files', () => {
    const container = (files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv = {}) =>
      endingsOf(on({ '/proc/1/comm': 'systemd\n', ...files }, { env }), 42).map((ending) =>
        ending.kind === 'stop' ? ending.container : ending.kind,
      );
    assert.deepEqual(container({}), []);
    assert.deepEqual(container({ '/.dockerenv': '' }), ['docker']);
    assert.deepEqual(container({ '/proc/1/cgroup': '1:name=systemd:/docker/0123abcd\n' }), ['docker']);
    assert.deepEqual(container({ '/run/.containerenv': 'engine="podman-5.4.0"\n' }), ['podman']);
    assert.deepEqual(container({ '/proc/1/cgroup': '0::/kubepods.slice/kubepods-pod1.slice/x.scope\n' }), [
      'kubernetes',
    ]);
    assert.deepEqual(container({ '/proc/1/comm': 'tini\n' }), ['container']);
    assert.deepEqual(container({ '/.dockerenv': '' }, { REMOTE_CONTAINERS: 'true' }), ['devcontainer']);
    assert.deepEqual(container({ '/.dockerenv': '' }, { CODESPACES: 'true', REMOTE_CONTAINERS: 'true' }), [
      'codespaces',
    ]);
    const wsl = { '/proc/sys/kernel/osrelease': '5.15.167.4-microsoft-standard-WSL2\n' };
    assert.deepEqual(container(wsl), ['wsl']);
    assert.deepEqual(container({ ...wsl, '/.dockerenv': '' }), ['docker']);
  });
});
