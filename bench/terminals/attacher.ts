import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ConnectOptions } from '../../daemon/client/options';

/** What the process can be told, and what it answers. */
export interface AttacherCalls {
  open: { params: ConnectOptions; result: unknown };
  /** A session. Milliseconds from the call to the last byte of the snapshot. */
  attach: { params: string; result: number };
  /** Milliseconds that an emulator takes for each of the screens that were kept; they are dropped. */
  parse: { params: null; result: readonly number[] };
}

export type AttacherCall = {
  [Name in keyof AttacherCalls]: { readonly name: Name; readonly params: AttacherCalls[Name]['params'] };
}[keyof AttacherCalls];

type Answer = { readonly result: unknown } | { readonly error: string };

/**
 * A process of its own that attaches through the client library, as that of a peer is one of its own: what the benchmark
 * leaves behind for its collector of garbage while it drives the peers is no part of an attach.
 */
export class Attacher {
  private constructor(private readonly _process: ChildProcess) {}

  public static async open(options: ConnectOptions): Promise<Attacher> {
    const attacher = new Attacher(fork(join(__dirname, 'attacherMain.cjs'), { serialization: 'advanced' }));
    await attacher._call('open', options);
    return attacher;
  }

  /** @returns milliseconds */
  public attach(session: string): Promise<number> {
    return this._call('attach', session);
  }

  /** @returns milliseconds, of some of the screens since the last time */
  public parse(): Promise<readonly number[]> {
    return this._call('parse', null);
  }

  public async dispose(): Promise<void> {
    if (this._process.connected) {
      const ended = once(this._process, 'exit');
      this._process.disconnect();
      const timer = setTimeout(() => this._process.kill('SIGKILL'), 2000);
      await ended;
      clearTimeout(timer);
    }
  }

  /** One at a time. */
  private async _call<Name extends keyof AttacherCalls>(
    name: Name,
    params: AttacherCalls[Name]['params'],
  ): Promise<AttacherCalls[Name]['result']> {
    const ending = new AbortController();
    const ended = once(this._process, 'exit', ending).then(([code]) => {
      throw new Error(`the attaching process ended with ${String(code)}`);
    });
    ended.catch(() => undefined);
    const answered = once(this._process, 'message', ending);
    this._process.send({ name, params });
    try {
      const [answer] = (await Promise.race([answered, ended])) as [Answer];
      if ('error' in answer) {
        throw new Error(answer.error);
      }
      return answer.result as AttacherCalls[Name]['result'];
    } finally {
      ending.abort();
    }
  }
}
