import type { Bound, Figure, Machine, Results, Sample } from './results';

const number = (value: number): string => {
  const size = Math.abs(value);
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
};

const amount = (value: number | null, unit: string): string =>
  value === null ? '–' : `${number(value)}${unit === '×' ? '' : ' '}${unit}`;

const bound = (kept: Bound | undefined, unit: string): string => {
  if (kept === undefined) {
    return '';
  }
  return kept.atMost === undefined
    ? `≥ ${amount(kept.atLeast ?? null, unit)}`
    : `≤ ${amount(kept.atMost, unit)}`;
};

const VERDICTS: Readonly<Record<Figure['verdict'], string>> = {
  aim: 'aim reached',
  must: 'kept',
  missed: '**missed**',
  'aim missed': 'aim missed',
  open: 'not measured',
  'no bound': '',
};

const table = (
  head: readonly string[],
  right: readonly number[],
  rows: readonly (readonly string[])[],
): string =>
  [head, head.map((_, index) => (right.includes(index) ? '--:' : '---')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const figureRow = (figure: Figure): readonly string[] => [
  figure.title,
  amount(figure.value, figure.unit),
  bound(figure.must, figure.unit),
  bound(figure.aim, figure.unit),
  [VERDICTS[figure.verdict], figure.note ?? ''].filter((text) => text !== '').join('; '),
];

const sampleRow = (sample: Sample): readonly string[] => [
  sample.what,
  sample.who,
  `${number(sample.median)} ${sample.unit}`,
  sample.count > 1 ? number(sample.p95) : '',
  sample.count > 1 ? number(sample.p99) : '',
  String(sample.count),
];

export const machineLine = (machine: Machine): string =>
  `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}, ` +
  `Node ${machine.node}; load ${machine.loadBefore} before, ${machine.loadAfter} after`;

/** Ratios and bounds first, then who took how long. */
export const report = (results: Results): string => {
  const peers = Object.entries(results.peers).map(([name, version]) => `${name} (${version})`);
  const parts = [
    `Measured by \`npm run bench\` on ${results.date.slice(0, 10)}: ${machineLine(results.machine)}.`,
    `Beside: ${peers.length === 0 ? 'no peers installed' : peers.join(', ')}.`,
    ...(results.quick ? ['**A quick run: these figures mean nothing.**'] : []),
    table(['measure', 'figure', 'must', 'aim', ''], [1, 2, 3], results.figures.map(figureRow)),
    table(['what', 'who', 'median', 'p95', 'p99', 'n'], [2, 3, 4, 5], results.samples.map(sampleRow)),
    ...(results.failed.length === 0
      ? []
      : [
          `Could not be measured: ${results.failed.map((one) => `${one.measure} (${one.message})`).join('; ')}.`,
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
};
