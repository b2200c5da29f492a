import {
  TabInputTerminal,
  type Terminal,
  type TerminalEditorLocationOptions,
  type TerminalLocation,
  type TerminalSplitLocationOptions,
  type ViewColumn,
  window,
} from 'vscode';
import { editorColumns, type TerminalTab } from './editorColumns';

/** Where a terminal is made. */
export type Place = TerminalLocation | TerminalEditorLocationOptions | TerminalSplitLocationOptions;

/** The group that a terminal is made in, if it is made in a certain one. */
export const columnOf = (place: Place | undefined): number | null =>
  typeof place === 'object' && 'viewColumn' in place && place.viewColumn > 0 ? place.viewColumn : null;

/** The editor group that a terminal was in, if there still is one of that number; a new terminal never takes the focus there. */
export const placeIn = (column: number | null): Place | undefined =>
  window.tabGroups.all.some(({ viewColumn }) => viewColumn === column)
    ? { viewColumn: column as ViewColumn, preserveFocus: true }
    : undefined;

/** Whether a terminal of that name is what an editor group shows. */
export const isFrontOf = (column: number, name: string): boolean =>
  window.tabGroups.all.some(
    ({ viewColumn, activeTab }) =>
      viewColumn === column && activeTab?.input instanceof TabInputTerminal && activeTab.label === name,
  );

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
