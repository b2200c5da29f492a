import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { processState } from '../../daemon/platform/processIdentity';
import { poll } from '../support/poll';
import { DIST, TestDaemon } from '../support/testDaemon';

const run = promisify(execFile);

describe('removing the extension', () => {
  let daemon: TestDaemon;

  beforeEach(async () => {
    daemon = await TestDaemon.start();
  });

  afterEach(() => daemon.dispose());

  const uninstall = (): Promise<unknown> =>
    run(process.execPath, [join(DIST, 'uninstall.js')], { env: { ...process.env, ...daemon.environment } });

  it('stops a daemon that has nothing to do, and is content with none', async () => {
    const { pid } = await daemon.endpoint();
    await uninstall();
    await poll(() => processState(pid, null) === 'dead', { what: 'the daemon to leave' });
    await uninstall();
  });

  it('leaves living sessions alone', async () => {
    const peer = await daemon.connect();
    await daemon.shell(peer, 'living');
    await uninstall();
    await daemon.type(peer, 'living', 'echo still-$((40+2))');
    await daemon.screen(peer, 'living', (text) => text.includes('still-42'));
  });
});
