import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Terminal, window } from 'vscode';

/** VS Code needs 160–270 ms; beyond this a new session does not wait for what other extensions add. */
const PROBE_TIMEOUT_MS = 3000;
/** Readable by the user alone, as the environment may hold secrets. */
const SCRIPT = 'require("fs").writeFileSync(process.argv[1], JSON.stringify(process.env), { mode: 0o600 })';

/**
 * The environment that VS Code gives its own terminals, with what settings and all extensions add to it. No API tells;
 * a terminal that nobody sees does: it runs this host's own Node for a moment, which writes down what it was given.
 * @throws Error when it says nothing in time
 */
export const probeTerminal = async (): Promise<Readonly<Record<string, string>>> => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-env-'));
  const file = join(folder, 'environment.json');
  const terminal = window.createTerminal({
    name: 'Holdfast',
    hideFromUser: true,
    isTransient: true,
    shellPath: process.execPath,
    shellArgs: ['-e', SCRIPT, file],
    cwd: folder,
    env: { ELECTRON_RUN_AS_NODE: '1' },
  });
  try {
    await closed(terminal);
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  } finally {
    terminal.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
};

const closed = (terminal: Terminal): Promise<void> =>
  new Promise((resolve, reject) => {
    const subscription = window.onDidCloseTerminal((other) => {
      if (other === terminal) {
        clearTimeout(timer);
        subscription.dispose();
        resolve();
      }
    });
    const timer = setTimeout(() => {
      subscription.dispose();
      reject(new Error(`VS Code told no environment within ${PROBE_TIMEOUT_MS} ms`));
    }, PROBE_TIMEOUT_MS);
  });

/** Whether a terminal is one of these, of whatever extension: nobody sees it, so it is none of people's. */
export const isHidden = ({ creationOptions }: Terminal): boolean =>
  'hideFromUser' in creationOptions && creationOptions.hideFromUser === true;
