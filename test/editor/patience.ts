import { type PollOptions, poll as pollFor } from '../support/poll';

/** An editor with its browser takes more than a core by itself: what is at once on an idle machine takes a while on a busy one. */
export const PATIENCE_MS = 60_000;

/** As everywhere in the tests, with the patience that what an editor shows needs. */
export const poll = <T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  options: PollOptions,
): Promise<T> => pollFor(look, { timeoutMs: PATIENCE_MS, ...options });
