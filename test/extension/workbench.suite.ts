import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, env, extensions, TabInputTerminal, type Terminal, window, workspace } from 'vscode';
import { EXTENSION_ID } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  configure,
  creatorIn,
  noTerminal,
  screenShows,
  session,
  sessions,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';

const PREFIX = 'workbench.action.terminal.';
const ENVIRONMENT = 'terminal.integrated.env.linux';
const NAME = 'bench';
const UNTOUCHED = 'nothing was copied';

type Drive = (shown: Terminal) => Promise<unknown>;

/** One of VS Code's commands, by the end of its id. */
const vscode = (command: string, ...args: readonly unknown[]): Promise<unknown> =>
  Promise.resolve(commands.executeCommand(PREFIX + command, ...args));

const select = async (command: string): Promise<string> => {
  await vscode(command);
  return copied('copySelection');
};

/** What a command brings to the clipboard. */
const copied = async (command: string): Promise<string> => {
  await env.clipboard.writeText(UNTOUCHED);
  await vscode(command);
  return env.clipboard.readText();
};

/** What a command is to bring to the clipboard, at once or as soon as the terminal shows it. */
const copies = (pattern: RegExp, copy: () => Promise<string>): Promise<string> => {
  let last = '';
  return poll(
    async () => {
      last = await copy();
      return pattern.test(last) ? last : undefined;
    },
    { what: `${pattern} to be copied`, state: () => last },
  );
};

const cols = async (): Promise<number> => (await session(NAME)).terminals[0]?.cols ?? 0;
const colsAre = (what: string, holds: (now: number) => boolean): Promise<number> => {
  let now = 0;
  return poll(
    async () => {
      now = await cols();
      return holds(now) ? now : undefined;
    },
    { what, state: () => now },
  );
};
const inEditor = (): number =>
  window.tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ input }) => input instanceof TabInputTerminal)
    .length;

/** The program is told of the size that the zoom leaves it, and of another one when the zoom ends. */
const zooms = async (command: string, holds: (now: number, before: number) => boolean): Promise<void> => {
  const before = await cols();
  await vscode(command);
  await vscode(command);
  const zoomed = await colsAre('the program to be told of the zoom', (now) => holds(now, before));
  await vscode('fontZoomReset');
  await colsAre('the program to be told of the end of the zoom', (now) => holds(zoomed, now));
};

/** Leaves the terminal, not its session. */
const closes =
  (command: string): Drive =>
  async () => {
    // It waits for all terminals to say that they have exited, which one that is closed at the same time may never do.
    await Promise.race([vscode(command), noTerminal(NAME)]);
    await noTerminal(NAME);
    assert.equal((await viewers(NAME, 0)).state, 'running');
  };

/** Puts the terminal beside another one and goes there by the command. */
const goesTo =
  (command: string): Drive =>
  async (shown) => {
    const other = await creator('other').then(() => terminal('other'));
    other.show();
    await poll(() => window.activeTerminal === other, { what: 'the other terminal to be in front' });
    await poll(
      async () => {
        await vscode(command);
        return window.activeTerminal === shown;
      },
      { what: `${command} to go to the other terminal`, state: () => window.activeTerminal?.name },
    );
  };

const folder = temporaryFolder();
const creator = creatorIn(folder.path);

