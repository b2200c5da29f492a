/** What is told of a number of repetitions. */
export interface Distribution {
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** The nearest-rank percentile. @param share between 0 and 1 @returns NaN of no values */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(0, Math.ceil(share * sorted.length) - 1);
  return sorted[rank] ?? Number.NaN;
};

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
};

export const distribution = (values: readonly number[]): Distribution => ({
  median: median(values),
  p95: percentile(values, 0.95),
  p99: percentile(values, 0.99),
  min: percentile(values, 0),
  max: percentile(values, 1),
  count: values.length,
});
