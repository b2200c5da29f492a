import type { Tally } from './tally';

export interface Row {
  readonly name: string;
  readonly tally: Tally;
  /** How many cuts each kind of difference spoiled. */
  readonly lost: Readonly<Record<string, number>>;
}

export interface Table {
  readonly title: string;
  /** Whether the terminal's inner values could be compared too. */
  readonly isModel: boolean;
  readonly rows: readonly Row[];
}

export interface Report {
  readonly tables: readonly Table[];
  /** What was compared, with which versions. */
  readonly notes: readonly string[];
}

const share = (count: number, of: number): string =>
  of === 0 ? '–' : `${count} (${count === of ? '100' : Math.min(99.9, (100 * count) / of).toFixed(1)} %)`;

const lossText = (lost: Readonly<Record<string, number>>): string =>
  Object.entries(lost)
    .filter(([name]) => !name.startsWith('inner '))
    .sort(([, a], [, b]) => b - a)
    .slice(0, 4)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || '–';

export const markdownOf = ({ tables, notes }: Report): string =>
  [
    ...tables.flatMap(({ title, isModel, rows }) => [
      `### ${title}`,
      '',
      `| | cuts | what is seen is the same | the whole state is |${isModel ? ' every inner value is |' : ''} spoiled most (cuts) |`,
      `| --- | ---: | ---: | ---: |${isModel ? ' ---: |' : ''} --- |`,
      ...rows.map(({ name, tally: { cuts, seen, whole, exact }, lost }) =>
        [
          `| ${name} | ${cuts} | ${share(seen, cuts)} | ${share(whole, cuts)} |`,
          `${isModel ? ` ${share(exact, cuts)} |` : ''} ${lossText(lost)} |`,
        ].join(''),
      ),
      '',
    ]),
    ...notes.map((note) => `* ${note}`),
    '',
  ].join('\n');
