/** A sentence for a person: what is missing and what to do. Shown without a stack. */
export class Missing extends Error {}

const started = Date.now();

/** One progress line, with the minutes since the start, so that a slow step is seen while it is slow. */
export function say(text) {
  const seconds = Math.floor((Date.now() - started) / 1000);
  const time = `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
  console.log(`[${time}] ${text}`);
}

export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/** Runs a script's main function: a missing thing is one sentence, anything else is a bug with its stack. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    console.error(error instanceof Missing ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
}
