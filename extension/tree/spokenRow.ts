import { l10n } from 'vscode';
import type { TerminalState } from '../../daemon/protocol/model';
import { plainText } from './plainText';

/**
 * What a screen reader says of a row: all that its icon, its colours and its description tell. A title is for the hover: programs
 * change it many times a second, and each time the row would be drawn anew, which closes its hover and is said again.
 */
export interface SpokenRow {
  readonly name: string;
  readonly state: TerminalState;
  /** As the description has it: how it ended, or who looks at it. */
  readonly stateText: string;
  /** What its shell runs, or how the last command ended. */
  readonly commands: string | undefined;
  readonly folder: string;
}

export const spokenRow = ({ name, state, stateText, commands, folder }: SpokenRow): string =>
  spokenList([
    plainText(name),
    // Only an icon says so on the row; the other states are words there.
    ...(state === 'running' ? [l10n.t('running')] : []),
    stateText,
    ...(commands === undefined ? [] : [commands]),
    l10n.t('folder {0}', folder),
  ]);

/** Things that are said one after the other, with the pause between them that the language has. */
export const spokenList = (parts: readonly string[]): string =>
  parts.reduce((said, part) => l10n.t('{0}, {1}', said, part));
