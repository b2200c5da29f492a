import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { DaemonStatus, Finding } from '../../daemon/protocol/daemon';
import { Holdfast } from './support/holdfast';

const root = mkdtempSync(path.join(tmpdir(), 'hf-root-'));
const holdfast = new Holdfast({ HOLDFAST_SYSTEM_ROOT: root });
after(async () => {
  await holdfast.dispose();
  rmSync(root, { recursive: true });
});

const put = (file: string, text: string): void => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
};
const found = async (
  env: Readonly<Record<string, string>> = {},
): Promise<readonly (readonly [string, string, string])[]> => {
  const { status, stdout } = await holdfast.run(['--json', 'doctor'], { env });
  assert.equal(status, 0, 'it warns: nothing is broken');
  return (JSON.parse(stdout) as { readonly findings: readonly Finding[] }).findings
    .filter(({ check }) => check === 'logout' || check === 'container')
    .map(({ status, message, suggestion }) => [status, message, suggestion ?? '']);
};

test('doctor says what ends sessions where their PTY host runs, with the cure, whether a daemon runs or not', {
  skip: process.platform === 'win32',
}, async () => {
  const linux = process.platform === 'linux';
  const nothing = linux ? [['ok', 'nothing is known that ends programs at logout', '']] : [];
  assert.deepEqual(await found(), nothing);
  put('proc/self/cgroup', '0::/user.slice/user-1000.slice/session-9.scope\n');
  put('etc/systemd/logind.conf', '[Login]\nKillUserProcesses=yes\nKillExcludeUsers=\n');
  const [here] = await found();
  assert.match(here?.[1] ?? '', /this login session at logout \(KillUserProcesses=yes, session-9\.scope\)/);

  await holdfast.create('held', '--', 'cat');
  const { ptyHostPid } = await holdfast.json<DaemonStatus.Result>(['daemon', 'status']);
  assert.deepEqual(await found(), nothing, 'where the sessions are, not where doctor runs');
  put(`proc/${ptyHostPid}/cgroup`, '0::/user.slice/user-1000.slice/session-3.scope\n');
  const [killed, ...others] = await found();
  assert.deepEqual(others, []);
  assert.match(
    killed?.join('\n') ?? '',
    /^warning\n.*session-3\.scope\)\n.*loginctl enable-linger.*systemd-run --user --scope/,
  );
  put(
    `proc/${ptyHostPid}/cgroup`,
    '0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.scope\n',
  );
  const [last] = await found();
  assert.match(
    last?.join('\n') ?? '',
    /^warning\n.*user@1000\.service when you log out everywhere\n.*enable-linger/,
  );

  put('.dockerenv', '');
  const container = async (env: Readonly<Record<string, string>>): Promise<string> =>
    (await found(env)).find(([, message]) => message.startsWith('this is'))?.join('\n') ?? '';
  assert.match(await container({}), /^warning\nthis is a Docker container: .*\n.*holdfast resurrect.*volume/);
  assert.match(
    await container({ REMOTE_CONTAINERS: 'true' }),
    /a dev container: .*\n.*"shutdownAction": "none"/,
  );
  assert.match(await container({ CODESPACES: 'true' }), /a codespace: .*\n.*idle timeout/);
});
