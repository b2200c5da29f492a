import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { offset, type TerminalId } from '../../protocol/ids';
import { Mirror } from '../mirror';
import { baselineOf, FreshLines } from './freshLines';

const folder = mkdtempSync(join(tmpdir(), 'hf-fresh-'));
after(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;

class Written {
  public readonly mirror = new Mirror(
    `fresh${++count}` as TerminalId,
    { cols: 10, rows: 4 },
    {
      historiesFolder: folder,
      keyframesFolder: folder,
      scrollbackLimit: 100,
      client: { kind: 'daemon', pid: 1, version: '1' },
    },
  );

  public write(text: string): void {
    this.mirror.output(this.mirror.offset, Buffer.from(text));
  }
}

/** Lines above the screen and on it that are new, but for blank ones. */
const read = (fresh: FreshLines, { mirror }: Written): readonly [string[], string[]] => {
  const { above, screen } = fresh.read(mirror.watchable);
  const isText = (text: string): boolean => text !== '';
  return [above.filter(isText), screen.map(({ text }) => text).filter(isText)];
};

test('without a baseline everything on the screen is new, and what scrolls away is told once', () => {
  const written = new Written();
  written.write('one\r\ntwo\r\n');
  const fresh = new FreshLines(undefined, written.mirror.watchable.lines.length);
  assert.deepEqual(read(fresh, written), [[], ['one', 'two']]);
  written.write('three\r\nfour\r\nfive');
  assert.deepEqual(read(fresh, written), [['one'], ['two', 'three', 'four', 'five']]);
  assert.deepEqual(read(fresh, written), [[], ['two', 'three', 'four', 'five']]);
  written.mirror.dispose();
});

test('what was there at a baseline is not new, also once it has scrolled away; the same text again is', () => {
  const written = new Written();
  written.write('zero\r\none\r\nDONE\r\n$ ');
  const fresh = new FreshLines(baselineOf(written.mirror.watchable), 0);
  assert.deepEqual(read(fresh, written), [[], []]);
  written.write('make\r\nDONE\r\n$ ');
  assert.deepEqual(read(fresh, written), [[], ['$ make', 'DONE', '$']]);
  written.write('x\r\n'.repeat(10));
  const [above] = read(fresh, written);
  assert.deepEqual(above.slice(0, 3), ['$ make', 'DONE', '$ x']);
  written.mirror.dispose();
});

test('a line that wraps is one, also when its beginning has scrolled away', () => {
  const written = new Written();
  written.write(`${'a'.repeat(10)}${'b'.repeat(10)}ccc`);
  const fresh = new FreshLines(undefined, 0);
  assert.deepEqual(read(fresh, written), [[], [`${'a'.repeat(10)}${'b'.repeat(10)}ccc`]]);
  written.write('\r\n\r\n\r\n');
  assert.deepEqual(read(fresh, written), [[], [`${'a'.repeat(10)}${'b'.repeat(10)}ccc`]]);
  written.write('\r\n');
  assert.deepEqual(read(fresh, written), [[`${'a'.repeat(10)}${'b'.repeat(10)}ccc`], []]);
  // A wide character has no room in the last column.
  written.write('123456789日本');
  assert.deepEqual(read(fresh, written)[1], ['123456789日本']);
  written.mirror.dispose();
});

test('lines that come back when the screen grows were there', () => {
  const written = new Written();
  written.write('1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7');
  const fresh = new FreshLines(baselineOf(written.mirror.watchable), 0);
  written.mirror.resize({ cols: 10, rows: 7 });
  assert.deepEqual(read(fresh, written), [[], []]);
  written.write('\r\nnew');
  assert.deepEqual(read(fresh, written)[1], ['new']);
  written.mirror.dispose();
});

test('in a full-screen program a line that has moved was there', () => {
  const written = new Written();
  written.write('\x1b[?1049h\x1b[Hone\r\ntwo');
  const fresh = new FreshLines(baselineOf(written.mirror.watchable), 0);
  written.write('\x1b[H\x1b[Ltop');
  assert.deepEqual(read(fresh, written), [[], ['top']]);
  written.write('\x1b[4Hone');
  assert.deepEqual(read(fresh, written), [[], ['top', 'one']]);
  written.mirror.dispose();
});

test('what a full-screen program has covered was there when it ends', () => {
  const written = new Written();
  written.write('DONE\r\n$ vi\r\n\x1b[?1049h\x1b[Htext');
  const fresh = new FreshLines(baselineOf(written.mirror.watchable), 0);
  written.write('\x1b[?1049l');
  assert.deepEqual(read(fresh, written), [[], []]);
  written.write('DONE');
  assert.deepEqual(read(fresh, written), [[], ['DONE']]);
  written.mirror.dispose();
});

test('once everything is cleared, whatever comes is new', () => {
  const written = new Written();
  written.write('same\r\n');
  const fresh = new FreshLines(baselineOf(written.mirror.watchable), 0);
  written.write('\x1b[H\x1b[2J\x1b[3Jsame');
  assert.deepEqual(read(fresh, written), [[], ['same']]);
  written.mirror.dispose();
});

test('a baseline outlives its mirror: the newest are kept with the revision', () => {
  const written = new Written();
  written.write('old\r\n');
  const { revision } = written.mirror.screen(0);
  written.mirror.writeKeyframe();
  const { terminal } = written.mirror;
  written.mirror.dispose();
  const again = new Mirror(
    terminal,
    { cols: 10, rows: 4 },
    {
      historiesFolder: folder,
      keyframesFolder: folder,
      scrollbackLimit: 100,
      client: { kind: 'daemon', pid: 1, version: '1' },
    },
  );
  again.output(offset(again.offset), Buffer.from('new'));
  const baseline = again.baselineOf(revision);
  assert.ok(baseline !== undefined);
  const { screen } = new FreshLines(baseline, 0).read(again.watchable);
  assert.deepEqual(
    screen.map(({ text }) => text).filter((text) => text !== ''),
    ['new'],
  );
  assert.equal(again.baselineOf('00000000000.aaaaaaaaaaaa'), undefined);
  again.dispose();
});