/** What is done to each, and what must come of it: commands that the table says are tried in an extension host. */
const DRIVES: Readonly<Record<string, Drive>> = {
  selectAll: () => copies(/marker-\d/, () => select('selectAll')),
  copySelection: () => copies(/echo marker-\$/, () => select('selectAll')),
  clearSelection: async () => {
    await copies(/marker/, () => select('selectAll'));
    await vscode('clearSelection');
    assert.equal(await copied('copySelection'), UNTOUCHED);
  },
  copyAndClearSelection: async () => {
    await vscode('selectAll');
    await copies(/marker/, async () => {
      await vscode('selectAll');
      return copied('copyAndClearSelection');
    });
    assert.equal(await copied('copySelection'), UNTOUCHED);
  },
  copyLastCommand: () => copies(/^echo marker-\$\(\(6 \* 7\)\)$/, () => copied('copyLastCommand')),
  copyLastCommandOutput: () => copies(/^marker-42\s*$/, () => copied('copyLastCommandOutput')),
  copyLastCommandAndLastCommandOutput: () =>
    copies(/echo marker-.*\n+marker-42/, () => copied('copyLastCommandAndLastCommandOutput')),
  selectToPreviousCommand: () => copies(/marker/, () => select('selectToPreviousCommand')),
  selectToPreviousLine: () => copies(/\S/, () => select('selectToPreviousLine')),
  clear: async () => {
    // What VS Code has not drawn yet comes behind it.
    await poll(
      async () => {
        await vscode('clear');
        return !/marker-42/.test(await select('selectAll'));
      },
      { what: 'the text to be gone' },
    );
  },
  sendSequence: async () => {
    await vscode('sendSequence', { text: 'echo sent-$((1 + 1))\r' });
    await screenShows(NAME, /^sent-2$/m);
  },
  paste: async () => {
    await env.clipboard.writeText('echo pasted-$((1 + 2))');
    await vscode('paste');
    await screenShows(NAME, /echo pasted-/);
    await vscode('sendSequence', { text: '\r' });
    await screenShows(NAME, /^pasted-3$/m);
  },
  runSelectedText: async () => {
    await window.showTextDocument(
      await workspace.openTextDocument({ content: 'echo selected-$((2 + 2))\n' }),
    );
    await commands.executeCommand('editor.action.selectAll');
    await vscode('runSelectedText');
    await screenShows(NAME, /^selected-4$/m);
  },
  runActiveFile: async () => {
    const file = join(folder.path, 'run-me.sh');
    writeFileSync(file, '#!/bin/sh\necho ran-$((2 + 3))\n', { mode: 0o755 });
    await window.showTextDocument(await workspace.openTextDocument(file));
    await vscode('runActiveFile');
    await screenShows(NAME, /^ran-5$/m);
  },
  renameWithArg: async () => {
    await vscode('renameWithArg', { name: 'called otherwise' });
    await poll(() => window.terminals.some(({ name }) => name === 'called otherwise'), {
      what: 'the tab to have the name',
      state: () => window.terminals.map(({ name }) => name),
    });
  },
  fontZoomIn: () => zooms('fontZoomIn', (now, before) => now < before),
  fontZoomOut: () => zooms('fontZoomOut', (now, before) => now > before),
  fontZoomReset: () => zooms('fontZoomIn', (now, before) => now < before),
  split: async () => {
    const before = window.terminals.length;
    await vscode('split');
    await poll(() => window.terminals.length === before + 1, { what: 'another terminal' });
    assert.equal((await sessions()).length, 1, 'it is one of the default profile, no session');
  },
  moveToEditor: async () => {
    await vscode('moveToEditor');
    await poll(() => inEditor() === 1, { what: 'the terminal to be an editor' });
    await viewers(NAME, 1);
    await vscode('moveToTerminalPanel');
    await poll(() => inEditor() === 0, { what: 'the terminal to be in the panel' });
  },
  moveToTerminalPanel: async () => {
    await vscode('moveToEditor');
    await poll(() => inEditor() === 1, { what: 'the terminal to be an editor' });
    await vscode('moveToTerminalPanel');
    await poll(() => inEditor() === 0, { what: 'the terminal to be in the panel' });
    await vscode('sendSequence', { text: 'echo back-$((3 + 3))\r' });
    await screenShows(NAME, /^back-6$/m);
  },
  openFileLink: async () => {
    const file = join(folder.path, 'linked.txt');
    writeFileSync(file, 'a line\n');
    await vscode('sendSequence', { text: `echo ${file}\r` });
    await screenShows(NAME, /^\/.*linked\.txt$/m);
    await poll(
      async () => {
        await vscode('openFileLink');
        return window.activeTextEditor?.document.fileName === file;
      },
      { what: 'the file to be opened', state: () => window.activeTextEditor?.document.fileName },
    );
  },
  focusNext: goesTo('focusNext'),
  focusPrevious: goesTo('focusPrevious'),
  focusAtIndex1: goesTo('focusAtIndex1'),
  relaunch: async (shown) => {
    const { pid } = (await session(NAME)).terminals[0] ?? assert.fail();
    await vscode('relaunch');
    const anew = await poll(() => window.terminals.find((one) => one.name === NAME && one !== shown), {
      what: 'another tab in the place of the one that is dead',
      state: () => window.terminals.map(({ name }) => name),
    });
    await poll(() => !window.terminals.includes(shown), { what: 'the dead tab to go' });
    await poll(() => window.activeTerminal === anew, { what: 'the new tab to be in front' });
    assert.equal((await viewers(NAME, 1)).terminals[0]?.pid, pid, 'the program goes on');
    await vscode('sendSequence', { text: 'echo after-$((3 + 4))\r' });
    await screenShows(NAME, /^after-7$/m);
  },
  kill: closes('kill'),
  killAll: closes('killAll'),
  killViewOrEditor: closes('killViewOrEditor'),
  detachSession: closes('detachSession'),
};

