import {
  TabInputTerminal,
  type Terminal,
  type TerminalEditorLocationOptions,
  type TerminalLocation,
  type TerminalSplitLocationOptions,
  window,
} from 'vscode';
import { editorColumns, type TerminalTab } from './editorColumns';

/** Where a terminal is made. */
export type Place = TerminalLocation | TerminalEditorLocationOptions | TerminalSplitLocationOptions;

/** The group that a terminal is made in, if it is made in a certain one. */
export const columnOf = (place: Place | undefined): number | null =>
  typeof place === 'object' && 'viewColumn' in place && place.viewColumn > 0 ? place.viewColumn : null;

export interface PlacedTerminal {
  /** Undefined until VS Code has made it. */
  readonly terminal: Terminal | undefined;
  readonly name: string;
  /** The editor group it was in last. */
  readonly last: number | null;
}

/** The editor group that each of our terminals is in now; null for the panel. */
export const columnsOf = (ours: readonly PlacedTerminal[]): readonly (number | null)[] => {
  const others = window.terminals.filter((terminal) => !ours.some((one) => one.terminal === terminal));
  return editorColumns(
    [
      ...ours.map(({ terminal, name, last }) => ({
        name: terminal?.name ?? name,
        last,
        isActive: terminal !== undefined && terminal === window.activeTerminal,
        isOurs: true,
      })),
      ...others.map((terminal) => ({
        name: terminal.name,
        last: null,
        isActive: terminal === window.activeTerminal,
        isOurs: false,
      })),
    ],
    terminalTabs(),
  );
};

/** In the order of the groups. */
const terminalTabs = (): readonly TerminalTab[] =>
  window.tabGroups.all.flatMap((group) =>
    group.tabs
      .filter((tab) => tab.input instanceof TabInputTerminal)
      .map((tab) => ({ label: tab.label, column: group.viewColumn })),
  );
