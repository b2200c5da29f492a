const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
];

/** A length of time in its largest unit: `45s`, `3m`, `2h`, `5d`. */
export const age = (milliseconds: number): string => {
  for (const [length, unit] of UNITS) {
    if (milliseconds >= length) {
      return `${Math.floor(milliseconds / length)}${unit}`;
    }
  }
  return '0s';
};

/** A moment in the caller's time zone: `2026-01-31 13:05:09`. */
export const localTime = (millis: number): string => {
  const date = new Date(millis);
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ` +
    `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  );
};

const SIZES: readonly (readonly [number, string])[] = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
];

/** A number of bytes: `43.6 MiB`. */
export const bytes = (count: number): string => {
  for (const [size, unit] of SIZES) {
    if (count >= size) {
      return `${(count / size).toFixed(1)} ${unit}`;
    }
  }
  return `${count} B`;
};
