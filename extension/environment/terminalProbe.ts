import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Terminal, window } from 'vscode';
import { ensurePrivateFolder, newSocketPath, PROBE_SOCKET } from '../../daemon/client';

/** VS Code needs 160–270 ms; beyond this a new session does not wait for what other extensions add. */
const PROBE_TIMEOUT_MS = 3000;
/** Through a socket and not through a file: the environment may hold secrets, and whoever dies here leaves none behind. */
const SCRIPT = 'require("net").connect(process.argv[1]).end(JSON.stringify(process.env))';

/**
 * The environment that VS Code gives its own terminals, with what settings and all extensions add to it. No API tells;
 * a terminal that nobody sees does: it runs this host's own Node for a moment, which says what it was given.
 * @param runtimeDir nobody else may enter it, and a daemon that starts removes what a killed host leaves there
 * @throws Error when it says nothing in time
 */
export const probeTerminal = async (runtimeDir: string): Promise<Readonly<Record<string, string>>> => {
  ensurePrivateFolder(runtimeDir);
  const address = newSocketPath(runtimeDir, PROBE_SOCKET);
  const server = createServer();
  try {
    server.listen(address);
    await once(server, 'listening');
    const told = new Promise<string>((resolve, reject) => {
      server.once('connection', (socket) => text(socket).then(resolve, reject));
      setTimeout(
        () => reject(new Error(`VS Code told no environment within ${PROBE_TIMEOUT_MS} ms`)),
        PROBE_TIMEOUT_MS,
      ).unref();
    });
    const terminal = window.createTerminal({
      name: 'Holdfast',
      hideFromUser: true,
      isTransient: true,
      shellPath: process.execPath,
      shellArgs: ['-e', SCRIPT, address],
      cwd: runtimeDir,
      env: { ELECTRON_RUN_AS_NODE: '1' },
    });
    try {
      return JSON.parse(await told) as Record<string, string>;
    } finally {
      terminal.dispose();
    }
  } finally {
    // Takes the socket's file away.
    server.close();
  }
};

/** Whether a terminal is one of these, of whatever extension: nobody sees it, so it is none of people's. */
export const isHidden = ({ creationOptions }: Terminal): boolean =>
  'hideFromUser' in creationOptions && creationOptions.hideFromUser === true;
