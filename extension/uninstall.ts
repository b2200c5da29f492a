/**
 * Run by VS Code with plain Node after the extension was removed (`vscode:uninstall`). A daemon with nothing to do
 * leaves; one with living sessions stays, because they are the user's: `holdfast daemon stop --force` ends them.
 */
import { stopDaemon } from '../daemon/client';
import { HoldfastError } from '../daemon/protocol/errors';

stopDaemon({ kind: 'vscode' }, 'if-idle').catch((error: unknown) => {
  const { code, message } = HoldfastError.from(error);
  if (code !== 'SESSIONS_RUNNING' && code !== 'DAEMON_UNAVAILABLE') {
    console.error(`holdfast: ${message}`);
  }
});
