import { Connection } from '../../daemon/client/index';
import {
  SessionList,
  SessionRemove,
  SessionRename,
  SessionRestart,
  SessionSet,
  SessionShow,
} from '../../daemon/protocol/sessions';
import {
  TerminalKey,
  TerminalOutput,
  TerminalSnapshot,
  TerminalSpawn,
} from '../../daemon/protocol/terminals';
import { endSession, type Place, Screen, startProgram, startSession } from '../integration/clientFixture';
import { poll } from '../support/poll';

/** A session that is worked in this hour: one window shows it, and another viewer reads all it prints. */
export interface Desk {
  readonly session: string;
  readonly window: Screen;
  readonly reader: Screen;
}

/** An hour of work: who is there, and what it is done with. */
export interface Hour {
  readonly place: Place;
  /** Of a window that is open all day. */
  readonly connection: Connection;
  readonly desks: readonly Desk[];
  /** All sessions that stay. */
  readonly lasting: readonly string[];
}

/** Something somebody does. `number` is another one each time, of the whole day. */
type Act = (hour: Hour, number: number) => Promise<void>;

/** A machine that does other things, too. */
const PATIENCE_MS = 60_000;
const SIZE = { cols: 80, rows: 24 };

const of = <T>(items: readonly T[], number: number): T => {
  const item = items[number % items.length];
  if (item === undefined) {
    throw new Error('nothing to choose from');
  }
  return item;
};

/** A command in a shell that is viewed, whose answer is waited for. */
const command: Act = ({ desks }, number) =>
  ask(of(desks, number), `echo =$((7*${number}))=`, `=${7 * number}=`);

/** A build, a test run, a log: more than a screen, less than a flood. */
const build: Act = ({ desks }, number) =>
  ask(of(desks, number), `seq 1 100000; echo =$((7*${number}))=`, `=${7 * number}=`);

const ask = async ({ window, reader }: Desk, line: string, answer: string): Promise<void> => {
  const from = reader.text.length;
  if (!window.attachment.write(`${line}\r`)) {
    throw new Error(`the window can't be typed in: ${window.attachment.state}`);
  }
  await poll(() => reader.text.includes(answer, from), {
    what: `the answer to ${line}`,
    timeoutMs: PATIENCE_MS,
    intervalMs: 2,
    state: () => ({ end: reader.text.slice(-200), states: reader.states }),
  });
};

/** A window that is reloaded, `holdfast attach`: another viewer comes, with another size, and goes. */
const visit: Act = async ({ connection, lasting }, number) => {
  const isReader = number % 3 === 0;
  const attachment = await connection.attach({
    target: { text: of(lasting, number) },
    mode: isReader ? 'read-only' : 'interactive',
    ...(isReader ? {} : { size: { cols: 60 + (number % 90), rows: 10 + (number % 40) } }),
  });
  const screen = new Screen(attachment);
  await poll(() => screen.text.length > 0, {
    what: 'a first screen',
    timeoutMs: PATIENCE_MS,
    intervalMs: 2,
    state: () => screen.states,
  });
  attachment.dispose();
};

/** A call of the command line: it connects, asks, and is gone. */
const call: Act = async ({ place }) => {
  const connection = await Connection.open(place.options);
  try {
    await connection.call(SessionList.type, {});
  } finally {
    connection.dispose();
  }
};

/** What an agent does: it looks, at screens that sleep as well. */
const look: Act = async ({ connection, lasting }, number) => {
  const target = { text: of(lasting, number) };
  await connection.call(TerminalSnapshot.type, { target, scrollback: 100 });
  await connection.call(TerminalOutput.type, { target, tail: 20 });
};

/** The pane is drawn wider. */
const resize: Act = async ({ desks }, number) => {
  of(desks, number).window.attachment.resize({ cols: 70 + (number % 60), rows: 20 + (number % 30) });
};

/** Somebody tidies up. */
const label: Act = async ({ connection, lasting }, number) => {
  const target = { text: of(lasting, number) };
  await connection.call(SessionRename.type, { target, name: `name-${number}` });
  await connection.call(SessionSet.type, {
    target,
    note: `${number} `.repeat(80),
    tags: [`tag-${number % 7}`],
  });
};

