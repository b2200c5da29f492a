/**
 * Everything that can go wrong for a caller, as values. A code belongs to exactly one exit status of the
 * command line, so that scripts can branch on either.
 */
export const EXIT_STATUS = {
  INTERNAL_ERROR: 1,
  STORE_ERROR: 1,
  SPAWN_FAILED: 1,
  SESSION_LIMIT: 1,
  LIMIT_REACHED: 1,
  INVALID_INPUT: 2,
  INVALID_NAME: 2,
  INVALID_KEY: 2,
  AMBIGUOUS_MATCH: 2,
  CWD_NOT_FOUND: 2,
  NESTED_SESSION: 2,
  TIMEOUT: 3,
  SESSION_EXITED: 4,
  SESSION_RUNNING: 4,
  SESSIONS_RUNNING: 4,
  SESSION_UNREACHABLE: 4,
  RESURRECT_NEVER: 4,
  KEY_UNSUPPORTED: 4,
  MOUSE_NOT_ENABLED: 4,
  MOUSE_UNSUPPORTED: 4,
  SCREEN_SET_ASIDE: 4,
  INTEGRATION_UNAVAILABLE: 4,
  VIEWERS_ATTACHED: 4,
  VIEWER_READ_ONLY: 4,
  SESSION_NOT_FOUND: 5,
  TERMINAL_NOT_FOUND: 5,
  VIEWER_NOT_FOUND: 5,
  TEXT_NOT_FOUND: 5,
  SESSION_EXISTS: 6,
  DAEMON_UNAVAILABLE: 7,
  PROTOCOL_MISMATCH: 7,
  AUTH_FAILED: 7,
  NOT_PERMITTED: 7,
} as const;

export type ErrorCode = keyof typeof EXIT_STATUS;

/** The shape of an error on every wire and in `--json`. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  /** What the caller can do next; a sentence or a command. */
  readonly suggestion: string;
  /** Whether the same call may succeed later without being changed, and does once what it says. */
  readonly retryable: boolean;
  readonly details?: unknown;
}

const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'DAEMON_UNAVAILABLE',
  'SESSION_UNREACHABLE',
  'TIMEOUT',
  'LIMIT_REACHED',
  // Most often a full disk, and nothing was changed.
  'STORE_ERROR',
]);

/** open(2): the process's limit, and the system's. */
const DESCRIPTORS_GONE: ReadonlySet<unknown> = new Set(['EMFILE', 'ENFILE']);
/** write(2): no room, or no more for this user. */
const DISK_FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** An error with a code; the only kind that crosses a process boundary. */
export class HoldfastError extends Error {
  public override readonly name = 'HoldfastError';

  public constructor(
    public readonly code: ErrorCode,
    message: string,
    public readonly suggestion: string,
    public readonly details?: unknown,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  public get retryable(): boolean {
    return RETRYABLE.has(this.code) && !has(this.details, 'mayHaveHappened') && !has(this.details, 'isFinal');
  }

  public toWire(): WireError {
    return {
      code: this.code,
      message: this.message,
      suggestion: this.suggestion,
      retryable: this.retryable,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }

  public static fromWire(wire: WireError): HoldfastError {
    return new HoldfastError(wire.code, wire.message, wire.suggestion, wire.details);
  }

  /** Anything that was thrown, as an error with a code; what has none is an INTERNAL_ERROR. */
  public static from(thrown: unknown): HoldfastError {
    if (thrown instanceof HoldfastError) {
      return thrown;
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    const code = (thrown as { code?: unknown } | null | undefined)?.code;
    if (DISK_FULL.has(code)) {
      return new HoldfastError(
        'STORE_ERROR',
        `the disk is full: ${message}`,
        'Free some disk space and try again.',
        undefined,
        { cause: thrown },
      );
    }
    if (DESCRIPTORS_GONE.has(code)) {
      return new HoldfastError(
        'SESSION_LIMIT',
        `no further file can be opened: ${message}`,
        "End sessions that are not needed any more, or raise the limit (ulimit -n); 'holdfast doctor' tells whose it is.",
        undefined,
        { cause: thrown },
      );
    }
    return new HoldfastError(
      'INTERNAL_ERROR',
      message,
      "Run 'holdfast doctor', then look into the daemon's log.",
      undefined,
      thrown instanceof Error ? { cause: thrown } : undefined,
    );
  }
}

/** What was asked for is on its way, and can't be taken back: asked again, it may happen twice. */
export const MAY_HAVE_HAPPENED = { mayHaveHappened: true } as const;

/** The same call fails in the same way until somebody has done something about it. */
export const IS_FINAL = { isFinal: true } as const;

const has = (details: unknown, mark: 'mayHaveHappened' | 'isFinal'): boolean =>
  typeof details === 'object' && details !== null && mark in details;

export const isErrorCode = (value: unknown): value is ErrorCode =>
  typeof value === 'string' && Object.hasOwn(EXIT_STATUS, value);

export const isWireError = (value: unknown): value is WireError => {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const candidate = value as Partial<Record<keyof WireError, unknown>>;
  return (
    isErrorCode(candidate.code) &&
    typeof candidate.message === 'string' &&
    typeof candidate.suggestion === 'string'
  );
};
