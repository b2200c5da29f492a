import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Has each window of an editor that is not running yet speak the language that its browser asks for. A language pack makes VS
 * Code do so; this one has no text of VS Code's own, so that what is not English is an extension's.
 * @param folder the server's, as its options have it
 * @param languages as VS Code writes them, such as `zh-cn`
 */
export const provideLanguages = (folder: string, languages: readonly string[]): void => {
  const data = join(folder, 'data');
  mkdirSync(join(data, 'User'), { recursive: true });
  const texts = join(data, 'noTexts.i18n.json');
  writeFileSync(texts, JSON.stringify({ version: '1.0.0', contents: {} }));
  const pack = (language: string): unknown => ({
    hash: language,
    label: language,
    extensions: [{ extensionIdentifier: { id: `test.language-pack-${language}` }, version: '1.0.0' }],
    translations: { vscode: texts },
  });
  const packs = Object.fromEntries(languages.map((language) => [language, pack(language)]));
  writeFileSync(join(data, 'languagepacks.json'), JSON.stringify(packs));
  // Without this file code-server speaks English, whatever the browser asks for.
  writeFileSync(join(data, 'User/argv.json'), '{}');
};
