import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { HostResize, HostSync, HostTicket, HostWrite } from '../protocol/host';
import { type Offset, offset, type TerminalId } from '../protocol/ids';
import { until } from '../ptyhost/testing/poll';
import { CLIENT, SIZE, TestHost } from '../ptyhost/testing/testHost';
import { Mirrors } from './mirrors';
import type { FromWorker } from './workerMessages';

/** Below the second after which a keyframe is written: a mirror sleeps at the first look behind that. */
const SLEEP_AFTER_MS = 100;

let host: TestHost;
let folder: string;
let mirrors: Mirrors;
let told: FromWorker[];

before(async () => {
  host = await TestHost.start();
});

const openMirrors = (sleepAfterMs = SLEEP_AFTER_MS): void => {
  folder = mkdtempSync(join(tmpdir(), 'hf-sleepers-'));
  told = [];
  mirrors = new Mirrors(
    { historiesFolder: folder, keyframesFolder: folder, scrollbackLimit: 1000, client: CLIENT, sleepAfterMs },
    (message) => told.push(message),
    async (terminal, from) => {
      const mirror = { terminal, mode: 'mirror', client: 'mirror', from } as const;
      const { ticket } = await host.peer.call(HostTicket.type, mirror);
      const { record } = host;
      assert.ok(record);
      return { socket: record.socket, token: record.token, ticket };
    },
  );
};

afterEach(() => {
  mirrors.dispose();
  rmSync(folder, { recursive: true, force: true });
});

after(() => host.dispose());

/** Runs what it is given as input: JavaScript, with `out` to print. Input that it gets otherwise it shows. */
const start = async (): Promise<TerminalId> => {
  const { terminal } = await host.script(
    `process.stdin.setRawMode(true);
     const out = (text) => process.stdout.write(text);
     let got = '';
     process.stdin.on('data', (data) => {
       got += data;
       const [, code] = /^!(.*)!$/.exec(got) ?? [];
       if (code !== undefined) { got = ''; eval(code); }
       else if (got.startsWith('\\x1b') && got.endsWith('R')) { out(JSON.stringify(got)); got = ''; }
     });
     out('ready');`,
  );
  await mirrors.follow({ terminal, size: SIZE });
  await shows(terminal, 'ready');
  return terminal;
};

const run = async (terminal: TerminalId, code: string): Promise<void> => {
  const data = Buffer.from(`!${code}!`).toString('base64');
  await host.peer.call(HostWrite.type, { terminal, data });
};

const headOf = async (terminal: TerminalId): Promise<Offset> =>
  (await host.peer.call(HostSync.type, { terminal })).head;

const shows = (terminal: TerminalId, text: string): Promise<string[]> =>
  until(`the screen shows ${text}`, async () => {
    const mirror = await mirrors.at(terminal, await headOf(terminal));
    const { lines } = mirror.screen(1000);
    return lines.some((line) => line.includes(text)) ? [...lines] : undefined;
  });

const sleeps = (terminal: TerminalId): Promise<true> =>
  until('the mirror sleeps', () => (mirrors.isAwake(terminal) ? undefined : true));

test('a mirror that nobody needs sleeps without a timer, and wakes for output, for a size and for who looks', async () => {
  openMirrors();
  const terminals = [await start(), await start()];
  for (const terminal of terminals) {
    await sleeps(terminal);
  }
  assert.deepEqual(
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout'),
    [],
  );
  const [first, second] = terminals;
  assert.ok(first && second);
  const states = told.length;
  assert.equal((await mirrors.at(second)).screen(0).lines[0], 'ready');
  await host.peer.call(HostResize.type, { terminal: first, size: { cols: 50, rows: 10 } });
  await until('the size has come', () => (mirrors.isAwake(first) ? true : undefined));
  assert.deepEqual((await mirrors.at(first)).emulator.size, { cols: 50, rows: 10 });
  await run(first, "out('later')");
  await shows(first, 'readylater');
  for (const terminal of terminals) {
    await sleeps(terminal);
  }
  const later = told.slice(states);
  assert.deepEqual(
    later.map((message) => (message.kind === 'state' ? message.state.terminal : message.kind)),
    [first],
  );
});

test('a question whose first half came before the sleep is answered once', async () => {
  openMirrors();
  const terminal = await start();
  await run(terminal, "out('\\x1b[6')");
  await until('the half has come', async () => ((await headOf(terminal)) > 5 ? true : undefined));
  await sleeps(terminal);
  await run(terminal, "out('n')");
  const lines = await shows(terminal, '"\\u001b[1;6R"');
  assert.equal(lines[0], 'ready"\\u001b[1;6R"');
  await sleeps(terminal);
  await run(terminal, "out('.')");
  assert.equal((await shows(terminal, 'R".'))[0], 'ready"\\u001b[1;6R".');
});

test('a mirror whose keyframe is gone when it wakes is drawn again from the journal', async () => {
  openMirrors();
  const terminal = await start();
  await run(terminal, "for (let i = 0; i < 100; i++) out('line ' + i + '\\r\\n')");
  await shows(terminal, 'line 99');
  await sleeps(terminal);
  const keyframes = readdirSync(folder).filter((name) => name.endsWith('.keyframe'));
  writeFileSync(join(folder, keyframes[0] ?? ''), 'damaged');
  const { lines } = (await mirrors.at(terminal)).screen(1000);
  assert.equal(lines.filter((line) => line.startsWith('line')).length + 1, 100);
  assert.equal(lines[0], 'readyline 0');
  await sleeps(terminal);
  rmSync(join(folder, keyframes[0] ?? ''));
  await run(terminal, "out('woken by output')");
  assert.equal((await shows(terminal, 'woken by output'))[0], 'readyline 0');
  assert.deepEqual(
    told.map(({ kind }) => kind).filter((kind) => kind !== 'state'),
    ['setAside'],
    'the damaged one is named, and nothing else is told again',
  );
});

test('a terminal that ends or is forgotten in its sleep is finished without waking', async () => {
  openMirrors();
  const terminals = [await start(), await start()];
  const [ended, forgotten] = terminals;
  assert.ok(ended && forgotten);
  for (const terminal of terminals) {
    await sleeps(terminal);
  }
  await mirrors.finish(ended, offset(5));
  mirrors.restore({ terminal: ended, size: SIZE, journal: host.journalOf(ended) });
  assert.equal((await mirrors.at(ended)).screen(0).lines[0], 'ready');
  mirrors.forget(forgotten);
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith(forgotten)),
    [],
  );
});
