export interface PollOptions {
  /** Milliseconds; 10 s unless given. */
  readonly timeoutMs?: number;
  /** Milliseconds between two looks. */
  readonly intervalMs?: number;
  /** What is waited for, as the failure says it: `the counter to grow`. */
  readonly what: string;
  /** What there is instead, for the failure's message. */
  readonly state?: () => unknown;
}

/** Looks until there is an answer other than undefined or false. @throws Error when the time is up, with what was seen */
export const poll = async <T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  options: PollOptions,
): Promise<T> => {
  const { timeoutMs = 10_000, intervalMs = 20, what, state } = options;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const answer = await look();
    if (answer !== undefined && answer !== false) {
      return answer;
    }
    if (Date.now() > deadline) {
      const seen = state === undefined ? '' : `; there is ${JSON.stringify(await state(), undefined, 1)}`;
      throw new Error(`waited ${timeoutMs} ms for ${what}${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
};
