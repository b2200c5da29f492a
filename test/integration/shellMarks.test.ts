import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { TerminalAttach } from '../../daemon/protocol/terminals';
import { poll } from '../support/poll';
import { absent, marksIn, type ShellOptions, ShellRoom, type ShellSession } from './shellFixture';

/** Each shell as somebody has it who has a prompt of their own. */
const SHELLS: Readonly<Record<string, ShellOptions>> = {
  bash: { command: ['bash'], files: { '.bashrc': "PS1='ready> '\n" } },
  'bash -l': {
    command: ['bash', '-l'],
    files: { '.bash_profile': 'echo profile; . ~/.bashrc\n', '.bashrc': "PS1='ready> '\n" },
  },
  // Where prompts are not expanded there is no PS0: the way of bash 3.2.
  'bash without PS0': {
    command: ['bash'],
    files: { '.bashrc': "PS1='ready> '; shopt -u promptvars\n" },
  },
  zsh: { command: ['zsh'], files: { '.zshrc': "PS1='ready> '\n" } },
  'zsh -l': { command: ['zsh', '-l'], files: { '.zshrc': "PS1='ready> '\n", '.zprofile': 'echo profile\n' } },
  fish: {
    command: ['fish'],
    files: { '.config/fish/config.fish': 'function fish_prompt; echo -n "ready> "; end\n' },
  },
};

