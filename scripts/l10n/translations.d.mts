type Texts = Readonly<Record<string, string>>;

export const LANGUAGES: readonly string[];
export function problemsOfTranslation(
  file: string,
  english: Texts,
  translated: Texts,
  same: ReadonlySet<string>,
): readonly string[];
