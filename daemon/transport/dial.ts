import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { requirePrivateFolder } from '../platform/privateFolder';
import { checkSocketPath } from '../platform/socketPath';
import type { Capability } from '../protocol/capabilities';
import { HoldfastError } from '../protocol/errors';
import { decodeWelcome, encodeHello, type Hello, PROTOCOL, type Welcome } from '../protocol/hello';
import type { Ticket } from '../protocol/ids';
import { readHelloLine } from './helloLine';

export interface Address {
  readonly socket: string;
  readonly token: string;
}

export interface DialOptions {
  readonly ticket?: Ticket;
  readonly capabilities?: readonly Capability[];
  /** For connecting and the welcome together. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5000;

/**
 * Connects and says hello. The returned socket is paused behind the welcome.
 * @throws HoldfastError DAEMON_UNAVAILABLE when nobody answers, AUTH_FAILED where others may put a socket in its place, else
 * what the other side refused with
 */
export const dial = async (
  address: Address,
  client: Hello['client'],
  options: DialOptions = {},
): Promise<{ socket: Socket; welcome: Welcome }> => {
  checkSocketPath(address.socket);
  if (process.platform !== 'win32') {
    // Who may write there could listen in its place, and would be told the token.
    requirePrivateFolder(dirname(address.socket));
  }
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const socket = await connected(address.socket, timeoutMs);
  try {
    socket.write(
      encodeHello({
        token: address.token,
        protocol: PROTOCOL,
        client,
        ...(options.ticket === undefined ? {} : { ticket: options.ticket }),
        ...(options.capabilities === undefined ? {} : { capabilities: options.capabilities }),
      }),
    );
    return {
      socket,
      welcome: decodeWelcome(await readHelloLine(socket, timeoutMs)),
    };
  } catch (error) {
    socket.destroy();
    throw error;
  }
};

const connected = (path: string, timeoutMs: number): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.setNoDelay(true);
    const fail = (message: string): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(
        new HoldfastError(
          'DAEMON_UNAVAILABLE',
          `nothing answers on ${path} (${message})`,
          "Run 'holdfast doctor'.",
        ),
      );
    };
    const timer = setTimeout(() => fail(`no connection within ${timeoutMs} ms`), timeoutMs);
    const onError = (error: Error): void => fail(error.message);
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', onError);
      // Errors end in 'close', where whoever owns the socket by then cleans up.
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
