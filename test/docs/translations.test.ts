import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import { stringsOf } from '../../scripts/l10n/strings.mjs';
import { LANGUAGES, problemsOfTranslation } from '../../scripts/l10n/translations.mjs';

type Texts = Readonly<Record<string, string>>;
const ROOT = resolve(__dirname, '../..');
const read = (file: string): Texts => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const titles = read('package.nls.json');

describe('the check of translations', () => {
  const english = { a: 'Attach to {0}', b: 'See [this](command:x)\nand `that`', c: 'OK' };
  const same = new Set(['OK']);
  const problems = (changed: Texts) =>
    problemsOfTranslation(
      'x.json',
      english,
      { a: '{0} anfügen', b: '`that`,\n[siehe](command:x)', ...changed },
      same,
    );

  it('finds nothing wrong with one that says all of it in other words', () => {
    assert.deepEqual(problems({ c: 'OK' }), []);
  });

  const spoilt: Readonly<Record<string, Texts>> = {
    'has no text for': {},
    'has an empty text for': { c: ' ' },
    'has a text of nothing': { c: 'OK', d: 'Weg' },
    'forgets a value': { c: 'OK', a: 'Anfügen' },
    'gives a value another number': { c: 'OK', a: '{1} anfügen' },
    'leads to another command': { c: 'OK', b: '`that`,\n[siehe](command:y)' },
    'translates code': { c: 'OK', b: '`das`,\n[siehe](command:x)' },
    'joins its lines': { c: 'OK', b: '`that`, [siehe](command:x)' },
    'was left in English': { c: 'OK', a: 'Attach to {0}' },
  };
  for (const [what, changed] of Object.entries(spoilt)) {
    it(`names one that ${what}`, () => {
      assert.equal(problems(changed).length, 1, problems(changed).join('\n'));
    });
  }

  it('names what of a source no translation could reach', () => {
    const say = (line: string) => stringsOf('x.ts', `import { l10n } from 'vscode';\n${line}`);
    assert.deepEqual(say("l10n.t('{0} of {1}', a, b)"), { keys: ['{0} of {1}'], problems: [] });
    for (const line of [
      'l10n.t(`${a} sessions`)',
      "l10n.t('{0} of {1}', a)",
      "new HoldfastError('INVALID_INPUT', `no ${a}`, l10n.t('Try again.'))",
      "new HoldfastError('INVALID_INPUT', l10n.t('no'), 'Try again.')",
    ]) {
      assert.equal(say(line).problems.length, 1, line);
    }
  });
});

for (const language of LANGUAGES) {
  describe(`the extension in ${language}`, () => {
    const texts = read(`l10n/bundle.l10n.${language}.json`);
    const translated = read(`package.nls.${language}.json`);
    const titleIn = (title: string): string | undefined =>
      Object.keys(titles)
        .filter((key) => titles[key] === title)
        .map((key) => translated[key])[0];

    it('has one name for a command, in menus, questions and buttons', () => {
      const differing = Object.values(titles).flatMap((title) => {
        const asked = texts[title];
        return asked === undefined || asked === titleIn(title)
          ? []
          : [`${title}: ${titleIn(title)}, ${asked}`];
      });
      assert.deepEqual(differing, []);
    });

    it('calls commands and views by their names where it tells what to do', () => {
      const named = [
        ["Run 'Holdfast: Show Environment Differences' first.", 'Show Environment Differences'],
        ["Run 'Holdfast: Show Environment Differences' again.", 'Show Environment Differences'],
        [
          'Values that look like secrets are hidden; "Show or Hide Secret Values" above this editor shows them.',
          'Show or Hide Secret Values',
        ],
        ['what was passed to New Session is not understood', 'New Session'],
      ] as const;
      for (const [text, title] of named) {
        assert.ok(
          texts[text]?.includes(titleIn(title) ?? '?'),
          `${texts[text]} does not name ${titleIn(title)}`,
        );
      }
      const other = texts['Sessions of Other Folders'] ?? '?';
      assert.ok(translated['setting.view.collapseOtherFolders']?.includes(`**${other}**`));
      assert.ok(translated['setting.view.sort.manual']?.includes(titleIn('Move Up') ?? '?'));
      assert.ok(translated['setting.view.sort.manual']?.includes(titleIn('Move Down') ?? '?'));
    });
  });
}
