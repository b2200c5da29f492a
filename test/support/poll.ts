const STEP_MS = 10;
export const DEFAULT_DEADLINE_MS = 10_000;

/** Looks again until `look` returns something else than undefined and false. Fails with `what` at the deadline. */
export const poll = async <T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs: number = DEFAULT_DEADLINE_MS,
): Promise<T> => {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) {
      return found;
    }
    if (Date.now() > deadline) {
      throw new Error(`${what}: not within ${timeoutMs} ms`);
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
};
