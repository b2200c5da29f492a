import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { buildSync } from 'esbuild';
import { HoldfastError } from '../protocol/errors';
import { HostRead, HostResize, HostSync, HostTicket, HostWrite } from '../protocol/host';
import { type Offset, offset, type TerminalId } from '../protocol/ids';
import { until } from '../ptyhost/testing/poll';
import { CLIENT, SIZE, TestHost } from '../ptyhost/testing/testHost';
import { describeTerminal } from './describeTerminal';
import { Screens } from './screens';
import { DEATHS_ALONE, DEATHS_TOGETHER } from './suspects';
import { feed, plainTerminal } from './testing/transparency';

let host: TestHost;
let folder: string;
let workerPath: string;
const opened: Screens[] = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hf-screens-'));
  workerPath = join(folder, 'screenWorker.js');
  buildSync({
    entryPoints: [resolve(__dirname, 'workerMain.ts')],
    outfile: workerPath,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  host = await TestHost.start();
});

afterEach(() => {
  for (const screens of opened.splice(0)) {
    screens.dispose();
  }
});

after(async () => {
  await host.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const openScreens = (path = workerPath, workers = 1, sleepAfterMs?: number): Screens => {
  const historiesFolder = join(folder, 'histories');
  const keyframesFolder = join(folder, 'keyframes');
  mkdirSync(historiesFolder, { recursive: true });
  mkdirSync(keyframesFolder, { recursive: true });
  const screens = new Screens({
    workerPath: path,
    ...{ workers, historiesFolder, keyframesFolder },
    ...(sleepAfterMs === undefined ? {} : { sleepAfterMs }),
    client: CLIENT,
  });
  opened.push(screens);
  return screens;
};

const follow = (screens: Screens, terminal: TerminalId): Promise<void> =>
  screens.follow({
    terminal,
    size: SIZE,
    connect: async (from) => {
      const { ticket } = await host.peer.call(HostTicket.type, {
        terminal,
        mode: 'mirror',
        client: 'mirror',
        from,
      });
      const { record } = host;
      assert.ok(record);
      return { socket: record.socket, token: record.token, ticket };
    },
  });

const headOf = async (terminal: TerminalId): Promise<Offset> =>
  (await host.peer.call(HostSync.type, { terminal })).head;

/** The output so far, once it ends with `marker`. */
const outputUntil = async (terminal: TerminalId, marker: string): Promise<Buffer> => {
  for (;;) {
    const to = await headOf(terminal);
    const { data } = await host.peer.call(HostRead.type, { terminal, from: offset(0), to });
    const bytes = Buffer.from(data, 'base64');
    if (bytes.toString('latin1').endsWith(marker)) {
      return bytes;
    }
    await new Promise((done) => setTimeout(done, 5));
  }
};

/** What a terminal shows that got everything, and one that got the snapshot. */
const assertSame = async (
  screens: Screens,
  terminal: TerminalId,
  output: Buffer,
  atLeast?: Offset,
): Promise<void> => {
  const snapshot = await screens.snapshot(terminal, atLeast === undefined ? {} : { atLeast });
  assert.equal(snapshot.offset, output.length);
  const expected = plainTerminal(snapshot.size, 20_000);
  const actual = plainTerminal(snapshot.size, 20_000);
  feed(expected, output);
  feed(actual, Buffer.concat([Buffer.from(snapshot.snapshot), snapshot.continuation]));
  assert.deepEqual(describeTerminal(actual), describeTerminal(expected));
  expected.dispose();
  actual.dispose();
};

const LINES = `for (let i = 0; i < 3000; i++) {
  process.stdout.write('line ' + i + '\\t\\x1b[3' + (i % 8) + 'mcolour\\x1b[m ' + (i % 7 === 0 ? '漢字x'.repeat(i % 60) : '') + '\\r\\n');
}
process.stdout.write('\\x1b[?2004h\\x1b[?1006h\\x1b[?1002h\\x1b]0;a title\\x07\\x1b]7;file:///tmp\\x07done');
setInterval(() => undefined, 1000);`;

test('a snapshot has the whole scrollback, also what has left the reflow zone', async () => {
  const screens = openScreens();
  const { terminal } = await host.script(LINES);
  await follow(screens, terminal);
  const output = await outputUntil(terminal, 'done');
  await assertSame(screens, terminal, output, offset(output.length));
  const screen = await screens.screen(terminal, { scrollback: 2500 });
  assert.equal(screen.lines.length, 2500 + SIZE.rows);
  assert.equal(screen.title, 'a title');
  assert.equal(screen.modes.mouseEncoding, 'sgr');
  assert.equal((await screens.encodePaste(terminal, 'a\nb')).toString(), '\x1b[200~a\rb\x1b[201~');
});

test('a daemon that starts again continues from the keyframe, and says the same revision', async () => {
  const first = openScreens();
  const { terminal } = await host.script(LINES);
  await follow(first, terminal);
  const output = await outputUntil(terminal, 'done');
  const before = await first.screen(terminal, { atLeast: offset(output.length) });
  first.dispose();

  const second = openScreens();
  await follow(second, terminal);
  await assertSame(second, terminal, output, offset(output.length));
  assert.equal((await second.screen(terminal)).revision, before.revision);
  await second.finish(terminal);
  await assertSame(second, terminal, output);
  await second.forget(terminal);
  assert.deepEqual(
    readdirSync(join(folder, 'histories')).filter((name) => name.startsWith(terminal)),
    [],
  );
  assert.deepEqual(
    readdirSync(join(folder, 'keyframes')).filter((name) => name.startsWith(terminal)),
    [],
  );
});

test('an ended terminal is rebuilt from what is on disk', async () => {
  const { terminal } = await host.script(`process.stdout.write('last words')`);
  await host.exitOf(terminal);
  const screens = openScreens();
  await screens.restore(terminal, { size: SIZE, journal: host.journalOf(terminal) });
  assert.equal((await screens.screen(terminal)).lines[0], 'last words');
});

test('an ended terminal is whole although its stream never gets as far', async () => {
  const { terminal } = await host.script(`process.stdout.write('last words')`);
  await host.exitOf(terminal);
  const screens = openScreens();
  let giveUp: (error: Error) => void = () => undefined;
  const following = screens.follow({
    terminal,
    size: SIZE,
    connect: () => new Promise((_resolve, reject) => (giveUp = reject)),
  });
  await screens.restore(terminal, { size: SIZE, journal: host.journalOf(terminal) });
  assert.equal((await screens.screen(terminal)).lines[0], 'last words');
  giveUp(new HoldfastError('TERMINAL_NOT_FOUND', 'its PTY host has forgotten it', ''));
  await assert.rejects(following, { code: 'TERMINAL_NOT_FOUND' });
  assert.equal((await screens.screen(terminal)).lines[0], 'last words');
});

test('a program that begins again is followed although the one before is still waited for', async () => {
  const { terminal } = await host.script(
    `process.stdout.write('first'); process.stdin.on('data', () => process.stdout.write('second'));`,
  );
  await outputUntil(terminal, 'first');
  const screens = openScreens();
  let isAsked = false;
  const never = screens.follow({
    terminal,
    size: SIZE,
    connect: () => {
      isAsked = true;
      return new Promise(() => undefined);
    },
  });
  // At the end, with its worker.
  never.catch(() => undefined);
  await until('the stream to be asked for', () => isAsked);
  const at = await headOf(terminal);
  const finished = screens.finish(terminal, { atLeast: at });
  await screens.restartUnder(terminal, { at, separator: null });
  await follow(screens, terminal);
  await finished;
  await host.peer.call(HostWrite.type, { terminal, data: Buffer.from('\r').toString('base64') });
  await outputUntil(terminal, 'second');
  const { lines } = await screens.screen(terminal, { atLeast: await headOf(terminal) });
  assert.match(lines.join('\n'), /second/);
});

test('a query is answered once, and input arrives as typed', async () => {
  const screens = openScreens();
  const { terminal } = await host.script(
    `process.stdin.setRawMode(true);
     let got = '';
     process.stdin.on('data', (d) => { got += d; if (got.endsWith('R')) setTimeout(() => process.stdout.write(JSON.stringify(got) + 'done'), 100); });
     process.stdout.write('ab\\x1b[6n');`,
  );
  await follow(screens, terminal);
  const output = await outputUntil(terminal, 'done');
  assert.match(output.toString(), /"\\u001b\[1;3R"done$/);
});

/** Asks for the background (OSC 11) at each line of input, and prints what it was answered. */
const ASKS_BACKGROUND = `process.stdin.setRawMode(true);
  let got = '';
  process.stdin.on('data', (data) => {
    got += data;
    if (got.startsWith('?')) { got = ''; process.stdout.write('\\x1b]11;?\\x1b\\\\'); }
    const answer = /rgb:[0-9a-f/]+/.exec(got);
    if (got.endsWith('\\x1b\\\\') && answer !== null) { got = ''; process.stdout.write(answer[0] + '.'); }
  });
  process.stdout.write('ready');`;

test('the colours a viewer tells are those of all terminals nobody has told any for, in every worker', async () => {
  const screens = openScreens(workerPath, 2);
  const ask = async (terminal: TerminalId, answer: string): Promise<void> => {
    await host.peer.call(HostWrite.type, { terminal, data: Buffer.from('?').toString('base64') });
    const output = await outputUntil(terminal, '.');
    assert.equal(/rgb:.*(?=\.$)/.exec(output.toString())?.[0], answer);
  };
  const start = async (): Promise<TerminalId> => {
    const { terminal } = await host.script(ASKS_BACKGROUND);
    await follow(screens, terminal);
    await outputUntil(terminal, 'ready');
    return terminal;
  };
  const looked = await start();
  const other = await start();
  const viewed = await start();
  await screens.setTheme(viewed, { background: '#123456' });
  await screens.setTheme(looked, { background: '#f0f1f2' });
  const later = [await start(), await start()];
  for (const terminal of [looked, other, ...later]) {
    await ask(terminal, 'rgb:f0f0/f1f1/f2f2');
  }
  await ask(viewed, 'rgb:1212/3434/5656');
});

test('a resize is seen by whoever asks after it', async () => {
  const screens = openScreens();
  const { terminal } = await host.script(
    `process.stdout.write('x'.repeat(100)); setInterval(() => undefined, 1000)`,
  );
  await follow(screens, terminal);
  await outputUntil(terminal, 'x'.repeat(100));
  await host.peer.call(HostResize.type, { terminal, size: { cols: 50, rows: 10 } });
  for (;;) {
    const { size, lines } = await screens.screen(terminal, { atLeast: offset(100) });
    if (size.cols === 50) {
      assert.deepEqual(size, { cols: 50, rows: 10 });
      assert.equal(lines.length, 10);
      break;
    }
  }
});

/** A worker that dies when it finds the flag, once `condition` holds in it. */
const crashing = (
  name: string,
  condition: string,
): { readonly worker: string; crash(): void; crashed(): boolean } => {
  const flag = join(folder, `${name}.flag`);
  const worker = join(folder, `${name}.js`);
  writeFileSync(
    worker,
    `const fs = require('node:fs');
     const look = () => { if (fs.existsSync(${JSON.stringify(flag)}) && ${condition}) { fs.rmSync(${JSON.stringify(flag)}); process.exit(1); } };
     setInterval(look, 5).unref();
     require(${JSON.stringify(workerPath)});`,
  );
  return { worker, crash: () => writeFileSync(flag, ''), crashed: () => !existsSync(flag) };
};

const echo = `process.stdin.on('data', (d) => process.stdout.write(d)); process.stdout.write('ready');`;

const showsAgain = (screens: Screens, terminal: TerminalId, text: string): Promise<true> =>
  until(`the screen shows '${text}'`, async () => {
    try {
      const { lines } = await screens.screen(terminal, { atLeast: offset(text.length) });
      return lines[0] === text || undefined;
    } catch {
      // Between the crash and the new worker calls are refused.
      return undefined;
    }
  });

test('a worker that dies is replaced, and its mirrors go on', async () => {
  const { worker, crash, crashed } = crashing('crashing', 'true');
  const screens = openScreens(worker);
  const { terminal } = await host.script(echo);
  await follow(screens, terminal);
  await outputUntil(terminal, 'ready');
  crash();
  await until('it has died', () => crashed() || undefined);
  // Who asks meanwhile is answered by the next one.
  const { lines } = await screens.screen(terminal, { atLeast: offset(5) });
  assert.equal(lines[0], 'ready');
});

test('a terminal that ends one worker after the other is drawn alone, then no more, and again for its next program', async () => {
  // Only the worker that draws something: the other one waits for who may come.
  const draws = `Buffer.from(require('node:worker_threads').workerData.workNote)[0] !== 0`;
  const { worker, crash, crashed } = crashing('poisoned', draws);
  const screens = openScreens(worker);
  const { terminal } = await host.script(echo);
  await follow(screens, terminal);
  await outputUntil(terminal, 'ready');
  const died: (TerminalId | undefined)[] = [];
  screens.onDeath((death) => died.push(death.terminal));
  const aside: TerminalId[] = [];
  screens.onSetAside((each) => aside.push(each));
  for (let time = 0; time < DEATHS_TOGETHER + DEATHS_ALONE; time++) {
    await screens.screen(terminal, { atLeast: offset(5) });
    crash();
    await until(`it has died ${time + 1} times`, () => (crashed() && died.length > time) || undefined);
  }
  assert.deepEqual([died, aside], [died.map(() => terminal), [terminal]]);
  const isSetAside = (error: unknown): boolean =>
    error instanceof HoldfastError && error.code === 'SCREEN_SET_ASIDE';
  await assert.rejects(screens.screen(terminal), isSetAside);
  await assert.rejects(follow(screens, terminal), isSetAside);
  const { terminal: other } = await host.script(echo);
  await follow(screens, other);
  await showsAgain(screens, other, 'ready');
  await screens.finish(terminal);
  await screens.forget(terminal);
  await screens.restartUnder(terminal, { at: offset(5), separator: 'again' });
  assert.ok((await screens.screen(terminal)).lines.includes('again'));
  await screens.forget(terminal);
});

test('a worker that dies while its mirrors sleep is replaced, and they come back with what was written since', async () => {
  // Only mirrors that are awake have a timer.
  const asleep = `!process.getActiveResourcesInfo().includes('Timeout')`;
  const { worker, crash, crashed } = crashing('crashingAsleep', asleep);
  const screens = openScreens(worker, 1, 100);
  const { terminal } = await host.script(echo);
  await follow(screens, terminal);
  await outputUntil(terminal, 'ready');
  assert.equal((await screens.screen(terminal, { atLeast: offset(5) })).lines[0], 'ready');
  crash();
  await until('it has fallen asleep and died', () => crashed() || undefined);
  await host.peer.call(HostWrite.type, { terminal, data: Buffer.from('x').toString('base64') });
  await showsAgain(screens, terminal, 'readyx');
});