/** A session that does not last: it ends in one of the ways there are. */
const task: Act = (hour, number) => of(TASKS, number)(hour, number);

const TASKS: readonly Act[] = [
  async ({ connection }) => {
    await endSession(connection, await startProgram(connection, 'cat'));
  },
  async ({ connection, place }) => {
    const session = await startProgram(connection);
    const shell = await place.attach(connection, session);
    shell.attachment.write('exit 3\r');
    await ended(connection, session);
    shell.attachment.dispose();
    await endSession(connection, session);
  },
  async ({ connection, place }) => {
    // It ends a moment after it is left; the end of the hour sees to that.
    const session = await startSession(connection, { command: ['sh'], ephemeral: true });
    const guest = await place.attach(connection, session);
    guest.attachment.write('echo guest\r');
    // Where an hour takes five seconds, a guest may come when it has ended already.
    await poll(() => guest.text.includes('guest') || guest.end !== undefined, {
      what: 'the answer to the guest, or the end',
      timeoutMs: PATIENCE_MS,
      state: () => guest.text,
    });
    guest.attachment.dispose();
  },
  async ({ connection }) => {
    await startSession(connection, { command: ['sh'], ephemeral: true, ttlMs: 300 });
  },
  async ({ connection }) => {
    const session = await startProgram(connection, 'cat');
    const target = { text: session };
    const { terminal } = await connection.call(TerminalSpawn.type, {
      target,
      name: 'second',
      cwd: '/',
      environment: { PATH: process.env['PATH'] ?? '' },
      command: ['sh', '-c', 'read line; exit'],
    });
    await connection.call(TerminalKey.type, {
      target: { text: `${session}:${terminal.name}` },
      keys: ['Enter'],
    });
    await endSession(connection, session);
  },
  async ({ connection }) => {
    const session = await startProgram(connection, 'sh', '-c', 'echo begun; exec cat');
    await connection.call(SessionRestart.type, { target: { text: session } });
    await endSession(connection, session);
  },
];

const ended = (connection: Connection, session: string): Promise<unknown> =>
  poll(
    async () => {
      const shown = await connection.call(SessionShow.type, { target: { text: session } });
      return shown.session?.state === 'exited';
    },
    { what: 'a program to end', timeoutMs: PATIENCE_MS },
  );

/**
 * What an hour consists of: a person who types a command each 30 s and shows other sessions each minute and a half, scripts and
 * agents that ask twice a minute, a program started every other minute, and a build each quarter of an hour.
 */
export const AN_HOUR: readonly (readonly [act: Act, times: number])[] = [
  [command, 120],
  [visit, 40],
  [call, 60],
  [look, 60],
  [resize, 30],
  [label, 60],
  [task, 30],
  [build, 4],
];

/** Shows the sessions of an hour in a window of its own, each with somebody who reads along. */
export const sitDown = (window: Connection, sessions: readonly string[]): Promise<readonly Desk[]> =>
  Promise.all(
    sessions.map(async (session) => ({
      session,
      window: new Screen(await window.attach({ target: { text: session }, mode: 'interactive', size: SIZE })),
      reader: new Screen(
        await window.attach({ target: { text: session }, mode: 'read-only', whenBehind: 'output' }),
      ),
    })),
  );

/** Until what was begun and does not last has ended and is forgotten, but for `lasting`. */
export const goHome = async (connection: Connection, lasting: readonly string[]): Promise<void> => {
  const others = async (): Promise<readonly { readonly id: string; readonly state: string }[]> => {
    const { sessions } = await connection.call(SessionList.type, { all: true });
    return sessions.filter(({ id }) => !lasting.includes(id));
  };
  await poll(async () => (await others()).every(({ state }) => state !== 'running'), {
    what: 'sessions to end that do not last',
    timeoutMs: PATIENCE_MS,
    state: others,
  });
  for (const { id } of await others()) {
    await connection.call(SessionRemove.type, { target: { text: id } });
  }
};
