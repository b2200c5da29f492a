import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Connection } from '../../daemon/client/index';
import { HOSTS_FOLDER, LOG_FOLDER } from '../../daemon/protocol/endpoint';

import type { HostRecord } from '../../daemon/protocol/host';
import type { Ticket } from '../../daemon/protocol/ids';
import { TerminalAttach } from '../../daemon/protocol/terminals';
import { type Address, dial } from '../../daemon/transport/dial';
import { Place, startProgram } from '../integration/clientFixture';
import { type Input, type InputKind, inputs } from './inputs';
import { Witness } from './witness';

export const KINDS: readonly InputKind[] = ['hello', 'control', 'stream'];

export interface FuzzOptions {
  readonly seed: number;
  /** Of each kind at each process that takes it. */
  readonly count: number;
  readonly kinds?: readonly InputKind[];
  /** Milliseconds that another client may have to wait. */
  readonly patienceMs?: number;
  readonly say?: (text: string) => void;
}

export interface FuzzResult {
  readonly inputs: number;
  readonly connections: number;
  /** The longest another client had to wait meanwhile, in milliseconds. */
  readonly longestCallMs: number;
  readonly longestEchoMs: number;
}

/** After so many inputs another client looks whether it is served. */
const LOOK_EVERY = 200;
/** So many go into one connection at most. */
const A_CONNECTION = 50;

/** Messages that do what they say without a target: to be told to leave, to be somebody else's. */
const NOT_SENT: ReadonlySet<string> = new Set([
  'daemon/shutdown',
  'daemon/keep',
  'host/register',
  'host/release',
]);

interface Side {
  readonly name: string;
  readonly address: Address;
  readonly methods: readonly string[];
  /** For a stream: where it is served, and what lets one in. */
  readonly ticket?: () => Promise<{ readonly address: Address; readonly ticket: Ticket }>;
}

/**
 * Sends what a broken or hostile client of the same user could send, to a real daemon and a real PTY host.
 * @throws Error when one of them ends, when another client waits too long or is shown something else, or when an
 * error was met that nobody had thought of
 */
export const fuzz = async (options: FuzzOptions): Promise<FuzzResult> => {
  const { seed, count, kinds = KINDS, patienceMs, say = () => undefined } = options;
  const place = new Place();
  try {
    const witness = await Witness.start(place, patienceMs);
    const connection = await place.connection();
    let sent = 0;
    let connections = 0;
    for (const side of await sidesOf(place, connection)) {
      for (const kind of kinds) {
        if (kind === 'stream' && side.ticket === undefined) {
          continue;
        }
        const made = fc.sample(inputs(kind, { token: side.address.token, methods: side.methods }), {
          numRuns: count,
          seed,
        });
        let at = 0;
        for (const batch of batches(made)) {
          connections++;
          await send(side, batch);
          const before = at;
          at += batch.length;
          if (Math.floor(before / LOOK_EVERY) !== Math.floor(at / LOOK_EVERY)) {
            await look(witness, () => `${kind} up to ${at} of seed ${seed}, to ${side.name}`);
          }
        }
        sent += made.length;
        await look(witness, () => `${kind} of seed ${seed}, to ${side.name}`);
        say(`${side.name}, ${kind}: ${made.length} inputs`);
      }
    }
    await witness.leave();
    const surprises = surprisesIn(place.dataDir);
    if (surprises.length > 0) {
      throw new Error(`the logs tell of what nobody had thought of:\n${surprises.slice(0, 20).join('\n')}`);
    }
    return {
      inputs: sent,
      connections,
      longestCallMs: witness.longestCallMs,
      longestEchoMs: witness.longestEchoMs,
    };
  } finally {
    await place.leave();
  }
};

const look = async (witness: Witness, when: () => string): Promise<void> => {
  try {
    await witness.look();
  } catch (error) {
    throw new Error(`behind ${when()}: another client is not served`, { cause: error });
  }
};

