/** Branded primitives: an id of one kind can't be passed where another is meant. */

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** A session's id: 12 lower-case base-32 characters, never reused. */
export type SessionId = Branded<string, 'SessionId'>;
/** A terminal's id: 12 lower-case base-32 characters, never reused, unique over all sessions. */
export type TerminalId = Branded<string, 'TerminalId'>;
/** A viewer's id, given by the PTY host when a ticket is used. */
export type ViewerId = Branded<string, 'ViewerId'>;
/** A PTY host's id, unique below one data folder. */
export type HostId = Branded<string, 'HostId'>;
/** A single-use permission to open one stream; 256 random bits in base64url. */
export type Ticket = Branded<string, 'Ticket'>;

/**
 * A place in a terminal's output: the number of output bytes before it since the terminal was created.
 * Safe as a double up to 9 PB; on the command line it is a decimal string.
 */
export type Offset = Branded<number, 'Offset'>;

export const offset = (value: number): Offset => {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`not an offset: ${value}`);
  }
  return value as Offset;
};

/** Milliseconds since 1970-01-01T00:00:00Z, an integer. */
export type Millis = number;
