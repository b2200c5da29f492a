/** SGR, and nothing else that a terminal would act on. */
const SGR = /\x1b\[[0-9;:]*m/g;

const unescaped = (markup: string): string =>
  markup
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');

const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.trimEnd());

/** The rows that text with SGR shows, without their colours. */
export const textOfAnsi = (ansi: string): readonly string[] => linesOf(ansi.replace(SGR, ''));

/** What a browser has as the text of the document's `pre`: its first line feed is none. */
export const textOfHtml = (html: string): readonly string[] => {
  const [, inner = ''] = /<pre[^>]*>\n(.*)<\/pre>/s.exec(html) ?? [];
  return linesOf(unescaped(inner.replace(/<[^>]*>/g, '')));
};

/** What stands in each row of a drawing, by where its texts say that they stand. */
export const textOfSvg = (svg: string, rows: number): readonly string[] => {
  const cells: string[][] = Array.from({ length: rows }, () => []);
  for (const [, x, y, length, text = ''] of svg.matchAll(
    /<text x="([\d.]+)" y="(\d+)" textLength="([\d.]+)"[^>]*>([^<]*)<\/text>/g,
  )) {
    const row = cells[Math.floor(Number(y) / 16)];
    const column = Math.round(Number(x) / 8.4);
    const width = Math.round(Number(length) / 8.4);
    row?.splice(column, 0);
    for (let at = row?.length ?? 0; row !== undefined && at < column; at++) {
      row[at] = ' ';
    }
    row?.push(unescaped(text), ...Array.from({ length: width - 1 }, () => ''));
  }
  return cells.map((row) => row.join('').trimEnd());
};
