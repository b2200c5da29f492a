import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { commands } from '../../daemon/cli/table/table';

const page = readFileSync(join(__dirname, '../../docs/CLI.md'), 'utf8');
const between = (start: string, end: string): string => page.slice(page.indexOf(start), page.indexOf(end));
/** Where more than a row tells of a command. */
const SECTIONS: Readonly<Record<string, string>> = {
  new: between('Options of `new`', '## Attaching'),
  attach: between('## Attaching', '## Screens and input'),
};
/** Of every command, or of none. */
const EVERYWHERE = ['--help', '--json', '--version'];

const optionsIn = (text: string): readonly string[] => text.match(/--[a-z][a-z-]+/g) ?? [];
const shown = commands.filter(({ hidden }) => hidden !== true);

describe('docs/CLI.md', () => {
  for (const { name, alias, options } of shown) {
    it(`tells of '${name}' and each of its options`, () => {
      const row = page.split('\n').find((line) => new RegExp(`^\\| \`${name}[ \`]`).test(line));
      assert.ok(row !== undefined, 'it has no row');
      assert.ok(alias === undefined || row.includes(`(\`${alias}\`)`), `'${alias}' is not named`);
      const told = optionsIn(row + (SECTIONS[name] ?? ''));
      const untold = options
        .flatMap(({ flags }) => optionsIn(flags))
        .filter((option) => !told.includes(option));
      assert.deepEqual(untold, []);
    });
  }

  it('tells of no option that there is not', () => {
    const known = shown.flatMap(({ options }) => options.flatMap(({ flags }) => optionsIn(flags)));
    assert.deepEqual(
      optionsIn(page).filter((option) => !known.includes(option) && !EVERYWHERE.includes(option)),
      [],
    );
  });
});
