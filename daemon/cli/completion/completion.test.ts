import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { commands } from '../table/table';
import { bashScript } from './bash';
import { fishScript } from './fish';
import { commandWords } from './words';
import { zshScript } from './zsh';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/** What bash offers for a line, `|` being the cursor at its end. */
const offered = (...words: string[]): string[] => {
  const script = `${bashScript(commands)}
holdfast() { :; }
_holdfast_sessions() { printf 'build\\nserver\\n'; }
_holdfast_terminals() { printf 'build:main\\nbuild:tests\\nserver:main\\n'; }
COMP_WORDS=(holdfast ${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length}
COMP_LINE='holdfast ${words.join(' ').replaceAll(' : ', ':')}'
COMP_POINT=\${#COMP_LINE}
_holdfast
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
  assert.equal(stderr, '');
  return stdout.split('\n').filter((line) => line !== '');
};

describe('completion in bash', { skip: !has('bash') }, () => {
  test('offers commands, options, values and session names', () => {
    assert.deepEqual(offered('at'), ['attach']);
    assert.deepEqual(offered('daemon', 'st'), ['start', 'stop', 'status']);
    assert.deepEqual(offered('attach', '--re'), ['--read-only']);
    assert.deepEqual(offered('attach', 'b'), ['build']);
    assert.deepEqual(offered('--json', 'show', ''), ['build', 'server']);
    assert.deepEqual(offered('ls', '--state', 'r'), ['running']);
    assert.deepEqual(offered('completion', ''), ['bash', 'zsh', 'fish']);
    assert.deepEqual(offered('new', '--', 'v'), []);
    // Parted as bash does it, a colon being a word of its own.
    assert.deepEqual(offered('kill', 'build', ':', ''), ['main', 'tests']);
    assert.deepEqual(offered('kill', 'build', ':', 't'), ['tests']);
  });
});

for (const [shell, script] of [
  ['bash', bashScript],
  ['zsh', zshScript],
  ['fish', fishScript],
] as const) {
  test(`the script for ${shell} is one that shell can read`, { skip: !has(shell) }, () => {
    const { status, stderr } = spawnSync(shell, ['-n', '-c', script(commands)], { encoding: 'utf8' });
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  test(`the script for ${shell} knows every command and option`, () => {
    const text = script(commands);
    for (const { names, options } of commandWords(commands)) {
      for (const name of names) {
        assert.ok(text.includes(name), name);
      }
      for (const { long } of options) {
        assert.ok(text.includes(long.slice(2)), long);
      }
    }
  });
}
