import { type Capability, isCapability } from './capabilities';
import { HoldfastError, isWireError, type WireError } from './errors';
import type { Ticket, ViewerId } from './ids';

/**
 * The first line in each direction of every connection, before anything else is parsed:
 * one JSON object in UTF-8, ended by a line feed. After it a control connection speaks JSON-RPC 2.0
 * (Content-Length framing), a stream speaks binary frames (frames.ts).
 */

/** The oldest and newest protocol this build speaks. */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** A hello is refused beyond this many bytes: it is read before the peer has proved who it is. */
export const MAX_HELLO_BYTES = 4096;
/** A peer that has not said hello by then is disconnected. */
export const HELLO_TIMEOUT_MS = 5000;

export type ClientKind = 'vscode' | 'cli' | 'sdk' | 'mcp' | 'daemon' | 'worker' | 'test';

export interface Hello {
  /** The secret of the daemon's or the PTY host's token file; proves the same user. */
  readonly token: string;
  readonly protocol: { readonly min: number; readonly max: number };
  readonly client: {
    readonly kind: ClientKind;
    readonly version: string;
    readonly pid: number;
  };
  /** Given on streams only. */
  readonly ticket?: Ticket;
  /** On control connections: what it wants to be able to do; all unless given. */
  readonly capabilities?: readonly Capability[];
}

export interface Welcome {
  readonly ok: true;
  /** The protocol both sides speak from here on. */
  readonly protocol: number;
  readonly version: string;
  readonly pid: number;
  /** On streams: the viewer the ticket has become. */
  readonly viewer?: ViewerId;
  /** What the connection may do, where the hello asked for that: builds that can't limit it do not say. */
  readonly capabilities?: readonly Capability[];
}

export interface Refusal {
  readonly ok: false;
  readonly error: WireError;
}

export const encodeHello = (message: Hello | Welcome | Refusal): string => `${JSON.stringify(message)}\n`;

/**
 * Reads a client's hello. Nothing else in it is looked at before its token is found right.
 * @throws HoldfastError AUTH_FAILED when the token is wrong, or it is no hello at all
 */
export const decodeHello = (
  line: string,
  isRight: (token: string, opens: 'control' | 'stream') => boolean,
): Hello => {
  const value = parseObject(line);
  const opens = value?.['ticket'] === undefined ? 'control' : 'stream';
  if (typeof value?.['token'] === 'string' && !isRight(value['token'], opens)) {
    throw new HoldfastError(
      'AUTH_FAILED',
      'the token is wrong',
      'Connect as the user who owns the sessions.',
    );
  }
  const protocol = value?.['protocol'] as Partial<Hello['protocol']> | undefined;
  const client = value?.['client'] as Partial<Hello['client']> | undefined;
  if (
    value === undefined ||
    typeof value['token'] !== 'string' ||
    typeof protocol?.min !== 'number' ||
    typeof protocol.max !== 'number' ||
    typeof client?.kind !== 'string' ||
    typeof client.version !== 'string' ||
    typeof client.pid !== 'number' ||
    (value['ticket'] !== undefined && typeof value['ticket'] !== 'string') ||
    (value['capabilities'] !== undefined && !Array.isArray(value['capabilities']))
  ) {
    throw new HoldfastError('AUTH_FAILED', 'the first line is no hello', 'Use a Holdfast client.');
  }
  const hello = value as unknown as Hello;
  // Those of newer clients that are not known here are not granted.
  return hello.capabilities === undefined
    ? hello
    : { ...hello, capabilities: hello.capabilities.filter(isCapability) };
};

/** Reads the answer to a hello. @throws HoldfastError what the other side refused with. */
export const decodeWelcome = (line: string): Welcome => {
  const value = parseObject(line);
  if (
    value?.['ok'] === true &&
    typeof value['protocol'] === 'number' &&
    typeof value['version'] === 'string' &&
    typeof value['pid'] === 'number'
  ) {
    return value as unknown as Welcome;
  }
  if (value?.['ok'] === false && isWireError(value['error'])) {
    throw HoldfastError.fromWire(value['error']);
  }
  throw new HoldfastError(
    'PROTOCOL_MISMATCH',
    'what answers on the socket is no Holdfast daemon of this age',
    "Run 'holdfast daemon restart' with the newest version that is installed.",
  );
};

/** The newest protocol both sides speak, or undefined when there is none. */
export const negotiate = (
  theirs: Hello['protocol'],
  ours: Hello['protocol'] = PROTOCOL,
): number | undefined => {
  const newest = Math.min(theirs.max, ours.max);
  return newest >= Math.max(theirs.min, ours.min) ? newest : undefined;
};

const parseObject = (line: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // Not JSON: the caller says what that means.
    return undefined;
  }
};
