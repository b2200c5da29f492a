import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection } from '../../daemon/client/index';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { LOG_FOLDER } from '../../daemon/protocol/endpoint';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { TerminalInfo } from '../../daemon/protocol/model';
import { SessionKill, SessionList, SessionRemove, SessionRestart } from '../../daemon/protocol/sessions';
import { TerminalAttach, TerminalOutput, TerminalSnapshot } from '../../daemon/protocol/terminals';
import { DEATHS_ALONE, DEATHS_TOGETHER } from '../../daemon/screen/suspects';
import { Place, Screen, startProgram, startSession } from '../integration/clientFixture';
import { poll } from '../support/poll';
import type { Fault, FaultContext, FaultResult } from './fault';
import { inPlace } from './inPlace';
import { NUMBERING, readNumbered } from './numbered';
import { doctor, programs } from './state';

const PATIENCE_MS = 60_000;
/** Room for ordinary screens, and not for one of half a million letters with an accent each: V8 has an object for each. */
const SMALL_HEAP_MB = '24';

const LARGE = { cols: 1000, rows: 500 } as const;

/** Prints something from the first key on, again and again until another one. */
const again = (text: string): string => `
process.stdin.setRawMode(true);
let keys = 0;
process.stdin.on('data', () => { keys++; if (keys === 2) process.stdout.write('no more\\r\\n'); if (keys === 1) write(0); });
const write = (time) => {
  if (keys !== 1) return;
  process.stdout.write(${text} + 'poison ' + time + '\\r\\n', () => setTimeout(() => write(time + 1), 50));
};
process.stdout.write('ready');`;

/** Many small things at once, and a few that are as large as an emulator takes any: a sequence of just under 10 million characters. */
const POISONS = [
  again(`'e\\u0301'.repeat(520_000)`),
  again(`'\\x1b]0;' + '\\u6f22'.repeat(9_900_000) + '\\x07'`),
] as const;

/** A screen worker hits its own memory limit by what a program prints, as often as it is tried. */
export const workerMemory: Fault = {
  name: 'worker-memory',
  title: 'what a program prints takes a screen worker’s memory, each time it is drawn',
  times: 4,
  run: async (context) => {
    const results: FaultResult[] = [];
    for (let time = 0; time < context.times; time++) {
      results.push(
        await inPlace(
          (place) => run(place, POISONS[time % POISONS.length] ?? assert.fail(), context),
          new Place({ HOLDFAST_SCREEN_HEAP_MB: SMALL_HEAP_MB }),
        ),
      );
    }
    const [first] = results;
    return {
      survived: results.reduce((sum, { survived }) => sum + survived, 0),
      recoveries: results.flatMap(({ recoveries }) => recoveries),
      bytesChecked: results.reduce((sum, { bytesChecked }) => sum + bytesChecked, 0),
      notes: first?.notes ?? [],
    };
  },
};

