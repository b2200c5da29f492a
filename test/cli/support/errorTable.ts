import type { ErrorCode } from '../../../daemon/protocol/errors';

/** The test file that ends a command with a code, or why no command can end with it. */
export type Shown = 'errors.test.ts' | 'errorsOfPlace.test.ts' | { readonly never: string };

/** Every code with the exit status that docs/CLI.md gives it, and where it is shown. */
export const ERROR_TABLE = {
  INTERNAL_ERROR: { status: 1, shown: 'errorsOfPlace.test.ts' },
  STORE_ERROR: { status: 1, shown: 'errorsOfPlace.test.ts' },
  SPAWN_FAILED: { status: 1, shown: 'errors.test.ts' },
  SESSION_LIMIT: { status: 1, shown: 'errorsOfPlace.test.ts' },
  LIMIT_REACHED: {
    status: 1,
    shown: { never: 'a command makes one connection and a handful of calls; the limits are thousands' },
  },
  INVALID_INPUT: { status: 2, shown: 'errors.test.ts' },
  INVALID_NAME: { status: 2, shown: 'errors.test.ts' },
  INVALID_KEY: { status: 2, shown: 'errors.test.ts' },
  AMBIGUOUS_MATCH: { status: 2, shown: 'errors.test.ts' },
  CWD_NOT_FOUND: { status: 2, shown: 'errors.test.ts' },
  NESTED_SESSION: { status: 2, shown: 'errors.test.ts' },
  TIMEOUT: { status: 3, shown: 'errors.test.ts' },
  SESSION_EXITED: { status: 4, shown: 'errors.test.ts' },
  SESSION_RUNNING: { status: 4, shown: 'errors.test.ts' },
  SESSIONS_RUNNING: { status: 4, shown: 'errors.test.ts' },
  SESSION_UNREACHABLE: { status: 4, shown: 'errorsOfPlace.test.ts' },
  RESURRECT_NEVER: { status: 4, shown: 'errorsOfPlace.test.ts' },
  KEY_UNSUPPORTED: { status: 4, shown: 'errors.test.ts' },
  MOUSE_NOT_ENABLED: { status: 4, shown: 'errors.test.ts' },
  MOUSE_UNSUPPORTED: { status: 4, shown: 'errors.test.ts' },
  SCREEN_SET_ASIDE: {
    status: 4,
    shown: { never: 'four workers have to die of it first: test/faults/workerMemory.ts does that' },
  },
  INTEGRATION_UNAVAILABLE: { status: 4, shown: 'errors.test.ts' },
  VIEWERS_ATTACHED: { status: 4, shown: 'errors.test.ts' },
  VIEWER_READ_ONLY: {
    status: 4,
    shown: {
      never:
        'read-only `attach` ignores the keyboard; only a program that uses the SDK can write to a viewer',
    },
  },
  SESSION_NOT_FOUND: { status: 5, shown: 'errors.test.ts' },
  TERMINAL_NOT_FOUND: { status: 5, shown: 'errors.test.ts' },
  VIEWER_NOT_FOUND: { status: 5, shown: 'errors.test.ts' },
  TEXT_NOT_FOUND: { status: 5, shown: 'errors.test.ts' },
  SESSION_EXISTS: { status: 6, shown: 'errors.test.ts' },
  DAEMON_UNAVAILABLE: { status: 7, shown: 'errorsOfPlace.test.ts' },
  PROTOCOL_MISMATCH: { status: 7, shown: 'errorsOfPlace.test.ts' },
  AUTH_FAILED: { status: 7, shown: 'errorsOfPlace.test.ts' },
  NOT_PERMITTED: {
    status: 7,
    shown: { never: 'commands ask for all capabilities; only a program that uses the SDK asks for fewer' },
  },
} as const satisfies Readonly<Record<ErrorCode, { readonly status: number; readonly shown: Shown }>>;

export const codesOf = (file: Shown): readonly ErrorCode[] =>
  (Object.keys(ERROR_TABLE) as ErrorCode[]).filter((code) => ERROR_TABLE[code].shown === file);
