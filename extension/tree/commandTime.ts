/** What runs for less is over before anybody has read it: rows would only flicker. */
export const SHOWN_AFTER_MS = 2000;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long something has run, as coarse as it can be told without being told anew more often than each minute. */
export type RunTime =
  | { readonly unit: 'moment' }
  | { readonly unit: 'minutes' | 'hours' | 'days'; readonly count: number };

/** @param ranMs since it began; a clock that was set back makes it negative */
export const runTime = (ranMs: number): RunTime => {
  if (ranMs < MINUTE_MS) {
    return { unit: 'moment' };
  }
  if (ranMs < HOUR_MS) {
    return { unit: 'minutes', count: Math.floor(ranMs / MINUTE_MS) };
  }
  return ranMs < DAY_MS
    ? { unit: 'hours', count: Math.floor(ranMs / HOUR_MS) }
    : { unit: 'days', count: Math.floor(ranMs / DAY_MS) };
};

/** In how many milliseconds the row of something that has run for `ranMs` says something else. */
export const untilNextChange = (ranMs: number): number => {
  if (ranMs < SHOWN_AFTER_MS) {
    return SHOWN_AFTER_MS - ranMs;
  }
  const step = ranMs < HOUR_MS ? MINUTE_MS : ranMs < DAY_MS ? HOUR_MS : DAY_MS;
  return step - (ranMs % step);
};