const run = async (place: Place, program: string, { say }: FaultContext): Promise<FaultResult> => {
  const connection = await place.connection();
  const numbers = await startProgram(connection, process.execPath, '-e', NUMBERING);
  const typed = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat');
  const poisoned = await startSession(connection, {
    command: [process.execPath, '-e', program],
    ...LARGE,
  });
  const before = await programs(connection);
  const { pid } = await connection.call(DaemonStatus.type, {});
  const reader = await readNumbered(place, connection, numbers);
  const keys = await place.attach(connection, typed);
  const start = await place.attach(connection, poisoned, { size: LARGE });
  await start.shows('ready');
  assert.ok(start.attachment.write('g'));

  const begun = performance.now();
  let slowest = 0;
  let looks = 0;
  let poison: TerminalInfo | undefined;
  await poll(
    async () => {
      const word = `[${looks++}]`;
      const asked = performance.now();
      assert.ok(keys.attachment.write(word));
      await poll(() => keys.text.includes(word), { what: `the echo of ${word}`, state: () => keys.text });
      // Whoever shares the worker waits for the next one, and is answered.
      await connection.call(TerminalSnapshot.type, { target: { text: typed } });
      slowest = Math.max(slowest, performance.now() - asked);
      poison = await terminalOf(connection, poisoned);
      return poison?.screenSetAside === true;
    },
    { what: 'the screen to be set aside', timeoutMs: PATIENCE_MS, intervalMs: 20, state: () => poison },
  );
  const recovery = performance.now() - begun;
  start.attachment.detach();

  assert.deepEqual(await programs(connection), before, 'the same programs run in the same sessions');
  assert.equal((await connection.call(DaemonStatus.type, {})).pid, pid, 'the daemon lives');
  assert.equal(reader.problem, undefined);
  await hasNoHole(connection, numbers);
  const deaths = deathsIn(place);
  assert.equal(deaths, DEATHS_TOGETHER + DEATHS_ALONE);
  assert.ok((await doctor(place)).some(({ check, status }) => check === 'screens' && status === 'warning'));
  await assert.rejects(
    connection.call(TerminalSnapshot.type, { target: { text: poisoned } }),
    (error) => error instanceof HoldfastError && error.code === 'SCREEN_SET_ASIDE',
  );

  // It runs, what it prints can be seen, and it can be typed to: nothing waits for a screen of it.
  const raw = new Screen(
    place.track(await connection.attach({ mode: 'interactive', size: LARGE, target: { text: poisoned } })),
  );
  await raw.shows('poison ');
  assert.ok(raw.attachment.write('s'));
  await raw.shows('no more');
  const { text } = await connection.call(TerminalOutput.type, { target: { text: poisoned }, tail: 1 });
  assert.match(text, /no more/);
  assert.equal(deathsIn(place), deaths, 'it is not tried again');

  await connection.call(SessionKill.type, { target: { text: poisoned }, signal: 'SIGKILL' });
  const { snapshot } = await connection.call(TerminalAttach.type, {
    target: { text: poisoned },
    mode: 'read-only',
  });
  assert.match(snapshot, /no more/);
  await connection.call(SessionRestart.type, { target: { text: poisoned } });
  await poll(
    async () => {
      const target = { text: poisoned };
      const { lines } = await connection.call(TerminalSnapshot.type, { target });
      poison = await terminalOf(connection, poisoned);
      return lines.some((line) => line.startsWith('ready')) && poison?.screenSetAside !== true;
    },
    { what: 'the screen of the next program', timeoutMs: PATIENCE_MS, state: () => poison },
  );
  await connection.call(SessionKill.type, { target: { text: poisoned }, signal: 'SIGKILL' });
  await connection.call(SessionRemove.type, { target: { text: poisoned } });
  const left = readdirSync(place.dataDir, { recursive: true }).filter((name) =>
    String(name).includes(poison?.id ?? 'nobody'),
  );
  assert.deepEqual(left, []);
  say(`${deaths} workers died; ${looks} looks at another screen, ${Math.round(slowest)} ms at most`);
  return {
    survived: deaths,
    recoveries: [recovery],
    bytesChecked: reader.bytes,
    notes: [
      'recovered: the poisoned screen is set aside, its program runs',
      `an echo and another session’s screen meanwhile: ${Math.round(slowest)} ms at most`,
    ],
  };
};

const terminalOf = async (connection: Connection, session: string): Promise<TerminalInfo | undefined> => {
  const { sessions } = await connection.call(SessionList.type, {});
  return sessions.find(({ id }) => id === session)?.terminals[0];
};

/** The mirror of a terminal that numbers its lines. */
const hasNoHole = async (connection: Connection, numbers: string): Promise<void> => {
  const { lines } = await connection.call(TerminalSnapshot.type, { target: { text: numbers } });
  const seen = lines.filter((line) => line.startsWith('line ')).map((line) => Number(line.split(' ')[1]));
  assert.ok(seen.length > 20, JSON.stringify(lines));
  assert.deepEqual(
    seen,
    seen.map((_, index) => (seen[0] ?? 0) + index),
  );
};

const deathsIn = (place: Place): number => {
  const folder = join(place.dataDir, LOG_FOLDER);
  return readdirSync(folder)
    .filter((name) => name.startsWith('daemon'))
    .map((name) => readFileSync(join(folder, name), 'utf8').split('a screen worker ended').length - 1)
    .reduce((sum, count) => sum + count, 0);
};
