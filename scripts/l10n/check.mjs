import fs from 'node:fs';
import { inRoot } from '../paths.mjs';
import { stringsOfExtension } from './strings.mjs';
import { LANGUAGES, problemsOfTranslation, SAME } from './translations.mjs';

/** The export of what the extension's sources say. */
export const BUNDLE = 'l10n/bundle.l10n.json';

/** Each translation, with the English texts that it is of. */
export const TRANSLATIONS = LANGUAGES.flatMap((language) => [
  { language, english: BUNDLE, file: `l10n/bundle.l10n.${language}.json` },
  { language, english: 'package.nls.json', file: `package.nls.${language}.json` },
]);

export const readStrings = (file) =>
  fs.existsSync(inRoot(file)) ? JSON.parse(fs.readFileSync(inRoot(file), 'utf8')) : {};

/** @returns {string[]} what keeps somebody from reading the extension in their language */
export function problemsOfStrings() {
  const { bundle, problems } = stringsOfExtension();
  if (JSON.stringify(readStrings(BUNDLE)) !== JSON.stringify(bundle))
    problems.push(`${BUNDLE} is not what the sources say: run 'npm run l10n'`);
  const used = new Set();
  for (const { language, english, file } of TRANSLATIONS) {
    const strings = readStrings(file);
    problems.push(...problemsOfTranslation(file, readStrings(english), strings, SAME[language]));
    for (const text of Object.values(strings)) used.add(`${language} ${text}`);
  }
  for (const language of LANGUAGES)
    for (const text of SAME[language])
      if (!used.has(`${language} ${text}`))
        problems.push(`SAME of ${language} has '${text}', which is not the same in it`);
  return problems;
}
