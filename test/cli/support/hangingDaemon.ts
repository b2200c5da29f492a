import path from 'node:path';
import { CLIENT_VERSION } from '../../../daemon/client/program';
import { GenerationLock } from '../../../daemon/platform/generationLock';
import { writePrivateFile } from '../../../daemon/platform/privateFile';
import { ownIdentity } from '../../../daemon/platform/processIdentity';
import { newToken } from '../../../daemon/platform/secrets';
import { newSocketPath } from '../../../daemon/platform/socketPath';
import { DaemonShutdown } from '../../../daemon/protocol/daemon';
import { ENDPOINT_FILE, type EndpointRecord, LOCK_PREFIX } from '../../../daemon/protocol/endpoint';
import { PROTOCOL } from '../../../daemon/protocol/hello';
import { listen } from '../../../daemon/transport/accept';
import { RpcPeer } from '../../../daemon/transport/rpc';

/**
 * A process that holds the lock of a data folder and says that it serves it, as a daemon does, and that falls into an endless loop
 * when it is asked to leave: `hangingDaemon.ts DATA_DIR RUNTIME_DIR`. It says `ready` once it can be found.
 */
const main = async ([dataDir = '', runtimeDir = '']: readonly string[]): Promise<void> => {
  process.on('SIGTERM', () => undefined);
  while (GenerationLock.acquire(dataDir, LOCK_PREFIX) === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const token = newToken();
  const socket = newSocketPath(runtimeDir, 'd-');
  await listen({
    path: socket,
    token,
    version: CLIENT_VERSION,
    onControl: (accepted) => {
      const peer = new RpcPeer(accepted.socket);
      peer.handle(DaemonShutdown.type, () => {
        for (;;) {
          // Nothing else comes to its turn.
        }
      });
      peer.listen();
    },
  });
  const record: EndpointRecord = {
    ...ownIdentity(),
    socket,
    token,
    version: CLIENT_VERSION,
    buildId: 'hangs',
    protocol: PROTOCOL,
    startedAt: Date.now(),
  };
  writePrivateFile(path.join(dataDir, ENDPOINT_FILE), JSON.stringify(record));
  process.stdout.write('ready\n');
};

void main(process.argv.slice(2));