for (const [name, options] of Object.entries(SHELLS)) {
  const program = basename(options.command[0] ?? '');
  describe(`shell integration of ${name}`, { skip: absent(program) }, () => {
    let room: ShellRoom;
    let shell: ShellSession;
    before(async () => {
      room = await ShellRoom.open();
      shell = await room.shell('s', options);
    });
    after(() => room.dispose());

    test('is active once the first prompt is there, and asks for nothing that shows', async () => {
      await poll(async () => (await shell.info()).integration === 'active', { what: 'integration' });
      assert.deepEqual((await shell.info()).command, options.command);
      assert.equal((await shell.output()).includes('profile'), name.endsWith('-l'));
    });

    test('tells the line, its output and its status', async () => {
      const { line, output, status } = await shell.run('echo "a;b\\\\c"; false');
      assert.deepEqual({ line, status }, { line: 'echo "a;b\\\\c"; false', status: '1' });
      assert.match(output ?? '', /a;b/);
    });

    test('tells the status of a subshell, and that of a command without a newline at its end', async () => {
      const exits = program === 'fish' ? "sh -c 'exit 7'" : '(exit 7)';
      assert.equal((await shell.run(exits)).status, '7');
      const { output, status } = await shell.run('printf noeol');
      assert.match(output ?? '', /noeol/);
      assert.equal(status, '0');
    });

    test('finds the status where the user looks for it', async () => {
      await shell.run('false');
      const { output } = await shell.run(program === 'fish' ? 'echo "[$status]"' : 'echo "[$?]"');
      assert.match(output ?? '', /\[1\]/);
    });

    test('says of Enter alone, and of a line given up with Ctrl-C, that nothing has run', async () => {
      assert.deepEqual((await shell.run('')).status, '');
      await shell.enter('sleep 100');
      await poll(async () => (await shell.info()).foreground === 'sleep', { what: 'the program in front' });
      const { status } = await shell.run('\x03');
      // The Enter behind Ctrl-C may be the next prompt's already.
      assert.match(status, /^(130|)$/);
    });

    test('tells a command of several lines whole', async () => {
      const loop = program === 'fish' ? 'for i in 1 2\necho $i\nend' : 'for i in 1 2\ndo echo $i; done';
      const { line, output } = await shell.run(loop);
      assert.match(line ?? '', /^for i in 1 2[\n; ]+(do )?echo \$i/);
      assert.match(output ?? '', /1\r?\n[\s\S]*2/);
    });

    test('tells the folder, for VS Code and by OSC 7', async () => {
      await shell.run("mkdir -p 'a ü;b'");
      await shell.run("cd 'a ü;b'");
      const told = marksIn(await shell.shows(/633;B/));
      assert.ok(told.includes(`633;P;Cwd=${shell.home}/a ü\\x3bb`), told.join('\n'));
      assert.ok(
        told.some((mark) => mark.startsWith('7;file://') && mark.endsWith(`${shell.home}/a%20%C3%BC%3Bb`)),
        told.join('\n'),
      );
      await poll(async () => (await shell.info()).cwd === `${shell.home}/a ü;b`, { what: 'the folder' });
      await shell.run('cd ..');
    });

    test('gives its nonce to no program', async () => {
      const { nonce, output } = await shell.run('env');
      assert.ok(nonce !== undefined && nonce.length >= 12);
      assert.match(output ?? '', /HOME=/);
      assert.doesNotMatch(output ?? '', new RegExp(`${nonce}|HOLDFAST_SHELL`));
    });

    test('says nothing in a shell inside it, and goes on behind it', async () => {
      const inner = program === 'fish' ? 'fish --no-config' : program === 'zsh' ? 'zsh -f' : 'bash --norc';
      await shell.run(program === 'fish' ? 'true' : 'export PS1');
      await shell.enter(inner);
      await shell.shows(/\x1b\]633;C[^\x07]*\x07[\s\S]*[#$>%]/);
      await shell.enter(
        'echo inner-$((1+1))'.replace('$((1+1))', program === 'fish' ? '(math 1+1)' : '$((1+1))'),
      );
      const inside = await shell.shows(/inner-2[\s\S]*[#$>%]/);
      assert.doesNotMatch(inside, /\x1b\]633/);
      assert.equal((await shell.run('exit')).status, '0');
    });

    test('is as little in the way as can be: what is kept out of the history is not told', async () => {
      if (program === 'bash') {
        await shell.run('HISTCONTROL=ignorespace');
      } else if (program === 'zsh') {
        await shell.run('setopt histignorespace');
      }
      const { text, output } = await shell.run(' echo hidden');
      assert.match(output ?? '', /hidden/);
      assert.doesNotMatch(text, /633;[EP];[^\x07]*hidden/);
    });
  });
}

test('who attaches later gets the marks, and what the shell said of itself', async () => {
  const room = await ShellRoom.open();
  try {
    const shell = await room.shell('s', { command: ['bash'], files: { '.bashrc': "PS1='ready> '\n" } });
    const { nonce } = await shell.run('echo first');
    await shell.run('false');
    const target = { text: 's' };
    const { snapshot } = await room.peer.call(TerminalAttach.type, { target, mode: 'read-only' });
    const marks = marksIn(snapshot);
    for (const mark of [
      'P;HasRichCommandDetection=True',
      `E;echo first;${nonce}`,
      `E;false;${nonce}`,
      'A',
      'B',
      `P;Cwd=${shell.home}`,
    ]) {
      assert.ok(marks.includes(`633;${mark}`), `${mark} is not among ${marks.join(' ')}`);
    }
    assert.ok(marks.some((mark) => mark.startsWith(`633;D;1;${nonce}`)));
  } finally {
    await room.dispose();
  }
});

test('a shell with other arguments, another program, and a shell whose user wants none have no integration', async () => {
  const room = await ShellRoom.open();
  try {
    const files = { '.bashrc': "PS1='ready> '\n" };
    const own = { PS1: 'ready> ' };
    const shells = [
      await room.shell('args', { command: ['bash', '--norc', '-i'], environment: own }),
      await room.shell('program', { command: ['sh', '-i'], environment: own }),
      await room.shell('off', { command: ['bash'], files, shellIntegration: false }),
    ];
    for (const shell of shells) {
      await shell.enter('echo done-$((1+1))');
      await shell.shows('done-2');
      assert.doesNotMatch(await shell.output(), /\x1b\]633/);
      assert.equal((await shell.info()).integration, 'none');
    }
  } finally {
    await room.dispose();
  }
});

test('a program that prints what a shell would is not believed', async () => {
  const room = await ShellRoom.open();
  try {
    const script = "printf '\\033]633;P;Holdfast=0\\007\\033]633;A\\007ready> \\033]633;B\\007'; cat";
    const shell = await room.shell('spoof', { command: ['sh', '-c', script] });
    await shell.enter('x');
    await shell.shows(/x\r\nx/);
    assert.equal((await shell.info()).integration, 'none');
  } finally {
    await room.dispose();
  }
});
