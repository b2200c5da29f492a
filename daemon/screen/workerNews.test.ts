import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TerminalId } from '../protocol/ids';
import { WorkerNews } from './workerNews';

const HELD = 'held' as TerminalId;
const OTHER = 'other' as TerminalId;

const listening = (): { readonly news: WorkerNews; readonly told: string[] } => {
  const news = new WorkerNews();
  const told: string[] = [];
  news.onBell((terminal) => told.push(`bell of ${terminal}`));
  news.onShellMark(({ terminal, mark }) => told.push(`${mark.kind} in ${terminal}`));
  return { news, told };
};

test('what a program says before it is known is told once it is, in its order; others’ at once', async () => {
  const { news, told } = listening();
  let know: () => void = () => undefined;
  const known = new Promise<void>((resolve) => (know = resolve));
  news.hold(HELD, known);
  news.hear({ kind: 'shell', terminal: HELD, mark: { kind: 'integrated' } });
  news.hear({ kind: 'bell', terminal: OTHER });
  news.hear({ kind: 'bell', terminal: HELD });
  assert.deepEqual(told, ['bell of other']);
  know();
  await known;
  assert.deepEqual(told, ['bell of other', 'integrated in held', 'bell of held']);
  news.hear({ kind: 'bell', terminal: HELD });
  assert.equal(told.at(-1), 'bell of held');
  assert.equal(told.length, 4);
});

test('what a program has said that could not be stored is told to nobody', async () => {
  const { news, told } = listening();
  let refuse: () => void = () => undefined;
  const known = new Promise<void>(
    (_resolve, reject) => (refuse = () => reject(new Error('the disk is full'))),
  );
  news.hold(HELD, known);
  news.hear({ kind: 'bell', terminal: HELD });
  refuse();
  await known.catch(() => undefined);
  assert.deepEqual(told, []);
  news.hear({ kind: 'bell', terminal: HELD });
  assert.deepEqual(told, ['bell of held'], 'what comes afterwards is told again');
});

test('only the newest program that is not known holds back what a terminal says', async () => {
  const { news, told } = listening();
  let refuse: () => void = () => undefined;
  const first = new Promise<void>((_resolve, reject) => (refuse = () => reject(new Error('refused'))));
  let know: () => void = () => undefined;
  const second = new Promise<void>((resolve) => (know = resolve));
  news.hold(HELD, first);
  news.hold(HELD, second);
  news.hear({ kind: 'bell', terminal: HELD });
  refuse();
  await first.catch(() => undefined);
  assert.deepEqual(told, []);
  know();
  await second;
  assert.deepEqual(told, ['bell of held']);
});
