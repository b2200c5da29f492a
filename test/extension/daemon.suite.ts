import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { SessionInfo } from '../../daemon/client';
import type { DaemonStatus } from '../../daemon/protocol/daemon';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import { begin, clean, daemon, end, run, screenShows, sessions, temporaryFolder, terminal } from './harness';

describe('commands on the daemon', () => {
  const folder = temporaryFolder();

  before(begin);
  after(async () => {
    await clean();
    folder.dispose();
    await end();
  });

  it('Show Daemon Status tells of the daemon that runs', async () => {
    await run(Command.NEW_SESSION, { name: 'counted', cwd: folder.path, attach: false });
    const status = await run<DaemonStatus.Result>(Command.SHOW_DAEMON_STATUS);
    assert.equal(status.sessions, 1);
    assert.ok(status.pid > 0);
  });

  it('Show Log opens without a question when told which', async () => {
    await run(Command.SHOW_LOG, 'extension');
  });

  it('Restart Daemon replaces the daemon under running programs', async () => {
    await run<SessionInfo>(Command.NEW_SESSION, { name: 'survivor', cwd: folder.path });
    const tab = await terminal('survivor');
    tab.sendText('secret=$((6*7))');
    await screenShows('survivor', /secret=/);
    const before = (await daemon()).endpoint?.pid;
    await run(Command.RESTART_DAEMON);
    await poll(async () => (await sessions()).length > 0 && (await daemon()).endpoint?.pid !== before, {
      what: 'another daemon',
    });
    tab.sendText('echo "still $secret"');
    await screenShows('survivor', /^still 42$/m);
  });

  it('Install Command links a command that works outside the editor', async () => {
    const { HOME: home, PATH: path } = process.env;
    const bin = join(folder.path, '.local/bin');
    mkdirSync(bin, { recursive: true });
    process.env['HOME'] = folder.path;
    process.env['PATH'] = `${bin}:${path}`;
    try {
      const link = await run<string>(Command.INSTALL_COMMAND);
      assert.equal(link, join(bin, 'holdfast'));
      const target = readlinkSync(link);
      assert.ok(target.startsWith(`${process.env['HOLDFAST_DATA_DIR']}/`), 'survives the extension');
      assert.match(target, /\/bin\/holdfast$/);
      const printed = execFileSync(link, ['--json', 'ls'], { encoding: 'utf8' });
      const names = JSON.parse(printed).sessions.map(({ name }: SessionInfo) => name);
      assert.ok(names.includes('survivor'));
    } finally {
      Object.assign(process.env, { HOME: home, PATH: path });
    }
  });
});
