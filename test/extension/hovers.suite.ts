import assert from 'node:assert/strict';
import type { MarkdownString } from 'vscode';
import { TerminalType } from '../../daemon/protocol/terminals';
import type { DaemonLink } from '../../extension/daemonLink';
import { type HoverDetails, hoverDetails, hoverMarkdown } from '../../extension/tree/hoverDetails';
import { poll } from '../support/poll';
import { begin, clean, creatorIn, daemon, ended, screenShows, session, temporaryFolder } from './harness';

type Source = Parameters<typeof hoverDetails>[0];

describe('the hover of a row', () => {
  const folder = temporaryFolder();

  before(begin);
  afterEach(clean);
  after(() => folder.dispose());

  const create = creatorIn(folder.path);
  const detailsOf = async (name: string): Promise<HoverDetails | undefined> => {
    const info = await session(name);
    const connection = await daemon();
    const call: DaemonLink['call'] = (type, params) => connection.call(type, params);
    const link: Source = { state: 'connected', get: () => info, call };
    return hoverDetails(link, { kind: 'session', session: info.id });
  };

  it('has the last rows of the screen as they stand, and what the programs cost', async () => {
    await create('busy', { attach: false, command: ['sh', '-c', 'seq 30; echo "  in  front"; exec cat'] });
    await screenShows('busy', /in {2}front/);
    const details = await detailsOf('busy');
    assert.deepEqual(details?.screen, ['24', '25', '26', '27', '28', '29', '30', '  in  front']);
    assert.equal(details?.isLive, true);
    assert.match(details?.use ?? '', /^Uses: 0 % of a processor, \d+ MB, 1 process$/);
  });

  it('measures the processor while it looks', async () => {
    await create('spinning', { attach: false });
    const target = { text: 'spinning' };
    await (await daemon()).call(TerminalType.type, { target, text: 'while :; do :; done', enter: true });
    await poll(async () => Number(/(\d+) %/.exec((await detailsOf('spinning'))?.use ?? '')?.[1]) > 10, {
      what: 'a busy loop to be seen',
      timeoutMs: 20_000,
      state: () => detailsOf('spinning'),
    });
  });

  it('has the last screen of what has ended, which costs nothing', async () => {
    await create('over', { attach: false, command: ['sh', '-c', 'echo last words'] });
    await ended('over');
    assert.deepEqual(await detailsOf('over'), { use: undefined, screen: ['last words'], isLive: false });
  });

  it('starts no daemon, and tells nothing where none can be asked', async () => {
    const { id } = await create('unasked', { attach: false });
    const info = await session('unasked');
    let asked = 0;
    const refuse: DaemonLink['call'] = () => {
      asked++;
      return Promise.reject(new Error('not now'));
    };
    const absent: Source = { state: 'absent', get: () => info, call: refuse };
    assert.equal(await hoverDetails(absent, { kind: 'session', session: id }), undefined);
    assert.equal(asked, 0);
    const broken: Source = { state: 'connected', get: () => info, call: refuse };
    assert.equal(await hoverDetails(broken, { kind: 'session', session: id }), undefined);
    assert.ok(asked > 0);
  });

  it('has nothing of what programs and people wrote but text', () => {
    const hostile =
      '<img src=x> **b** [a](command:quit) https://evil.example www.evil.example me@evil.example $(flame) `x` ~~~';
    const fence = '````` ```';
    const markdown: MarkdownString = hoverMarkdown(`${hostile}\n# ${hostile}\n1. ${hostile}`, {
      use: undefined,
      screen: [hostile, fence, '</span>'],
      isLive: true,
    });
    const [, text = '', opening = '', block = ''] =
      /^([^\n]*\n[^\n]*\n[^\n]*)\n(`+)plaintext\n([\s\S]*)\n\2\n$/.exec(markdown.value) ?? [];
    // Letters, digits, blanks and what stands for any other character: nothing Markdown or HTML gives a meaning to.
    assert.match(text, /^(?:[\p{L}\p{N} ]|&#\d+;|\n)+$/u);
    assert.equal(
      text.replace(/&#(\d+);/g, (_all, code) => String.fromCodePoint(Number(code))).split(hostile).length,
      4,
    );
    assert.ok(opening.length > 5, 'the block ends where we end it');
    assert.equal(block, [hostile, fence, '</span>'].join('\n'));
    const { isTrusted = false, supportHtml = false, supportThemeIcons = false } = markdown;
    assert.deepEqual([isTrusted, supportHtml, supportThemeIcons], [false, false, false]);
  });
});
