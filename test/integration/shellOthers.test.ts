import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TerminalInfo } from '../../daemon/protocol/model';
import { poll } from '../support/poll';
import { absent, ShellRoom, type ShellSession } from './shellFixture';

const notRunning = (shell: ShellSession): Promise<TerminalInfo> =>
  poll(
    async () => {
      const info = await shell.info();
      return info.currentCommand === null ? info : undefined;
    },
    { what: 'nothing to run', state: () => shell.info() },
  );

/** What users and their frameworks do to prompts and hooks: all of it goes on working, and commands are still told. */
describe('bash beside what else hooks into it', () => {
  let room: ShellRoom;
  before(async () => {
    room = await ShellRoom.open();
  });
  after(() => room.dispose());

  const bash = (name: string, bashrc: string) =>
    room.shell(name, { command: ['bash'], files: { '.bashrc': `PS1='ready> '\n${bashrc}\n` } });

  test('PROMPT_COMMAND as a text, as a list, and set anew at the prompt', async () => {
    const shell = await bash('text', "PROMPT_COMMAND='echo status:$? # a comment'");
    assert.match((await shell.run('(exit 3)')).text, /status:3/);
    const lists = await bash('list', "PROMPT_COMMAND=('echo one:$?' 'echo two:$?')");
    assert.match((await lists.run('(exit 4)')).text, /one:4[\s\S]*two:4/);
    const anew = await bash('anew', "PROMPT_COMMAND='echo old'");
    assert.equal((await anew.run("PROMPT_COMMAND='echo new:$?'")).status, '0');
    const { text, status } = await anew.run('(exit 5)');
    assert.match(text, /new:5/);
    assert.doesNotMatch(text, /old/);
    assert.equal(status, '5');
    assert.equal((await anew.run('PROMPT_COMMAND="echo before; $PROMPT_COMMAND"')).status, '0');
    assert.equal((await anew.run('(exit 6)')).status, '6');
  });

  /** What leaves nothing of Holdfast's in it. */
  const takesOver = [
    ['as a list', "PROMPT_COMMAND=('echo list:$?')"],
    ['as a list of nothing', 'PROMPT_COMMAND=()'],
    ['taken away', 'unset PROMPT_COMMAND'],
    ['as a list, under set -u', "set -u; PROMPT_COMMAND=('echo list:$?')"],
  ] as const;
  for (const [how, line] of takesOver) {
    test(`PROMPT_COMMAND set anew at the prompt ${how}: that command has ended too, and the next ones are told`, async () => {
      const shell = await bash(`anew-${how.replaceAll(/[^a-z]+/gi, '-')}`, "PROMPT_COMMAND='echo old'");
      const taken = await shell.run(line);
      assert.deepEqual([taken.status, taken.line], ['0', line]);
      assert.doesNotMatch(taken.text, /__hf|old|unbound/);
      await notRunning(shell);
      // Right away one that is kept out of the history: it is not taken for the one before.
      await shell.run('HISTCONTROL=ignorespace');
      assert.equal((await shell.run(line)).status, '0');
      const secret = await shell.run(' (exit 4)');
      assert.deepEqual(
        [secret.status, secret.line],
        ['4', line],
        'only to be held against what stands behind the prompt',
      );
      for (const status of ['5', '6']) {
        const { text, ...ran } = await shell.run(`cd /; (exit ${status})`);
        assert.deepEqual([ran.status, ran.line], [status, `cd /; (exit ${status})`]);
        assert.match(text, line.includes('echo') ? new RegExp(`list:${status}`) : /ready> /);
      }
      assert.equal((await shell.run('')).status, '');
      const { cwd, lastExitCode } = await notRunning(shell);
      assert.deepEqual([cwd, lastExitCode], ['/', 6]);
    });
  }

  test('a shell inside the shell that inherits its prompt shows it, and nothing of ours', async () => {
    const shell = await bash('inherited', 'export PS1');
    for (const inner of ['sh -i', 'bash --norc -iu', 'bash --posix --norc -i']) {
      await shell.enter(inner);
      await shell.shows('ready> ');
      await shell.enter('echo in"side"; exit');
      const text = await shell.shows(/inside\r\n[\s\S]*633;B/);
      assert.doesNotMatch(text, /substitution|unbound|__hf/, inner);
    }
  });

  test('PROMPT_COMMAND and PS0 set anew at once: that command has ended, the next one is not told, the ones after it are', async () => {
    const shell = await bash('with-ps0', '');
    assert.equal((await shell.run("PROMPT_COMMAND=(:); PS0='entered '")).status, '0');
    await notRunning(shell);
    assert.equal((await shell.run('(exit 5)')).status, '');
    assert.equal((await shell.run('(exit 6)')).status, '6');
  });

  test('PROMPT_COMMAND and PS1 set anew at once: the next command says that the one before has ended', async () => {
    const shell = await bash('both', '');
    await shell.enter("PROMPT_COMMAND=(:); PS1='mine> '");
    await shell.shows('mine> ');
    await shell.enter('(exit 5)');
    await shell.shows(/\x1b\]633;D;0;[^\x07]*\x07[\s\S]*\x1b\]633;D;5;[^\x07]*\x07[\s\S]*mine> /);
    assert.equal((await notRunning(shell)).lastExitCode, 5);
    assert.equal((await shell.run('(exit 6)')).status, '6');
  });

  test('a DEBUG trap', async () => {
    const shell = await bash('trap', "trap 'count=$((count+1))' DEBUG");
    const { output } = await shell.run('[ $count -gt 0 ] && echo counted; trap -p DEBUG');
    assert.match(output ?? '', /counted/);
    assert.match(output ?? '', /count=/);
    const fallback = await bash('fallback', "shopt -u promptvars; trap 'count=$((count+1))' DEBUG");
    const inFallback = await fallback.run('[ $count -gt 0 ] && echo counted-$?');
    assert.match(inFallback.output ?? '', /counted-0/);
    assert.equal((await fallback.run('(exit 8)')).status, '8');
    const alone = await bash('alone', 'shopt -u promptvars');
    await alone.run('echo first last');
    assert.match((await alone.run('echo "[$_]"')).output ?? '', /\[last\]/);
  });

  test('PS0, and prompts that are set later', async () => {
    const shell = await bash('ps0', "PS0='entered '");
    assert.match((await shell.run('echo hi')).output ?? '', /entered hi/);
    const changed = await shell.run("PS1='(venv) '$PS1");
    assert.match(changed.text, /\x1b\]633;A\x07\(venv\) ready> \x1b\]633;B/);
    await shell.run("PS0='then '; PS1='other> '");
    const { text, status } = await shell.run('false');
    assert.match(text, /then [\s\S]*\x1b\]633;A\x07other> \x1b\]633;B/);
    assert.equal(status, '1');
  });

  test('set -u, set -e, set -a and set -x', async () => {
    const shell = await bash('strict', 'set -ua');
    const { nonce, status } = await shell.run('true');
    assert.equal(status, '0');
    assert.doesNotMatch((await shell.run('env')).output ?? '', new RegExp(String(nonce)));
    await shell.run('set -e');
    assert.equal((await shell.run('! true')).status, '1');
    assert.equal((await shell.run('')).status, '');
    await shell.run('set +e -x');
    const { text } = await shell.run('echo traced');
    assert.match(text, /\+ echo traced/);
    assert.ok(text.split('\n').filter((row) => /^\++ .*__hf/.test(row)).length <= 4, text);
  });

  test('the history as the user has it', async () => {
    const shell = await bash('history', 'HISTCONTROL=ignoreboth');
    await shell.run('echo one');
    assert.equal((await shell.run('echo one')).line, 'echo one');
    await shell.run(' echo secret');
    const { output } = await shell.run('history; echo $HISTCONTROL');
    assert.match(output ?? '', /1 {2}echo one\n +2 {2}history; echo \$HISTCONTROL\nignoreboth/);
    const erasing = await bash('erasing', 'HISTCONTROL=erasedups');
    await erasing.run('echo one');
    await erasing.run('echo two');
    assert.equal((await erasing.run('echo one')).line, 'echo one');
    const without = await bash('without', 'set +o history');
    const { line, status } = await without.run('false');
    assert.deepEqual({ line, status }, { line: undefined, status: '1' });
  });

  test('output that the shell sends elsewhere', async () => {
    const shell = await bash('elsewhere', '');
    await shell.run('exec > out');
    await shell.run('echo kept');
    await shell.run('exec > /dev/tty');
    assert.match((await shell.run('cat out')).output ?? '', /^kept\n$/);
  });
});

