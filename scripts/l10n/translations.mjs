/** Compares what is translated with what it was translated from. */
import { placeholders } from './strings.mjs';

/** VS Code's names of the languages that the extension speaks beside English. */
export const LANGUAGES = ['de', 'ja', 'zh-cn'];

/** Nothing but values, signs, and names of units that these languages share. */
const EVERYWHERE = ['Holdfast: {0}', '{0} ({1})', '{0} GB', '{0} MB'];

/** What may be the same in another language as in English; anything else that is, has been forgotten. */
export const SAME = {
  de: new Set([
    ...EVERYWHERE,
    ...['Cyan', 'Daemon', 'Magenta', 'Name', '{0}: Name'],
    ...['<1 min', '{0} d', '{0} h', '{0} h {1} min', '{0} min', '{0} min {1} s', '{0} s'],
    ...['Holdfast, {0}', '{0}, {1}', '{0}. {1}'],
  ]),
  ja: new Set(EVERYWHERE),
  'zh-cn': new Set(EVERYWHERE),
};

/**
 * @param {string} file how its problems name it
 * @param {Record<string, string>} english
 * @param {Record<string, string>} translated
 * @param {ReadonlySet<string>} same English texts that may stay as they are
 * @returns {string[]} what is wrong with it
 */
export function problemsOfTranslation(file, english, translated, same) {
  const problems = [];
  for (const key of Object.keys(translated))
    if (!(key in english)) problems.push(`${file} has '${key}', which nothing says any more`);
  for (const [key, text] of Object.entries(english)) {
    const said = translated[key];
    if (said === undefined) problems.push(`${file} lacks '${key}'`);
    else if (said.trim() === '') problems.push(`${file} has nothing for '${key}'`);
    else {
      if (said === text && !same.has(text)) problems.push(`${file} leaves '${key}' in English`);
      for (const [what, of] of Object.entries(KEPT))
        if (of(text).join() !== of(said).join())
          problems.push(`${file} has other ${what} in '${key}': ${of(said).join(' ') || 'none'}`);
    }
  }
  return problems;
}

/** What a translation must have as the original has it, wherever it stands. */
const KEPT = {
  placeholders,
  links: (text) => (text.match(/\]\([^)]*\)/g) ?? []).sort(),
  code: (text) => (text.match(/(`+).+?\1/g) ?? []).sort(),
  'line breaks': (text) => text.match(/\n/g) ?? [],
};
