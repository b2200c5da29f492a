import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { poll } from '../editor/patience';
import type { Workbench } from '../editor/workbench';
import { absent } from '../integration/shellFixture';
import { GuestExtension } from './guestExtension';
import { Journey } from './journey';

/** The user's own files: prompts that the journey tells apart, and no greeting, nor what zsh writes behind the output to begin a line. */
const START_UP_FILES: Readonly<Record<string, string>> = {
  '.bashrc': "PS1='bash$ '\n",
  '.zshrc': "PS1='zsh$ '\nunsetopt prompt_sp\n",
  '.config/fish/config.fish': "function fish_greeting; end\nfunction fish_prompt; printf 'fish$ '; end\n",
};

describe('executeCommand of another extension', {
  skip: process.platform !== 'linux' && 'code-server and /proc: run on Linux',
  timeout: 300_000,
}, () => {
  let journey: Journey;
  let guest: GuestExtension;
  let window: Workbench;
  before(async () => {
    journey = await Journey.begin();
    for (const [path, text] of Object.entries(START_UP_FILES)) {
      const file = join(journey.environment['HOME'] ?? '', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    guest = await GuestExtension.install(journey);
    window = await journey.openEditor();
  });
  after(() => journey?.dispose());

  const attach = async (name: string): Promise<void> => {
    await window.choose('Holdfast: Attach', name);
    await window.terminalShows(prompt(name));
    await journey.frontNoted(name);
  };

  /** The exit code and the output of a line, told to the guest for this terminal and nothing else. */
  const works = async (name: string, moment: string, exitCode: number): Promise<void> => {
    const line = `echo ${moment}; printf 'a;b\\n%s\\n' c; sh -c 'echo last >&2; exit ${exitCode}'`;
    const { output, ...told } = await guest.execute(window, line);
    assert.deepEqual(told, { line, terminal: name, exitCode });
    assert.equal(text(output), `${moment}\na;b\nc\nlast\n`);
  };

  for (const shell of ['bash', 'zsh', 'fish']) {
    it(`works in ${shell} after a reload of the window, and after a detach and an attach`, {
      skip: absent(shell),
    }, async () => {
      // fish keeps files there.
      await journey.holdfast('new', shell, '--env', `TMPDIR=${journey.folder}`, '--', shell);
      await attach(shell);
      await journey.holdfast('type', shell, `echo ${shell}-at-first`, '--enter');
      await window.terminalShows(new RegExp(`^${shell}-at-first$`));
      await window.panelNoted();
      await window.reload();
      await window.terminalShows(prompt(shell));
      await works(shell, `${shell}-reloaded`, 7);

      await journey.holdfast('detach', shell, '--all');
      await poll(async () => !(await window.terminalNames()).includes(shell), {
        what: `${shell} to be detached`,
        state: () => window.terminalNames(),
      });
      await attach(shell);
      await works(shell, `${shell}-attached-again`, 0);
    });
  }
});

const prompt = (shell: string): RegExp => new RegExp(`^${shell}\\$ *$`);

/** As it reads, without what marks the command and without what moves the cursor. */
const text = (output: string): string => stripVTControlCharacters(output).replaceAll('\r', '');