describe('zsh beside what else hooks into it', { skip: absent('zsh') }, () => {
  let room: ShellRoom;
  before(async () => {
    room = await ShellRoom.open();
  });
  after(() => room.dispose());

  test("the user's ZDOTDIR, hooks, and a prompt that each prompt sets", async () => {
    const shell = await room.shell('zdotdir', {
      command: ['zsh'],
      environment: {},
      files: {
        '.zshenv': 'ZDOTDIR=$HOME/zsh\n',
        'zsh/.zshrc': [
          'setopt err_return ksh_arrays nounset',
          'precmd() { echo "precmd:$?"; PS1="ready> " }',
          'preexec() { echo "preexec:$1" }',
        ].join('\n'),
      },
    });
    const { text, status, line } = await shell.run('(exit 3)');
    assert.deepEqual({ status, line }, { status: '3', line: '(exit 3)' });
    assert.match(text, /preexec:\(exit 3\)[\s\S]*precmd:3/);
    assert.match((await shell.run('echo $ZDOTDIR $PS1')).output ?? '', /\/zsh ready>/);
  });

  test('precmd_functions set anew at the prompt: the next command says that the one before has ended', async () => {
    const shell = await room.shell('anew', { command: ['zsh'], files: { '.zshrc': "PS1='ready> '" } });
    await shell.enter("(exit 3); precmd_functions=('print old'); false");
    await shell.shows(/precmd_functions[^\n]*\n[\s\S]*ready> /);
    await shell.enter('(exit 5)');
    await shell.shows(/\x1b\]633;D;1;[^\x07]*\x07[\s\S]*\x1b\]633;D;5;[^\x07]*\x07[\s\S]*633;B/);
    assert.equal((await notRunning(shell)).lastExitCode, 5);
    assert.equal((await shell.run('(exit 6)')).status, '6');
  });

  test('a ZDOTDIR that the caller has', async () => {
    const shell = await room.shell(
      'given',
      {
        command: ['zsh'],
        environment: { ZDOTDIR: '/nowhere/at-all' },
        files: {},
      },
      '633;B',
    );
    assert.match((await shell.run('echo $ZDOTDIR')).output ?? '', /\/nowhere\/at-all/);
  });
});

describe('fish beside what else hooks into it', { skip: absent('fish') }, () => {
  test('a prompt that asks for the statuses, and one that is defined later', async () => {
    const room = await ShellRoom.open();
    try {
      const prompt = 'function fish_prompt; echo -n "$status,$pipestatus ready> "; end\n';
      const shell = await room.shell('fish', {
        command: ['fish'],
        files: { '.config/fish/config.fish': prompt },
      });
      assert.match((await shell.run('false | true')).text, /0,1 0 ready> \x1b\]633;B/);
      await shell.run('function fish_prompt; echo -n "later "; end');
      assert.match((await shell.run('false')).text, /\x1b\]633;D;1;[\s\S]*later \x1b\]633;B/);
    } finally {
      await room.dispose();
    }
  });
});
