import { after, afterEach, describe, test } from 'node:test';
import { Holdfast } from './support/holdfast';
import type { TerminalWindow } from './support/terminalWindow';
import { until } from './support/until';
import { DETACH, Windows } from './support/windows';

const holdfast = new Holdfast();
const windows = new Windows(holdfast);

afterEach(() => windows.close());
after(() => holdfast.dispose());

const titled = (window: TerminalWindow, title: string): Promise<unknown> =>
  until(
    `the title '${title}'`,
    () => window.title === title,
    () => window.title,
  );

describe('a session that has another size than a terminal that shows it', () => {
  const NOTICE = 'shared: shown in 80x20, this terminal has 100x30';

  for (const [what, program, own] of [
    [
      "the session's title, which is back with its size",
      'printf "\\033]0;inner title\\007"; exec cat',
      'inner title',
    ],
    [
      'what stood there before, where the session has no title, and back with its size',
      'exec cat',
      'outer title',
    ],
  ] as const) {
    test(`says so in the terminal's title, in place of ${what}`, async () => {
      await holdfast.create('shared', '--', 'sh', '-c', program);
      const large = await windows.open({ cols: 100, rows: 30 });
      large.type("printf '\\033]0;outer title\\007'\r");
      await titled(large, 'outer title');
      large.type('hf attach shared\r');
      await until('the first viewer', async () => (await holdfast.viewers('shared')) === 1);
      await titled(large, own);
      const small = await windows.open({ cols: 80, rows: 20 });
      small.type('hf attach shared\r');
      await titled(large, NOTICE);
      // The one that has its own size is told nothing.
      small.type('typed in the small one\r');
      await large.shows(/^typed in the small one$/);
      small.type(DETACH);
      await small.shows(/^outer>/);
      await titled(large, own);
      large.type(DETACH);
      await large.shows(/^detached from shared$/);
      await titled(large, 'outer title');
      await holdfast.run(['rm', 'shared', '--force']);
    });
  }
});
