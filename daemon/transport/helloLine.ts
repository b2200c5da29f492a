import type { Socket } from 'node:net';
import { HoldfastError } from '../protocol/errors';
import { MAX_HELLO_BYTES } from '../protocol/hello';

const LINE_FEED = 0x0a;

/**
 * Reads the first line of a connection and leaves everything behind it unread in the socket, which is
 * paused when this resolves.
 * @throws HoldfastError AUTH_FAILED when the line is too long, DAEMON_UNAVAILABLE when the peer leaves or is silent
 */
export const readHelloLine = (socket: Socket, timeoutMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    let received: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => fail('said nothing in time'), timeoutMs);
    const finish = (): void => {
      clearTimeout(timer);
      socket.off('readable', onReadable);
      socket.off('error', onError);
      socket.off('close', onClose);
    };
    const fail = (what: string): void => {
      finish();
      reject(new HoldfastError('DAEMON_UNAVAILABLE', `the other side ${what}`, "Run 'holdfast doctor'."));
    };
    const onError = (error: Error): void => fail(`broke off (${error.message})`);
    const onClose = (): void => fail('closed the connection');
    const onReadable = (): void => {
      for (
        let chunk = socket.read() as Buffer | null;
        chunk !== null;
        chunk = socket.read() as Buffer | null
      ) {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        const end = received.indexOf(LINE_FEED);
        if (end >= 0 && end <= MAX_HELLO_BYTES) {
          finish();
          const rest = received.subarray(end + 1);
          if (rest.length > 0) {
            socket.unshift(rest);
          }
          resolve(received.toString('utf8', 0, end));
          return;
        }
        if (received.length > MAX_HELLO_BYTES) {
          finish();
          reject(new HoldfastError('AUTH_FAILED', 'the first line is no hello', 'Use a Holdfast client.'));
          return;
        }
      }
    };
    socket.on('readable', onReadable);
    socket.on('error', onError);
    socket.on('close', onClose);
    onReadable();
  });
