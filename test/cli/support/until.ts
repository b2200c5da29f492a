const STEP_MS = 20;
const DEADLINE_MS = 15_000;

/** Looks again until it holds. @throws Error at the deadline, with what there is instead */
export const until = async (
  what: string,
  holds: () => boolean | Promise<boolean>,
  instead?: () => unknown,
): Promise<void> => {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) {
      throw new Error(`waited for ${what}; there is ${JSON.stringify(await instead?.())}`);
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
};
