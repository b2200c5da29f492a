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

/** One of the two checks run by itself takes the other's tables from the report before. */
export const merged = (report: Report, before: Report | undefined): Report => {
  const isNew = ({ isModel }: Table): boolean => report.tables.some((table) => table.isModel === isModel);
  const kept = before?.tables.filter((table) => !isNew(table)) ?? [];
  return {
    tables: [...report.tables, ...kept].sort((a, b) => Number(b.isModel) - Number(a.isModel)),
    notes: [...new Set([...report.notes, ...(kept.length > 0 ? (before?.notes ?? []) : [])])],
  };
};

/** Cuts that no snapshot can be measured by. */
const leftOut = ({ title, rows }: Table): string[] =>
  rows
    .filter(({ tally }) => tally.emulators > 0)
    .map(
      ({ name, tally }) =>
        `${title}; ${name}: ${tally.emulators} more cuts left out, where xterm.js itself depends on the pieces it is fed in, or its resize has left what no output leads to.`,
    );

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
    ...[...tables.flatMap(leftOut), ...notes].map((note) => `* ${note}`),
    '',
  ].join('\n');
