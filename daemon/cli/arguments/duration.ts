import { invalid } from './invalid';

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Timers of the platform end here (2³¹ − 1 ms is 24.8 days); longer times are kept by date. 100 years. */
const MAX_DURATION_MS = 100 * 365 * 86_400_000;

/**
 * Reads a length of time: a number with `ms`, `s`, `m`, `h` or `d`; without a unit, milliseconds.
 * @returns milliseconds, an integer
 * @throws HoldfastError INVALID_INPUT
 */
export const parseDuration = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text.trim());
  const factor = UNITS[match?.[2] ?? 'ms'];
  const value = match === null || factor === undefined ? Number.NaN : Math.round(Number(match[1]) * factor);
  if (!(value > 0 && value <= MAX_DURATION_MS)) {
    throw invalid(
      `'${text}' is no length of time`,
      'Give a number above 0 with ms, s, m, h or d, such as 90s, 5m or 2h; a bare number is milliseconds.',
    );
  }
  return value;
};
