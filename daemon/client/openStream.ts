import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestType } from 'vscode-jsonrpc';
import type { Event } from '../lifecycle/event';
import { HoldfastError, type WireError } from '../protocol/errors';
import type { SessionsChanged } from '../protocol/events';
import type { Hello } from '../protocol/hello';
import { TerminalAttach, type TerminalStreamReady } from '../protocol/terminals';
import type { CallOptions } from '../transport/rpc';
import { EarlyStream } from './earlyStream';
import { Backoff, type Pause } from './retry';
import type { StreamLink } from './streamLink';

/** What an attachment needs of the connection it was made through. */
export interface AttachHost {
  readonly client: Hello['client'];
  /** At least of the sessions that are viewed. */
  readonly onSessionsChanged: Event<SessionsChanged.Params>;
  readonly onStreamReady: Event<TerminalStreamReady.Params>;
  call<P, R>(type: RequestType<P, R, WireError>, params: P, options?: CallOptions): Promise<R>;
}

export interface Opened {
  readonly result: TerminalAttach.Result;
  /** Absent when the terminal is not running. */
  readonly link: StreamLink | undefined;
}

/** The program may end, or its PTY host bind again, between the answer and the stream: that often it is asked for. */
const OPEN_ATTEMPTS = 3;
/** Until the daemon has heard of an end that its PTY host knows already. */
const ATTEMPT_PAUSE_MS = 20;

/** Attaches and opens the stream that the daemon's answer leads to. @throws HoldfastError */
export const openStream = async (host: AttachHost, params: TerminalAttach.Params): Promise<Opened> => {
  for (let attempt = 1; ; attempt++) {
    let isAnswered = false;
    const early = new EarlyStream(host);
    try {
      const result = await host.call(TerminalAttach.type, { ...params, early: early.number });
      isAnswered = true;
      const link = result.stream === undefined ? undefined : await early.take(result.stream);
      return { result, link };
    } catch (error) {
      const { code } = HoldfastError.from(error);
      const mayPass =
        code === 'TERMINAL_NOT_FOUND' || code === 'DAEMON_UNAVAILABLE' || code === 'AUTH_FAILED';
      if (!mayPass || attempt >= OPEN_ATTEMPTS) {
        throw isAnswered && code === 'DAEMON_UNAVAILABLE' ? unreachable(HoldfastError.from(error)) : error;
      }
      await sleep(ATTEMPT_PAUSE_MS);
    } finally {
      early.dispose();
    }
  }
};

/** The daemon reaches the PTY host, which takes no further viewer: it may have no descriptor left. */
const unreachable = ({ message }: HoldfastError): HoldfastError =>
  new HoldfastError(
    'SESSION_UNREACHABLE',
    `the PTY host takes no viewer now: ${message}`,
    "Its programs run on: try again, or run 'holdfast doctor'.",
  );

/**
 * Asks for another stream in place of a broken one, until there is one or nothing runs any more.
 * @returns undefined when it is no longer wanted
 * @throws HoldfastError when there is nothing to be seen any more
 */
export const reopenStream = async (
  host: AttachHost,
  params: TerminalAttach.Params,
  pause: Pause,
  isWanted: () => boolean,
): Promise<Opened | undefined> => {
  for (const backoff = new Backoff(); isWanted(); await pause.wait(backoff.next())) {
    try {
      const opened = await openStream(host, params);
      if (opened.link !== undefined || isOver(opened.result)) {
        return opened;
      }
    } catch (error) {
      if (isForGood(HoldfastError.from(error))) {
        throw error;
      }
    }
  }
  return undefined;
};

/** Whether there is no stream because nothing runs; one that is out of reach may come back. */
const isOver = ({ terminal }: TerminalAttach.Result): boolean =>
  terminal.state === 'exited' || terminal.state === 'lost';

/** Errors that another attempt can't mend. */
const isForGood = ({ code }: HoldfastError): boolean =>
  code === 'SESSION_NOT_FOUND' ||
  code === 'TERMINAL_NOT_FOUND' ||
  code === 'INVALID_INPUT' ||
  code === 'PROTOCOL_MISMATCH';
