import assert from 'node:assert/strict';
import { type Terminal, type TerminalShellExecution, type TerminalShellIntegration, window } from 'vscode';
import { Command } from '../../extension/contributions';
import { poll } from '../support/poll';
import {
  begin,
  clean,
  configure,
  creatorIn,
  noTerminal,
  run,
  temporaryFolder,
  terminal,
  viewers,
} from './harness';

const ENVIRONMENT = 'terminal.integrated.env.linux';

/** What VS Code tells other extensions of a command that has ended. */
interface Ended {
  readonly line: string;
  readonly isTrusted: boolean;
  readonly exitCode: number | undefined;
}

describe('the shell integration of a session in VS Code', () => {
  const folder = temporaryFolder();
  const create = creatorIn(folder.path);

  before(async () => {
    await begin();
    await configure('holdfast.shell.args', []);
    // Without the machine's own start-up files.
    await configure(ENVIRONMENT, { HOME: folder.path });
  });
  afterEach(clean);
  after(async () => {
    await configure(ENVIRONMENT, undefined);
    folder.dispose();
  });

  const integrated = (of: Terminal): Promise<TerminalShellIntegration> =>
    poll(() => of.shellIntegration, { what: `${of.name} to have shell integration` });

  /** Has something run in a terminal. @returns what VS Code tells of the command that ends next there */
  const ran = async (where: Terminal, act: () => TerminalShellExecution | undefined): Promise<Ended> => {
    let started: TerminalShellExecution | undefined;
    const ended: Ended[] = [];
    const subscription = window.onDidEndTerminalShellExecution(({ terminal: of, execution, exitCode }) => {
      if (of === where && (started === undefined || execution === started)) {
        const { value, isTrusted } = execution.commandLine;
        ended.push({ line: value, isTrusted, exitCode });
      }
    });
    try {
      started = act();
      return await poll(() => ended[0], { what: 'the command to end' });
    } finally {
      subscription.dispose();
    }
  };

  /** What extensions and people can rely on in one tab. */
  const works = async (tab: Terminal): Promise<void> => {
    const integration = await integrated(tab);
    const execute = (line: string): Promise<Ended> => ran(tab, () => integration.executeCommand(line));
    assert.deepEqual(await execute('true'), { line: 'true', isTrusted: true, exitCode: 0 });
    assert.deepEqual(await execute('(exit 7)'), { line: '(exit 7)', isTrusted: true, exitCode: 7 });
    const line = `printf 'a;b\\n%s' no-newline; false`;
    assert.deepEqual(await execute(line), { line, isTrusted: true, exitCode: 1 });
    const typed = await ran(tab, () => {
      tab.sendText('test "a;b" = "\\\\"');
      return undefined;
    });
    assert.deepEqual(typed, { line: 'test "a;b" = "\\\\"', isTrusted: true, exitCode: 1 });
  };

  it('runs commands, tells how they end, and trusts their lines', async () => {
    await create('fresh');
    await viewers('fresh', 1);
    await works(await terminal('fresh'));
  });

  it('does so too in a tab that is opened later', async () => {
    await create('left');
    await viewers('left', 1);
    await works(await terminal('left'));
    await run(Command.DETACH, 'left');
    await noTerminal('left');
    await run(Command.ATTACH, 'left');
    await viewers('left', 1);
    await works(await terminal('left'));
  });

  it('trusts no line that a program prints, and the next one of the shell again', async () => {
    await create('printed');
    const tab = await terminal('printed');
    await integrated(tab);
    const forged = await ran(tab, () => {
      tab.sendText(`printf '\\e]633;E;rm -rf /;guessed\\a\\e]633;C\\a\\e]633;D;0\\a'`);
      return undefined;
    });
    assert.equal(forged.isTrusted, false);
    await works(tab);
  });
});
