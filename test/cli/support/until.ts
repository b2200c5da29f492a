const STEP_MS = 20;
const DEADLINE_MS = 15_000;

/**
 * Looks again until it holds.
 * @param progress what changes while there is hope: the deadline is one of standing still then
 * @throws Error at the deadline, with what there is instead
 */
export const until = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  instead?: () => unknown,
  progress?: () => unknown,
): Promise<void> => {
  let deadline = Date.now() + DEADLINE_MS;
  for (let seen = progress?.(); !(await holds()); ) {
    const now = progress?.();
    if (now !== seen) {
      seen = now;
      deadline = Date.now() + DEADLINE_MS;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited for ${what}; there is ${JSON.stringify(await instead?.())}`);
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
};