const sidesOf = async (place: Place, connection: Connection): Promise<readonly Side[]> => {
  const session = await startProgram(connection, 'sh', '-c', 'stty raw -echo; exec cat >/dev/null');
  const { endpoint } = connection;
  if (endpoint === undefined) {
    throw new Error('connected to no daemon');
  }
  const folder = join(place.dataDir, HOSTS_FOLDER);
  const hosts = readdirSync(folder).map(
    (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as HostRecord,
  );
  return [
    { name: 'the daemon', address: endpoint, methods: methodsOf('session', 'terminal', 'events', 'daemon') },
    ...hosts.map((record) => ({
      name: 'the PTY host',
      address: record,
      methods: methodsOf('host'),
      ticket: async () => {
        const { stream } = await connection.call(TerminalAttach.type, {
          target: { text: session },
          mode: 'interactive',
          size: { cols: 80, rows: 24 },
        });
        if (stream === undefined) {
          throw new Error('the terminal that takes what is sent does not run any more');
        }
        return { address: stream, ticket: stream.ticket };
      },
    })),
  ];
};

/** As docs/PROTOCOL.md names them; a test keeps that page and the sources together. */
const methodsOf = (...areas: readonly string[]): readonly string[] => {
  const page = readFileSync(join(__dirname, '../../docs/PROTOCOL.md'), 'utf8');
  return [
    ...new Set(
      [...page.matchAll(/`((?:session|terminal|events|daemon|host)\/[a-z-]+)`/g)].map(
        ([, name = '']) => name,
      ),
    ),
  ].filter((name) => areas.includes(name.split('/')[0] ?? '') && !NOT_SENT.has(name));
};

/** What goes into one connection: what ends it comes last; of hellos, each has one of its own. */
function* batches(made: readonly Input[]): Iterable<readonly Input[]> {
  let batch: Input[] = [];
  for (const input of made) {
    batch.push(input);
    if (batch.length === A_CONNECTION || (input.ends && input.kind !== 'hello')) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) {
    yield batch;
  }
}

const send = async (side: Side, batch: readonly Input[]): Promise<void> => {
  const kind = batch[0]?.kind;
  const pieces = batch.map(({ bytes }) => bytes);
  const client = { kind: 'test', version: '0.0.0', pid: process.pid } as const;
  if (kind === 'hello') {
    await Promise.all(pieces.map((bytes) => sendTo(connect({ path: side.address.socket }), [bytes])));
  } else if (kind === 'control') {
    const { socket } = await dial(side.address, client);
    await sendTo(socket, pieces);
  } else if (side.ticket !== undefined) {
    const { address, ticket } = await side.ticket();
    const { socket } = await dial(address, client, { ticket });
    await sendTo(socket, pieces);
  }
};

/** A server that waits for the rest of a message is left after so long. */
const LEAVE_MS = 50;
/** So long no server may take to read what was sent. */
const CLOSE_MS = 30_000;

/** Sends it piece by piece, and leaves: in order, or in the midst. */
const sendTo = (socket: Socket, pieces: readonly Uint8Array[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const { bytesRead, bytesWritten, writableLength, readableEnded, writableFinished } = socket;
      const state = { bytesRead, bytesWritten, writableLength, readableEnded, writableFinished };
      socket.destroy();
      reject(new Error(`a connection did not close: ${JSON.stringify(state)}`));
    }, CLOSE_MS);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    // What comes back is not looked at, but taken.
    socket.resume();
    for (const piece of pieces) {
      socket.write(piece);
    }
    if (pieces.length % 2 === 0) {
      socket.end(() => socket.destroy());
    } else {
      socket.end();
      socket.setTimeout(LEAVE_MS, () => socket.destroy());
    }
  });

/** Lines of the logs that only a fault of the program writes. */
const surprisesIn = (dataDir: string): string[] => {
  const folder = join(dataDir, LOG_FOLDER);
  return readdirSync(folder)
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) =>
      /uncaught|unhandled|TypeError|RangeError|ReferenceError|Maximum call stack/i.test(line),
    );
};
