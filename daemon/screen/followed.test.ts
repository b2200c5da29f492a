import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { newId } from '../platform/secrets';
import { HoldfastError } from '../protocol/errors';
import { offset, type TerminalId } from '../protocol/ids';
import type { Size } from '../protocol/model';
import type { StreamAddress, ThemeColors } from '../protocol/terminals';
import { Followed } from './followed';
import type { Mirror } from './mirror';
import { Openings } from './openings';
import type { FromWorker, WorkerSettings } from './workerMessages';

const SIZE: Size = { cols: 40, rows: 6 };
const ENOUGH = 20_000;
const PATIENCE_MS = 5000;

let folder: string;
let settings: WorkerSettings;
const opened: Followed[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hf-followed-'));
  settings = {
    historiesFolder: join(folder, 'histories'),
    keyframesFolder: join(folder, 'keyframes'),
    scrollbackLimit: ENOUGH,
    client: { kind: 'test', version: '0', pid: process.pid },
  };
  mkdirSync(settings.historiesFolder);
  mkdirSync(settings.keyframesFolder);
});

afterEach(() => {
  for (const followed of opened.splice(0)) {
    followed.dispose();
  }
  rmSync(folder, { recursive: true, force: true });
});

/** One that is fed by hand, and what it tells. */
const open = (
  terminal = newId() as TerminalId,
  connect = (): Promise<StreamAddress> => Promise.reject(new Error('there is no stream here')),
): { followed: Followed; told: FromWorker[] } => {
  const told: FromWorker[] = [];
  const followed = new Followed({
    terminal,
    size: SIZE,
    settings: () => settings,
    tell: (message) => told.push(message),
    connect,
    openings: new Openings(),
    onUsed: () => undefined,
  });
  opened.push(followed);
  return { followed, told };
};

const write = (followed: Followed, text: string): void =>
  followed.take({ kind: 'output', offset: followed.offset, data: Buffer.from(text) });

const resize = (followed: Followed, size: Size): void =>
  followed.take({ kind: 'resized', offset: followed.offset, ...size });

const mirrorOf = (followed: Followed): Promise<Mirror> => followed.at(undefined, PATIENCE_MS);

const letSleep = (followed: Followed): void => {
  followed.save();
  assert.equal(followed.sleep(), 'asleep');
  assert.equal(followed.isAwake, false);
};

/** Everything that anybody can be told of it. */
const viewOf = async (followed: Followed): Promise<unknown> => {
  const mirror = await mirrorOf(followed);
  const { snapshot, continuation, ...place } = mirror.snapshot(ENOUGH);
  return {
    ...place,
    snapshot: snapshot.toString(),
    continuation: continuation.toString('latin1'),
    screen: mirror.screen(ENOUGH),
    state: mirror.state(),
    covered: mirror.covered,
  };
};

