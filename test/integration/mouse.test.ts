import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { TerminalMouse } from '../../daemon/protocol/mouse';
import { SessionCreate, SessionRemove, SessionShow } from '../../daemon/protocol/sessions';
import { TerminalSnapshot } from '../../daemon/protocol/terminals';
import type { RpcPeer } from '../../daemon/transport/rpc';
import { poll } from '../support/poll';
import { TestDaemon } from '../support/testDaemon';

/** Why a program's test is skipped here, or false when it is installed. */
const absent = (program: string): string | false =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0 ? false : `${program} is not installed here`;

const LINES = Array.from({ length: 200 }, (_, index) => `line ${index + 1} of the file`).join('\n');

describe('the mouse in programs that ask for it', () => {
  let daemon: TestDaemon;
  let peer: RpcPeer;
  let file: string;
  before(async () => {
    daemon = await TestDaemon.start();
    peer = await daemon.connect('cli');
    file = join(daemon.work, 'file.txt');
    writeFileSync(file, `${LINES}\n`);
  });
  after(() => daemon.dispose());

  const start = async (
    name: string,
    command: readonly string[],
    isReady: (screen: TerminalSnapshot.Result) => boolean,
  ): Promise<void> => {
    await peer.call(SessionCreate.type, { name, ...daemon.program(command) });
    await shows(name, isReady);
  };
  const shows = (
    name: string,
    isWanted: (screen: TerminalSnapshot.Result) => boolean,
  ): Promise<TerminalSnapshot.Result> => {
    let last: TerminalSnapshot.Result | undefined;
    return poll(
      async () => {
        last = await peer.call(TerminalSnapshot.type, { target: { text: name } });
        return isWanted(last) ? last : undefined;
      },
      { what: `the screen of ${name}` },
    ).catch((error: unknown) => {
      throw new Error(
        `${String(error)}\n${JSON.stringify({ ...last, lines: [] })}\n${last?.lines.join('\n')}`,
      );
    });
  };
  const use = (name: string, gesture: Omit<TerminalMouse.Params, 'target'>): Promise<TerminalMouse.Result> =>
    peer.call(TerminalMouse.type, { target: { text: name }, ...gesture });
  const end = (name: string): Promise<unknown> =>
    peer.call(SessionRemove.type, { target: { text: name }, force: true });
  const has = (screen: TerminalSnapshot.Result, text: string): boolean =>
    screen.lines.join('\n').includes(text);

  // In a terminal that terminfo knows no mouse of, vim sets the encoding itself.
  for (const [encoding, term] of [
    ['sgr', 'xterm-256color'],
    ['urxvt', 'screen'],
    ['xterm2', 'screen'],
  ] as const) {
    it(`vim, encoded for ${encoding}: a click moves, a drag selects, the wheel scrolls`, {
      skip: absent('vim'),
    }, async () => {
      const set = `set nocompatible mouse=a ttymouse=${encoding}`;
      const vim = ['env', `TERM=${term}`, 'vim', '-u', 'NONE', '-i', 'NONE', '-n', '-c', set, file];
      const encoded = encoding === 'xterm2' ? 'default' : encoding;
      await start(
        'vim',
        vim,
        ({ lines, modes }) =>
          lines[0] === 'line 1 of the file' &&
          modes.mouseTracking !== 'none' &&
          modes.mouseEncoding === encoded,
      );
      assert.deepEqual(await use('vim', { action: 'click', at: { row: 5, col: 3 } }), { row: 5, col: 3 });
      await shows('vim', ({ cursor }) => cursor.row === 5 && cursor.col === 3);
      await use('vim', { action: 'click', text: 'line 9' });
      await shows('vim', ({ cursor }) => cursor.row === 8);
      await use('vim', { action: 'drag', at: { row: 2, col: 0 }, to: { row: 4, col: 6 } });
      await shows('vim', (screen) => has(screen, '-- VISUAL --') && screen.cursor.row === 4);
      await use('vim', { action: 'scroll', direction: 'down', at: { row: 5, col: 5 } });
      await shows('vim', ({ lines }) => lines[0] === 'line 4 of the file');
      await end('vim');
    });
  }

  it('htop: a click on its bar ends it', { skip: absent('htop') }, async () => {
    await start(
      'htop',
      ['htop', '-u', 'nobody'],
      (screen) => has(screen, 'Quit') && screen.modes.mouseTracking !== 'none',
    );
    await use('htop', { action: 'click', text: 'Quit' });
    await poll(
      async () => {
        const { session } = await peer.call(SessionShow.type, { target: { text: 'htop' } });
        return session?.state === 'exited';
      },
      { what: 'the end of htop' },
    );
    await end('htop');
  });

  it('mc: a click opens a menu', { skip: absent('mc') }, async () => {
    await start(
      'mc',
      ['mc', '-u', '-x', daemon.work, daemon.work],
      (screen) => has(screen, '10Quit') && screen.modes.mouseTracking !== 'none',
    );
    await use('mc', { action: 'click', text: 'Command' });
    await shows('mc', (screen) => has(screen, 'Find file'));
    await end('mc');
  });

  it('less --mouse: the wheel scrolls', { skip: absent('less') }, async () => {
    await start(
      'less',
      ['less', '--mouse', '--wheel-lines=3', file],
      (screen) => has(screen, 'line 1 of') && screen.modes.mouseTracking !== 'none',
    );
    await use('less', { action: 'scroll', direction: 'down', times: 2 });
    await shows('less', ({ lines }) => lines[0] === 'line 7 of the file');
    await use('less', { action: 'scroll', direction: 'up' });
    await shows('less', ({ lines }) => lines[0] === 'line 4 of the file');
    await end('less');
  });

  it('dialog: a click on a button presses it', { skip: absent('dialog') }, async () => {
    await start(
      'dialog',
      ['dialog', '--yesno', 'Really?', '7', '40'],
      (screen) => has(screen, 'Really?') && screen.modes.mouseTracking !== 'none',
    );
    await use('dialog', { action: 'click', text: 'No' });
    const screen = await shows('dialog', ({ state }) => state === 'exited');
    assert.equal(screen.exit?.exitCode, 1);
    await end('dialog');
  });
});
