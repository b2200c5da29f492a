/** A group or note that is empty is none. */
export const emptyToNull = (text: string | undefined): string | null =>
  text === undefined || text === '' ? null : text;

/** Tags without empty and repeated ones, in the order given. */
export const uniqueTags = (tags: readonly string[]): readonly string[] => [
  ...new Set(tags.filter((tag) => tag !== '')),
];