const PROMPT = '\x1b]633;A\x1b\\$ \x1b]633;B\x1b\\make\x1b]633;E;make;nonce\x1b\\\x1b]633;C\x1b\\\r\n';
const RICH = `${PROMPT}${Array.from({ length: 60 }, (_, line) => `line ${line} \x1b[3${line % 8}m漢字\x1b[m\r\n`).join('')}\x1b]0;a title\x07\x1b]7;file:///tmp\x07\x1b]8;;http://a\x1b\\link\x1b]8;;\x1b\\\x07\x1b[?2004h\x1b[4h${'x'.repeat(100)}\x1b]4;5;#aabbcc\x1b\\\x1b[38;5`;

test('a mirror that slept is the same in all that it shows, says and counts, and nothing is told again', async () => {
  const { followed, told } = open();
  write(followed, RICH);
  const before = await viewOf(followed);
  (await mirrorOf(followed)).tellState();
  assert.deepEqual(
    told.map(({ kind }) => kind),
    ['bell', 'state'],
  );
  letSleep(followed);
  const { covered: _, ...expected } = before as Record<string, unknown>;
  assert.deepEqual(await viewOf(followed), { ...expected, covered: followed.offset });
  (await mirrorOf(followed)).tellState();
  letSleep(followed);
  write(followed, 'mred');
  assert.equal(told.length, 2);
  const { lines } = (await mirrorOf(followed)).screen(ENOUGH);
  assert.equal(lines.filter((line) => line === 'line 59 漢字').length, 1);
  assert.match(lines.join('\n'), /x+red/);
});

test('what tells a sleeping mirror nothing new does not wake it', () => {
  const { followed, told } = open();
  write(followed, 'text');
  letSleep(followed);
  resize(followed, SIZE);
  followed.take({ kind: 'output', offset: offset(0), data: Buffer.from('text') });
  followed.take({ kind: 'gap', offset: offset(4) });
  followed.take({ kind: 'lagged', offset: offset(4) });
  followed.take({ kind: 'exited', offset: offset(4), exitCode: 0, signal: 0 });
  assert.equal(followed.isAwake, false);
  assert.equal(followed.offset, 4);
  assert.equal(followed.isOver, true);
  assert.deepEqual(told, []);
});

test('a size, output that is missing and a program that starts again wake it', async () => {
  const { followed, told } = open();
  write(followed, `${'wide '.repeat(20)}\r\n`.repeat(5));
  letSleep(followed);
  resize(followed, { cols: 20, rows: 6 });
  const { size, lines } = (await mirrorOf(followed)).screen(ENOUGH);
  assert.deepEqual(size, { cols: 20, rows: 6 });
  assert.equal(lines[0], 'wide wide wide wide');
  assert.equal(lines.filter((line) => line.startsWith('wide')).length, 25);
  letSleep(followed);
  followed.take({ kind: 'gap', offset: offset(600) });
  assert.deepEqual(
    told.filter(({ kind }) => kind === 'gap'),
    [{ kind: 'gap', terminal: (await mirrorOf(followed)).terminal, from: 510, to: 600 }],
  );
  letSleep(followed);
  (await mirrorOf(followed)).restartUnder(offset(700), '--- again ---');
  assert.equal(followed.sleep(), 'asleep');
  assert.equal(followed.offset, 700);
  write(followed, 'new');
  assert.deepEqual((await mirrorOf(followed)).screen(0).lines.slice(-2), ['--- again ---', 'new']);
});

test('one that nobody told colours of its own takes a new default in its sleep, one with its own keeps them', async () => {
  const [dark, light, own]: ThemeColors[] = [
    { background: '#000000' },
    { background: '#ffffff' },
    { background: '#123456' },
  ];
  assert.ok(dark && light && own);
  settings = { ...settings, theme: dark };
  const { followed: plain } = open();
  const { followed: themed } = open();
  (await mirrorOf(themed)).setTheme(own);
  assert.equal(themed.sleep(), 'later', 'its colours are not on disk');
  for (const followed of [plain, themed]) {
    write(followed, 'text');
    letSleep(followed);
    followed.setDefaultTheme(dark, light);
    assert.equal(followed.isAwake, false);
  }
  settings = { ...settings, theme: light };
  assert.deepEqual((await mirrorOf(plain)).emulator.theme, light);
  assert.deepEqual((await mirrorOf(themed)).emulator.theme, own);
});

test('a mirror stays awake while the disk takes nothing, or has lost what it was given', () => {
  const { followed } = open();
  write(followed, 'text');
  rmSync(settings.keyframesFolder, { recursive: true });
  assert.throws(() => followed.save());
  assert.equal(followed.sleep(), 'later');
  mkdirSync(settings.keyframesFolder);
  followed.save();
  damageKeyframes();
  assert.equal(followed.sleep(), 'later');
  assert.equal(followed.isAwake, true);
  letSleep(followed);
});

test('a mirror that no output could rebuild stays awake until it can be', () => {
  const { followed } = open();
  write(followed, `\x1b[?1049h\x1b[H${'x'.repeat(40)}`);
  resize(followed, { cols: 20, rows: 6 });
  followed.save();
  assert.equal(followed.sleep(), 'never', 'what is hidden beyond the edge of a narrowed alternate screen');
  write(followed, '\x1b[?1049l\x1b[?2026h');
  followed.save();
  assert.equal(followed.sleep(), 'never', 'synchronized output');
  write(followed, '\x1b[?2026l');
  letSleep(followed);
});

test('a mirror whose keyframe was lost in its sleep draws the screen from the journal, under the history it has', async () => {
  for (const lost of [0, 400]) {
    const { followed, told } = open();
    write(followed, RICH);
    const { screen } = (await viewOf(followed)) as { screen: { lines: string[] } };
    letSleep(followed);
    damageKeyframes();
    const known = followed.offset;
    assert.equal(followed.wake().offset, 0);
    assert.equal(followed.sleep(), 'later');
    if (lost > 0) {
      followed.take({ kind: 'gap', offset: offset(lost) });
    }
    resize(followed, SIZE);
    followed.take({
      kind: 'output',
      offset: offset(lost),
      data: Buffer.concat([Buffer.from(RICH).subarray(lost), Buffer.from('mred')]),
    });
    assert.equal(followed.offset, known + 4);
    const { lines } = (await mirrorOf(followed)).screen(ENOUGH);
    assert.match(lines.join('\n'), /x+red/);
    assert.deepEqual(lines.slice(0, 50), screen.lines.slice(0, 50));
    assert.deepEqual(
      told.map(({ kind }) => kind),
      lost === 0 ? ['bell', 'setAside'] : ['bell', 'setAside', 'gap'],
    );
    letSleep(followed);
  }
});

test('where the journal is lost too, the history is kept, and says where something is missing', async () => {
  const { followed } = open();
  write(followed, RICH);
  letSleep(followed);
  damageKeyframes();
  followed.isOver = true;
  const { lines } = (await mirrorOf(followed)).screen(ENOUGH);
  assert.match(lines.join('\n'), /line 50/);
  followed.save();
  const [name = ''] = readdirSync(settings.historiesFolder);
  const history = readFileSync(join(settings.historiesFolder, name), 'utf8');
  assert.match(history, /line 50/);
});

test('a mirror that has not come as far as asked shows nothing, until it has', async () => {
  const { followed } = open();
  write(followed, 'old');
  await assert.rejects(followed.at(offset(6), 50), { code: 'TIMEOUT', message: /up to offset 6/ });
  const asked = followed.at(offset(6), PATIENCE_MS);
  write(followed, 'new');
  assert.equal((await asked).screen(0).lines[0], 'oldnew');
  followed.isOver = true;
  assert.equal((await followed.at(offset(9), PATIENCE_MS)).offset, 6, 'its program has ended: no more comes');
});

test('what a stream was refused with for good is told to who waits and who asks, until it is opened again', async () => {
  const refusal = new HoldfastError('PROTOCOL_MISMATCH', 'another protocol', 'Wait.');
  let isRefused = true;
  let refuse = (_: HoldfastError): void => undefined;
  const { followed } = open(undefined, () =>
    isRefused
      ? new Promise((_, reject) => {
          refuse = reject;
        })
      : Promise.reject(new HoldfastError('SESSION_UNREACHABLE', 'not now', 'Wait.')),
  );
  const opened = followed.open();
  const waits = followed.at(offset(3), PATIENCE_MS);
  // Its turn comes in a later microtask.
  await Promise.resolve();
  refuse(refusal);
  await assert.rejects(opened, refusal);
  await assert.rejects(waits, refusal);
  await assert.rejects(followed.at(offset(3), PATIENCE_MS), refusal);
  assert.equal((await mirrorOf(followed)).offset, 0, 'who asks for nothing that is missing is answered');
  isRefused = false;
  await followed.open();
  assert.equal(followed.hasStream, true, 'it is going to be tried again');
  await assert.rejects(followed.at(offset(3), 50), { code: 'TIMEOUT' });
});

test('a stream that can not be opened is tried again by itself, and at once when somebody asks', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let tries = 0;
  const { followed } = open(undefined, () => {
    tries++;
    return Promise.reject(new HoldfastError('DAEMON_UNAVAILABLE', 'broke off (write EPIPE)', 'Wait.'));
  });
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await followed.open();
  assert.equal(tries, 1);
  const after = async (ms: number): Promise<number> => {
    context.mock.timers.tick(ms);
    await settled();
    return tries;
  };
  assert.deepEqual([await after(99), await after(1), await after(199), await after(1)], [1, 2, 2, 3]);
  const asked = assert.rejects(followed.at(offset(1), PATIENCE_MS), { code: 'TIMEOUT' });
  await settled();
  assert.equal(tries, 4, 'asked for, it is tried without delay');
  await after(PATIENCE_MS);
  await asked;
  followed.dispose();
  const last = tries;
  assert.equal(await after(60_000), last, 'nobody tries for one that is let go');
});

const damageKeyframes = (): void => {
  for (const name of readdirSync(settings.keyframesFolder)) {
    if (name.endsWith('.keyframe')) {
      writeFileSync(join(settings.keyframesFolder, name), 'damaged');
    }
  }
};
