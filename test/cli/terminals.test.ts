import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { CommandInfo } from '../../daemon/protocol/history';
import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { Holdfast } from './support/holdfast';
import { until } from './support/until';

interface Snapshot {
  readonly revision: string;
  readonly textHash: string;
  readonly size: { readonly cols: number; readonly rows: number };
  readonly cursor: {
    readonly row: number;
    readonly col: number;
    readonly visible: boolean;
    readonly style: string;
  };
  readonly buffer: string;
  readonly title: string;
  readonly modes: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  readonly rendered?: string;
  readonly styles?: unknown;
  readonly state: string;
  readonly exit?: { readonly exitCode: number | null };
  readonly outcome: string;
}

interface Output {
  readonly offset: string;
  readonly from: string;
  readonly truncated: boolean;
  readonly text: string;
  readonly base64?: string;
}

const holdfast = new Holdfast();
after(() => holdfast.dispose());

const shows = (name: string, text: string): Promise<void> =>
  until(
    `${name} to show ${text}`,
    async () => (await holdfast.text(['snapshot', name])).includes(text),
    () => holdfast.text(['snapshot', name]),
  );

describe('snapshot', () => {
  test('is the screen, as text and with everything about it', async () => {
    await holdfast.create('screen', '--', 'sh', '-c', 'seq 1 30; printf "\\033[?2004hno newline"; exec cat');
    await shows('screen', 'no newline');
    const text = await holdfast.text(['snapshot', 'screen']);
    assert.equal(text.split('\n').length, 25);
    assert.match(text, /^8\n9\n/);
    const snapshot = await holdfast.json<Snapshot>(['snapshot', 'screen', '--scrollback', '5']);
    assert.equal(snapshot.lines.length, 24 + 5);
    assert.equal(snapshot.lines[0], '3');
    assert.deepEqual(snapshot.size, { cols: 80, rows: 24 });
    assert.deepEqual([snapshot.cursor.row, snapshot.cursor.col, snapshot.cursor.visible], [23, 10, true]);
    assert.equal(snapshot.buffer, 'normal');
    assert.equal(snapshot.state, 'running');
    assert.equal(snapshot.modes['bracketedPaste'], true);
    assert.equal(typeof snapshot.revision, 'string');
    assert.equal(typeof snapshot.textHash, 'string');
    assert.equal(snapshot.outcome, 'immediate');
    const asFormat = JSON.parse(await holdfast.text(['snapshot', 'screen', '--format', 'json'])) as Snapshot;
    assert.equal(asFormat.revision, snapshot.revision);
  });

  test('has colours in the format asked for, scrollback included', async () => {
    const program = 'printf "\\033[31mred\\033[m <\\n"; seq 1 30; printf "\\033[1mend\\033[m"; exec cat';
    await holdfast.create('coloured', '--', 'sh', '-c', program);
    await shows('coloured', 'end');
    const ansi = await holdfast.text(['snapshot', 'coloured', '--format', 'ansi', '--scrollback', '50']);
    assert.equal(ansi.split('\n')[0], '\x1b[0;31mred\x1b[m <');
    assert.match(ansi, /\n\x1b\[0;1mend\x1b\[m\n$/);
    const html = await holdfast.text(['snapshot', 'coloured', '--format', 'html', '--scrollback', '50']);
    assert.match(html, /^<!DOCTYPE html>.*color:#cd3131">red<\/span> &lt;\n1\n2\n/s);
    const svg = await holdfast.text(['snapshot', 'coloured', '--format', 'svg']);
    assert.match(svg, /^<svg .*>end<\/text>/s);
    const styled = await holdfast.json<Snapshot>(['snapshot', 'coloured', '--scrollback', '50', '--styles']);
    assert.deepEqual(styled.styles, {
      legend: [{ fg: 'red' }, { bold: true }],
      runs: [
        { row: 24 - styled.lines.length, col: 0, length: 3, style: 0 },
        { row: 23, col: 0, length: 3, style: 1 },
      ],
    });
    const both = await holdfast.json<Snapshot>(['snapshot', 'coloured', '--format', 'svg']);
    assert.equal(both.rendered, svg);
    assert.equal(both.styles, undefined);
    const asText = await holdfast.run(['snapshot', 'coloured', '--styles']);
    assert.deepEqual([asText.status, asText.stdout], [2, '']);
    assert.match(asText.stderr, /^error: .*\nhint: Add '--format json'/);
    await holdfast.refused(2, 'INVALID_INPUT', ['snapshot', 'coloured', '--format', 'png']);
  });

  test('of an ended program says how it ended', async () => {
    await holdfast.create('over', '--', 'sh', '-c', 'echo last words; exit 3');
    await until(
      'its end',
      async () => (await holdfast.json<Snapshot>(['snapshot', 'over'])).state === 'exited',
    );
    const snapshot = await holdfast.json<Snapshot>(['snapshot', 'over']);
    assert.equal(snapshot.lines[0], 'last words');
    assert.equal(snapshot.exit?.exitCode, 3);
  });

  test('sees the size that an earlier resize has set', async () => {
    await holdfast.create('sized', '--', 'cat');
    const { terminal } = await holdfast.json<{ terminal: TerminalInfo }>(['resize', 'sized', '120', '40']);
    assert.deepEqual([terminal.cols, terminal.rows], [120, 40]);
    assert.deepEqual((await holdfast.json<Snapshot>(['snapshot', 'sized'])).size, { cols: 120, rows: 40 });
    for (const size of [
      ['0', '40'],
      ['120', '99999'],
      ['wide', '40'],
    ]) {
      await holdfast.refused(2, 'INVALID_INPUT', ['resize', 'sized', ...size]);
    }
  });
});

describe('output', () => {
  test('is plain text, or the bytes themselves, from any offset on', async () => {
    await holdfast.create(
      'written',
      '--',
      'sh',
      '-c',
      'printf "one\\n\\033[31mtwo\\033[0m\\nthr\\303\\251e\\n"; exec cat',
    );
    await shows('written', 'thrée');
    assert.match(await holdfast.text(['output', 'written']), /^one\r?\ntwo\r?\nthrée/);
    const raw = Buffer.from('one\r\n\x1b[31mtwo\x1b[0m\r\nthrée\r\n');
    assert.deepEqual(Buffer.from(await holdfast.text(['output', 'written', '--ansi'])), raw);
    const all = await holdfast.json<Output>(['output', 'written', '--ansi']);
    assert.deepEqual([all.from, all.offset, all.truncated], ['0', String(raw.length), false]);
    assert.equal(all.text, raw.toString());
    assert.equal(all.base64, raw.toString('base64'));
    const rest = await holdfast.json<Output>(['output', 'written', '--ansi', '--since', '5']);
    assert.deepEqual([rest.from, rest.text], ['5', raw.subarray(5).toString()]);
    const none = await holdfast.json<Output>(['output', 'written', '--since', all.offset]);
    assert.deepEqual([none.text, none.offset], ['', all.offset]);
    assert.match(await holdfast.text(['output', 'written', '--tail', '1']), /^thrée/);
    await holdfast.refused(2, 'INVALID_INPUT', ['output', 'written', '--since', 'x']);
    await holdfast.refused(2, 'INVALID_INPUT', ['output', 'written', '--tail', '-1']);
  });
});

describe('the mouse', () => {
  test('does what it is told, with and without the name of a session that may be one of its actions', async () => {
    const program = 'stty raw -echo; printf "\\033[?1003h\\033[?1006hready OK"; exec cat -v';
    await holdfast.create('click', '--', 'sh', '-c', program);
    await shows('click', 'ready OK');
    const sent: string[] = [];
    const does = async (args: readonly string[], place: object, bytes: string): Promise<void> => {
      assert.deepEqual(await holdfast.json(args), place);
      sent.push(bytes.replaceAll('\x1b', '^['));
      await until(
        bytes,
        async () =>
          (await holdfast.json<Snapshot>(['snapshot', 'click'])).lines.join('').endsWith(sent.join('')),
        () => holdfast.text(['snapshot', 'click']),
      );
    };
    await does(['click', 'click', '2', '3'], { row: 2, col: 3 }, '\x1b[<0;4;3M\x1b[<0;4;3m');
    await does(['mouse', 'click', 'click', '2', '3'], { row: 2, col: 3 }, '\x1b[<0;4;3M\x1b[<0;4;3m');
    await does(['mouse', 'click', 'down', '0', '0', '--button', 'right'], { row: 0, col: 0 }, '\x1b[<2;1;1M');
    await does(['mouse', 'click', 'up', '0', '1', '--button', 'right'], { row: 0, col: 1 }, '\x1b[<2;2;1m');
    await does(
      ['mouse', 'click', 'move', '0', '2', '--ctrl', '--shift'],
      { row: 0, col: 2 },
      '\x1b[<55;3;1M',
    );
    await does(
      ['mouse', 'click', 'drag', '0', '0', '0', '1'],
      { row: 0, col: 1 },
      '\x1b[<0;1;1M\x1b[<32;2;1M\x1b[<0;2;1m',
    );
    await does(
      ['mouse', 'click', 'scroll', 'up', '--times', '2'],
      { row: 12, col: 40 },
      '\x1b[<64;41;13M\x1b[<64;41;13M',
    );
    await does(['click', 'click', '--text', 'OK'], { row: 0, col: 6 }, '\x1b[<0;7;1M\x1b[<0;7;1m');
    // Used last, so that its name may be left out.
    await does(['mouse', 'click', '5', '6'], { row: 5, col: 6 }, '\x1b[<0;7;6M\x1b[<0;7;6m');
    await does(['click', '5', '6', '--alt'], { row: 5, col: 6 }, '\x1b[<8;7;6M\x1b[<8;7;6m');
  });
});

describe('input', () => {
  test('is typed, pasted and pressed', async () => {
    await holdfast.create(
      'typed',
      '--',
      'sh',
      '-c',
      'stty raw -echo; printf "\\033[?2004hready"; exec cat -v',
    );
    await shows('typed', 'ready');
    assert.deepEqual(await holdfast.json(['type', 'typed', 'hello', '--enter']), { bytes: 6 });
    await shows('typed', 'hello^M');
    assert.equal(await holdfast.text(['send', 'typed', 'quiet']), '');
    await holdfast.json(['type', 'typed', 'pasted', '--paste']);
    await shows('typed', '^[[200~pasted^[[201~');
    await holdfast.json(['type', 'typed', '--', '--dashes']);
    await shows('typed', '--dashes');
    await holdfast.json(['key', 'typed', 'Up', 'Ctrl+C', 'x', 'F5', '--delay', '1']);
    await shows('typed', '^[[A^Cx^[[15~');
  });

  test('that is no key is refused, and nothing is sent', async () => {
    await holdfast.create('keys', '--', 'cat');
    await holdfast.refused(2, 'INVALID_KEY', ['key', 'keys', 'a', 'Hyper+Nonsense']);
    assert.equal((await holdfast.text(['snapshot', 'keys'])).trim(), '');
    await holdfast.refused(2, 'INVALID_INPUT', ['key', 'keys', 'a', '--delay', 'soon']);
  });
});

test('a terminal that has ended beside one that runs is named for itself', async () => {
  await holdfast.create('both', '--', 'cat');
  await holdfast.json(['spawn', 'both', '--name', 'ended', '--', 'cat']);
  await holdfast.json(['kill', 'both:ended']);
  const { message, suggestion } = await holdfast.refused(4, 'SESSION_EXITED', ['type', 'both:ended', 'x']);
  assert.match(message, /'both:ended'/);
  assert.match(suggestion, /restart both:ended/);
  const before = (await holdfast.sessions()).find(({ name }) => name === 'both')?.terminals;
  await holdfast.json(['restart', 'both:ended']);
  const after = (await holdfast.sessions()).find(({ name }) => name === 'both')?.terminals;
  assert.equal(after?.[0]?.pid, before?.[0]?.pid, 'what ran goes on');
  await holdfast.json(['type', 'both:ended', 'x']);
});

describe('history', () => {
  test('lists the commands of a shell with integration, for people and for scripts', async () => {
    await holdfast.create('shell', '--', 'bash');
    const main = async (): Promise<TerminalInfo> =>
      (await holdfast.json<{ terminal: TerminalInfo }>(['show', 'shell:main'])).terminal;
    await until('its integration', async () => (await main()).integration === 'active');
    await holdfast.text(['type', 'shell', 'echo "a;b"', '--enter']);
    await holdfast.text(['type', 'shell', '(exit 7)', '--enter']);
    const commands = async (...options: string[]): Promise<readonly CommandInfo[]> =>
      (await holdfast.json<{ commands: readonly CommandInfo[] }>(['history', 'shell', ...options])).commands;
    await until(
      'both commands',
      async () => (await commands()).filter(({ durationMs }) => durationMs !== null).length === 2,
    );
    assert.deepEqual(
      (await commands()).map(({ command, exitCode, terminal }) => [command, exitCode, terminal]),
      [
        ['echo "a;b"', 0, 'main'],
        ['(exit 7)', 7, 'main'],
      ],
    );
    assert.deepEqual(
      (await commands('--failed')).map(({ command }) => command),
      ['(exit 7)'],
    );
    assert.deepEqual(await commands('--limit', '1'), await commands('--failed'));
    const text = await holdfast.text(['history', 'shell']);
    assert.match(
      text,
      /^STARTED +TOOK +STATUS +FOLDER +COMMAND\n.*ms +0 +.*echo "a;b"\n.*ms +7 +.*\(exit 7\)\n$/,
    );
  });

  test('is empty where a shell was asked to be started as it is', async () => {
    await holdfast.create('plain', '--no-shell-integration', '--', 'bash');
    await holdfast.text(['type', 'plain', 'echo done-$((1+1))', '--enter']);
    await shows('plain', 'done-2');
    assert.deepEqual(await holdfast.json(['history', 'plain']), { commands: [] });
    const { terminals } = (await holdfast.json<{ session: SessionInfo }>(['show', 'plain'])).session;
    assert.deepEqual(
      terminals.map(({ integration }) => integration),
      ['none'],
    );
  });
});
