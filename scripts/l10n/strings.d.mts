export interface Strings {
  readonly keys: readonly string[];
  readonly problems: readonly string[];
}
export function stringsOf(file: string, text: string): Strings;
