import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Workbench } from '../editor/workbench';
import { poll } from '../support/poll';
import { Journey } from './journey';

const SKIP = {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
};

describe('what a session knows of its window', SKIP, () => {
  let journey: Journey;
  let servers: Server[];
  /** What is asked again is told apart by it from what was asked before. */
  let turns = 0;
  beforeEach(async () => {
    servers = [];
    journey = await Journey.begin();
  });
  afterEach(async () => {
    for (const server of servers) {
      server.close();
    }
    await journey.dispose();
  });

  /** Opens a file by VS Code's own command, as people do in a terminal: `code FILE`, here under code-server's name. */
  const openFile = async (window: Workbench, name: string): Promise<void> => {
    writeFileSync(join(journey.project, name), `this is ${name}\n`);
    await window.type(`code-server ${name}\r`);
    await window.page.locator('.tab', { hasText: name }).first().waitFor();
  };

  it('`code FILE` opens it in the window that shows the session, also after the editor was killed', async () => {
    const window = await journey.openEditor();
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
    assert.equal((await window.terminalNames()).length, 1, 'the terminal that was asked shows nowhere');
    await openFile(window, 'first.txt');
    await window.close();
    await journey.killEditor();
    const again = await journey.openEditor();
    await again.terminalShows(/code-server first/);
    await openFile(again, 'second.txt');
  });

  it('`code`, git’s questions and the ssh agent reach the window that shows it, also one of other folders with another agent', async () => {
    // Once git's extension shows the branch, terminals have what git asks by.
    execFileSync('git', ['init', '--quiet', '--initial-branch=trunk'], { cwd: journey.project });
    const branch = (window: Workbench): Promise<void> =>
      window.page.locator('.statusbar-item', { hasText: 'trunk' }).first().waitFor();
    const first = await agent('first');
    const window = await journey.openEditor();
    await branch(window);
    await window.run('Holdfast: New Session');
    await window.terminalShows(/[$#] *$/);
    await asksAgent(window, 'first');
    await asksPassword(window, 'open-sesame');
    const [session = assert.fail('there is no session')] = await journey.sessions();
    await window.close();
    await journey.killEditor();
    first.close();

    await agent('second');
    const folder = join(dirname(journey.project), 'elsewhere');
    mkdirSync(folder);
    const other = await journey.openEditor({ folder });
    await other.run('Holdfast: Attach');
    await other.answer(session.name);
    await other.terminalShows(/got open-sesame/);
    await asksAgent(other, 'second');
    await openFile(other, 'found.txt');
    await asksPassword(other, 'let-me-in');
  });

  /** An ssh agent that says its name to whoever comes; editors that are started from now on have it. */
  const agent = async (name: string): Promise<Server> => {
    const path = join(dirname(journey.project), `${name}.agent`);
    const server = createServer((connection) => connection.end(`agent ${name}\n`)).listen(path);
    servers.push(server);
    await once(server, 'listening');
    journey.environment['SSH_AUTH_SOCK'] = path;
    return server;
  };

  /** The link leads to the window a moment after the session is shown: what asks is asked again. */
  const asksAgent = async (window: Workbench, name: string): Promise<void> => {
    const ask = `node -e 'require("net").connect(process.env.SSH_AUTH_SOCK).on("error", (e) => console.log(e.code)).pipe(process.stdout)'`;
    await poll(
      async () => {
        const turn = ++turns;
        await window.type(`clear; ${ask}; echo asked-$((${turn}))\r`);
        const rows = await window.terminalShows(new RegExp(`^asked-${turn}$`));
        return rows.includes(`agent ${name}`);
      },
      { timeoutMs: 30_000, what: `the agent ${name} to answer`, state: () => window.described() },
    );
  };

  /** As git does for a remote that wants a password: a box in the window, whose answer git gets. */
  const asksPassword = async (window: Workbench, password: string): Promise<void> => {
    const question = `"$GIT_ASKPASS" "Password for 'https://ann@example.test': "`;
    const input = window.page.locator('.quick-input-widget input');
    const rows = (): Promise<string[]> => window.terminalRows();
    await poll(
      async () => {
        const turn = ++turns;
        await window.type(`clear; echo "got $(${question} 2>&1)."; echo asked-$((${turn}))\r`);
        await poll(
          async () => {
            if (await input.isVisible()) {
              await input.fill(password, { timeout: 2000 }).catch(() => undefined);
              await input.press('Enter', { timeout: 2000 }).catch(() => undefined);
            }
            return (await rows()).includes(`asked-${turn}`);
          },
          { timeoutMs: 30_000, what: 'git to be answered', state: () => window.described() },
        );
        return (await rows()).includes(`got ${password}.`);
      },
      { timeoutMs: 60_000, what: 'git to get the password', state: () => window.described() },
    );
  };
});
