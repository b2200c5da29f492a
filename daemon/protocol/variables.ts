/** Names of the environment variables that are Holdfast's own; INTERFACE in docs/. */
export const Variable = {
  SOCKET_DIR: 'HOLDFAST_SOCKET_DIR',
  DATA_DIR: 'HOLDFAST_DATA_DIR',
  SESSION: 'HOLDFAST_SESSION',
  TERMINAL: 'HOLDFAST_TERMINAL',
  /** Milliseconds a daemon with nothing to do stays; for tests and for machines that count every MB. */
  IDLE_EXIT_MS: 'HOLDFAST_IDLE_EXIT_MS',
  /** Milliseconds an ephemeral session stays after its last viewer has left, instead of 60 000; for tests. */
  EPHEMERAL_GRACE_MS: 'HOLDFAST_EPHEMERAL_GRACE_MS',
  /** Milliseconds a PTY host stays that holds no terminal, instead of 30 000; for tests. */
  PTY_HOST_EMPTY_MS: 'HOLDFAST_PTY_HOST_EMPTY_MS',
  /** Milliseconds a PTY host waits for the daemon that is to follow one that made room, instead of 10 000; for tests. */
  PTY_HOST_REPLACE_MS: 'HOLDFAST_PTY_HOST_REPLACE_MS',
  /** Milliseconds after which a screen that nobody needs is kept on disk only, instead of 60 000; for tests. */
  SLEEP_AFTER_MS: 'HOLDFAST_SLEEP_AFTER_MS',
  /** Megabytes of V8's heap that each screen worker may have, instead of 1024; for tests. */
  SCREEN_HEAP_MB: 'HOLDFAST_SCREEN_HEAP_MB',
  /** How many terminals may run at once, instead of 2000; for tests. */
  SESSION_LIMIT: 'HOLDFAST_SESSION_LIMIT',
  /** From a PTY host to the daemon that it starts, and no further: which descriptors are to be closed. */
  PLUGS: 'HOLDFAST_PLUGS',
} as const;

/** A variable's number of milliseconds, or `otherwise` where it is not set or none. */
export const millisFrom = (name: string, otherwise: number): number => {
  const text = process.env[name];
  const value = Number(text);
  return text !== undefined && text !== '' && Number.isInteger(value) && value >= 0 ? value : otherwise;
};
