import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { WireError } from './errors';

/**
 * How messages are declared: one namespace a message, holding its method name, its parameter and result
 * types, and the typed handle that vscode-jsonrpc wants. Errors travel as JSON-RPC errors whose `data` is
 * a WireError.
 */
export const request = <Params, Result>(method: string): RequestType<Params, Result, WireError> =>
  new RequestType<Params, Result, WireError>(method);

export const notification = <Params>(method: string): NotificationType<Params> =>
  new NotificationType<Params>(method);

/** JSON-RPC's number for "an error of the application's own"; the code that counts is in `data.code`. */
export const RPC_APPLICATION_ERROR = -32000;
/** What a client takes at most: a JSON-RPC message that is longer is refused before it is read. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/**
 * What a daemon or a PTY host takes. All that it serves waits while one is parsed: 8 MB of the worst JSON (`{}`, and again) take a second,
 * 62 MB half a minute and 3 GB of memory.
 */
export const MAX_CALL_BYTES = 4 * 1024 * 1024;
