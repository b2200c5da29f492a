#!/usr/bin/env node
/**
 * Brings the translations to what the sources say: `npm run l10n`.
 *
 * Writes l10n/bundle.l10n.json, takes out of each translation what nothing says any more, and puts what is new into
 * it as an empty text. Then it says what is still to be done; `npm test` fails until it is.
 */
import fs from 'node:fs';
import { BUNDLE, problemsOfStrings, readStrings, TRANSLATIONS } from './l10n/check.mjs';
import { stringsOfExtension } from './l10n/strings.mjs';
import { inRoot } from './paths.mjs';
import { runMain, say } from './say.mjs';

const write = (file, strings) => fs.writeFileSync(inRoot(file), `${JSON.stringify(strings, undefined, 2)}\n`);

await runMain(async () => {
  write(BUNDLE, stringsOfExtension().bundle);
  for (const { english, file } of TRANSLATIONS) {
    const old = readStrings(file);
    write(file, Object.fromEntries(Object.keys(readStrings(english)).map((key) => [key, old[key] ?? ''])));
  }
  const problems = problemsOfStrings();
  for (const problem of problems) say(problem);
  return problems.length > 0 ? 1 : 0;
});
