const DEADLINE_MS = 20_000;
const POLL_MS = 5;

/** Resolves once `probe` returns something; polls, because what it looks at tells nobody. */
export const until = async <T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> => {
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; ) {
    const found = await probe();
    if (found !== undefined && found !== false) {
      return found;
    }
    await new Promise((done) => setTimeout(done, POLL_MS));
  }
  throw new Error(`not within ${DEADLINE_MS} ms: ${what}`);
};