/** What VS Code does not tell an extension of: nothing happens to the session. */
const REFUSALS: Readonly<Record<string, Drive>> = {
  sendSignal: async () => {
    await vscode('sendSignal', { signal: 'SIGKILL' });
    await vscode('sendSequence', { text: 'echo alive-$((3 + 4))\r' });
    await screenShows(NAME, /^alive-7$/m);
    await viewers(NAME, 1);
  },
};

describe("the table of VS Code's own commands for terminals", () => {
  const table = (): ReadonlyMap<string, string> => {
    const root = extensions.getExtension(EXTENSION_ID)?.extensionPath ?? '';
    const text = readFileSync(join(root, 'docs/WORKBENCH.md'), 'utf8');
    const rows = [...text.matchAll(/^\| (`[^|]+`) \| ([^|]+) \|/gm)];
    return new Map(
      rows.flatMap(([, ids = '', what = '']) =>
        [...ids.matchAll(/`([\w.]+)`/g)].map(([, id = '']) => [id, what.trim()] as const),
      ),
    );
  };

  it('has each of them, and no other', async () => {
    const there = (await commands.getCommands(true))
      .filter((id) => id.startsWith(PREFIX))
      .map((id) => id.slice(PREFIX.length));
    const told = table();
    assert.deepEqual(
      {
        missing: there.filter((id) => !told.has(id)).sort(),
        gone: [...told.keys()].filter((id) => !there.includes(id)).sort(),
      },
      { missing: [], gone: [] },
    );
  });

  it('says of no other that it works than those that are tried here', () => {
    const tried = [...table()].filter(([, what]) => what.startsWith('works')).map(([id]) => id);
    assert.deepEqual(tried.sort(), Object.keys(DRIVES).sort());
    for (const id of Object.keys(REFUSALS)) {
      assert.equal(table().get(id), 'not for extensions', id);
    }
  });
});

describe("VS Code's own commands for terminals", () => {
  before(async () => {
    await begin();
    await configure('holdfast.shell.args', []);
    // Without the machine's own start-up files.
    await configure(ENVIRONMENT, { HOME: folder.path });
  });
  afterEach(async () => {
    await commands.executeCommand('workbench.action.closeAllEditors');
    await clean();
  });
  after(async () => {
    await configure(ENVIRONMENT, undefined);
    await configure('terminal.integrated.fontSize', undefined);
    await configure('holdfast.shell.args', ['--noprofile', '--norc']);
    folder.dispose();
  });

  for (const [id, drive] of Object.entries({ ...DRIVES, ...REFUSALS })) {
    it(`do what the table says: ${id}`, async () => {
      await creator(NAME);
      const shown = await terminal(NAME);
      shown.show();
      await poll(() => window.activeTerminal === shown && shown.shellIntegration !== undefined, {
        what: 'the terminal to be in front, with its shell integration',
      });
      await vscode('sendSequence', { text: 'echo marker-$((6 * 7))\r' });
      await screenShows(NAME, /^marker-42$/m);
      await drive(shown);
    });
  }
});
