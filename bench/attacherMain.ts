import { Terminal } from '@xterm/headless';
import { Connection } from '../daemon/client/connection';
import type { ConnectOptions } from '../daemon/client/options';
import type { AttacherCall, AttacherCalls } from './terminals/attacher';
import { SIZE } from './terminals/view';

/** One in so many of the screens is parsed, when all have come: parsing leaves much behind for the collector, which the next attach would wait for. */
const PARSED_ONE_IN = 5;

/** A process that connects, attaches when it is told to, and does nothing else: `bench/terminals/attacher.ts` starts it. */
class AttacherProcess {
  private _connection: Promise<Connection> | undefined;
  private _attached = 0;
  private _toParse: (readonly Uint8Array[])[] = [];

  public open(options: ConnectOptions): Promise<unknown> {
    this._connection = Connection.open(options);
    return this._connection.then(() => null);
  }

  public async attach(session: string): Promise<number> {
    const connection = await this._connection;
    if (connection === undefined) {
      throw new Error('nothing is open');
    }
    const start = performance.now();
    const attachment = await connection.attach({
      target: { text: session },
      mode: 'interactive',
      size: SIZE,
      history: 10_000,
    });
    const pieces: Uint8Array[] = [];
    const subscription = attachment.onData((data) => pieces.push(data));
    attachment.start();
    const taken = performance.now() - start;
    subscription.dispose();
    attachment.detach();
    if (this._attached++ % PARSED_ONE_IN === 0) {
      this._toParse.push(pieces);
    }
    return taken;
  }

  public async parse(): Promise<readonly number[]> {
    const taken: number[] = [];
    for (const pieces of this._toParse.splice(0)) {
      const terminal = new Terminal({ ...SIZE, scrollback: 10_000, allowProposedApi: true });
      const start = performance.now();
      for (const piece of pieces) {
        await new Promise<void>((resolve) => terminal.write(piece, resolve));
      }
      taken.push(performance.now() - start);
      terminal.dispose();
    }
    return taken;
  }
}

const attacher = new AttacherProcess();

const answer = (call: AttacherCall): Promise<AttacherCalls[AttacherCall['name']]['result']> => {
  switch (call.name) {
    case 'open':
      return attacher.open(call.params);
    case 'attach':
      return attacher.attach(call.params);
    case 'parse':
      return attacher.parse();
  }
};

process.on('message', (call: AttacherCall) => {
  answer(call).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: (error as Error).stack ?? String(error) }),
  );
});
