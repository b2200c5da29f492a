import type { RequestType } from 'vscode-jsonrpc';
import type { WireError } from '../protocol/errors';
import type { Hello } from '../protocol/hello';
import { TerminalAttach } from '../protocol/terminals';
import type { CallOptions } from '../transport/rpc';
import { StreamLink } from './streamLink';

/** What an attachment needs of the connection it was made through. */
export interface AttachHost {
  readonly client: Hello['client'];
  call<P, R>(type: RequestType<P, R, WireError>, params: P, options?: CallOptions): Promise<R>;
}

export interface Opened {
  readonly result: TerminalAttach.Result;
  /** Absent when the terminal is not running. */
  readonly link: StreamLink | undefined;
}

/** The program may end, or its PTY host bind again, between the answer and the stream: that often it is asked for. */
const OPEN_ATTEMPTS = 3;

/** Attaches and opens the stream that the daemon's answer leads to. @throws HoldfastError */
export const openStream = async (host: AttachHost, params: TerminalAttach.Params): Promise<Opened> => {
  for (let attempt = 1; ; attempt++) {
    const result = await host.call(TerminalAttach.type, params);
    if (result.stream === undefined) {
      return { result, link: undefined };
    }
    try {
      return { result, link: await StreamLink.open(result.stream, host.client) };
    } catch (error) {
      if (attempt >= OPEN_ATTEMPTS) {
        throw error;
      }
    }
  }
};
