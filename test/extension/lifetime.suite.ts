import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { env, window } from 'vscode';
import { Emitter } from '../../daemon/lifecycle/event';
import { HoldfastError } from '../../daemon/protocol/errors';
import { LifetimeNotice } from '../../extension/lifetime/lifetimeNotice';
import { poll } from '../support/poll';

const NEVER = 'Don’t Show Again';

describe('the notice of what ends sessions here', () => {
  const { showWarningMessage, showInformationMessage } = window;
  const { PATH, HOLDFAST_SYSTEM_ROOT } = process.env;
  let folder: string;
  let told: string[] = [];
  let errors: string[] = [];
  let answer: string | undefined;
  let notices: LifetimeNotice[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hf-life-'));
    process.env['HOLDFAST_SYSTEM_ROOT'] = folder;
    [told, errors, answer, notices] = [[], [], undefined, []];
    const show = async (text: string, ...buttons: readonly string[]): Promise<string | undefined> => {
      told.push(`${text} [${buttons.join(', ')}]`);
      return answer;
    };
    Object.assign(window, { showWarningMessage: show, showInformationMessage: show });
  });
  afterEach(() => {
    for (const notice of notices) {
      notice.dispose();
    }
    Object.assign(window, { showWarningMessage, showInformationMessage });
    Object.assign(process.env, { PATH, HOLDFAST_SYSTEM_ROOT });
    rmSync(folder, { recursive: true });
  });

  const put = (path: string, text = ''): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  /** A window of a machine, in which a session has been attached twice. */
  const openWindow = async (): Promise<void> => {
    const attached = new Emitter<void>();
    let looks = 0;
    const notice = new LifetimeNotice(
      {
        dataDir: join(folder, 'data/machine'),
        log: { warn: (text: string) => errors.push(text) },
        notices: { error: (error: unknown) => errors.push(HoldfastError.from(error).message) },
        page: {
          get answered() {
            looks++;
            return Promise.resolve();
          },
        },
      },
      join(folder, 'storage'),
      attached.event,
    );
    notices.push(notice);
    attached.fire();
    attached.fire();
    assert.equal(looks, 1);
  };
  const notified = (count: number): Promise<boolean> =>
    poll(() => told.length === count, { what: `${count} notices`, state: () => ({ told, errors }) });
  /** Notices come in order: once the second machine's has come, the first one's would have. */
  const settled = async (): Promise<void> => {
    const before = told.length;
    put('/run/.containerenv');
    await openWindow();
    await notified(before + 1);
    rmSync(join(folder, '/run/.containerenv'));
  };

  it('is shown by one window, once, and offers a setting for a container that stops', async () => {
    put('/.dockerenv');
    await openWindow();
    await notified(1);
    await openWindow();
    await settled();
    assert.equal(told.length, 2, told.join('\n'));
    assert.match(told[0] ?? '', /^Your sessions end when this container stops.* \[Don’t Show Again\]$/);
    assert.deepEqual(errors, []);
  });

  it('says nothing where nothing ends sessions', async () => {
    await openWindow();
    await settled();
    assert.equal(told.length, 1, told.join('\n'));
  });

  it('copies what a dev container needs to go on', async () => {
    process.env['REMOTE_CONTAINERS'] = 'true';
    try {
      answer = 'Copy Setting';
      await openWindow();
      await notified(1);
    } finally {
      delete process.env['REMOTE_CONTAINERS'];
    }
    await poll(async () => (await env.clipboard.readText()) === '"shutdownAction": "none"', {
      what: 'the setting on the clipboard',
    });
  });

  it('copies the command that puts the daemon out of reach of KillUserProcesses', async () => {
    put('/proc/self/cgroup', '0::/user.slice/user-1000.slice/session-3.scope\n');
    put('/etc/systemd/logind.conf', '[Login]\nKillUserProcesses=yes\nKillExcludeUsers=\n');
    answer = 'Copy Command';
    await openWindow();
    await notified(1);
    assert.match(
      told[0] ?? '',
      /KillUserProcesses=yes, session-3\.scope.*\[Copy Command, Don’t Show Again\]$/,
    );
    await poll(
      async () =>
        (await env.clipboard.readText()) ===
        'loginctl enable-linger && systemd-run --user --scope holdfast daemon start',
      { what: 'the command on the clipboard' },
    );
  });

  it('enables lingering, and says so, or why not', async () => {
    put('/proc/self/cgroup', '0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.scope\n');
    const asked = join(folder, 'asked');
    put('/bin/loginctl', `#!/bin/sh\necho "$@" >> '${asked}'\nexec test "$(wc -l < '${asked}')" -gt 1\n`);
    chmodSync(join(folder, 'bin/loginctl'), 0o755);
    process.env['PATH'] = `${join(folder, 'bin')}${delimiter}${PATH}`;
    answer = 'Enable Lingering';
    await openWindow();
    await poll(() => errors.length === 1, { what: 'the refusal', state: () => told });
    assert.match(errors[0] ?? '', /^lingering could not be enabled: /);
    assert.match(told[0] ?? '', /user@1000\.service.*\[Enable Lingering, Copy Command, Don’t Show Again\]$/);
    rmSync(join(folder, 'storage'), { recursive: true });
    await openWindow();
    await notified(3);
    assert.match(told[2] ?? '', /^Your sessions now go on when you log out\./);
    assert.equal(readFileSync(asked, 'utf8'), 'enable-linger\nenable-linger\n');
  });

  it('is never shown again once somebody has said so, whatever starts anew', async () => {
    put('/.dockerenv');
    answer = NEVER;
    await openWindow();
    await notified(1);
    const storage = join(folder, 'storage/told/machine');
    await poll(() => readsAsFile(join(storage, 'docker.never')), { what: 'that to be noted' });
    // As after a start of the container, whose first process is another one then.
    rmSync(join(folder, 'storage'), { recursive: true });
    put('storage/told/machine/docker.never');
    await openWindow();
    await settled();
    assert.equal(told.length, 2, told.join('\n'));
  });
});

const readsAsFile = (path: string): boolean => {
  try {
    return readFileSync(path, 'utf8') === '';
  } catch {
    return false;
  }
};
