/** A terminal of the window, as far as the editor groups' tabs can be told to be its. */
export interface ColumnCandidate {
  readonly name: string;
  /** The editor group it was in last, or was made in; null for the panel. */
  readonly last: number | null;
  readonly isActive: boolean;
  /** Whether it is one of ours: where others are made is not known. */
  readonly isOurs: boolean;
}

export interface TerminalTab {
  readonly label: string;
  readonly column: number;
}

/**
 * Which terminal each tab of a terminal in an editor group shows: the API does not tell, the tab has the terminal's name
 * and nothing more. Of several with one name it is the one that was in that group, else one whose group has moved, else
 * the one in front, as it is the one that somebody has just moved here.
 * @returns the group of each candidate, null for the panel
 */
export const editorColumns = (
  candidates: readonly ColumnCandidate[],
  tabs: readonly TerminalTab[],
): readonly (number | null)[] => {
  const found = candidates.map((): number | null => null);
  const open = [...tabs];
  const ranks: readonly ((candidate: ColumnCandidate, tab: TerminalTab) => boolean)[] = [
    ({ last }, { column }) => last === column,
    ({ last }) => last !== null,
    ({ isActive }) => isActive,
    ({ isOurs }) => !isOurs,
    () => true,
  ];
  for (const fits of ranks) {
    for (const [index, candidate] of candidates.entries()) {
      const tab = open.findIndex((one) => one.label === candidate.name && fits(candidate, one));
      const taken = found[index] === null && tab >= 0 ? open.splice(tab, 1)[0] : undefined;
      if (taken !== undefined) {
        found[index] = taken.column;
      }
    }
  }
  return found;
};
