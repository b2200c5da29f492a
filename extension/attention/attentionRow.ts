import { l10n, ThemeColor, ThemeIcon, type TreeItem } from 'vscode';
import type { Attention, SessionInfo } from '../../daemon/protocol/model';
import { ItemWord } from '../contributions';
import { readSetting } from '../settings';
import { wantedOfSession } from './wanted';
import { ATTENTION_ICON, attentionWords } from './words';

/** A row of the view, with why somebody should look: in its icon, its description and what a screen reader says. */
export const withAttention = (item: TreeItem, wanted: readonly Attention[]): TreeItem => {
  const [first] = wanted;
  if (first === undefined) {
    return item;
  }
  const words = wanted.map(attentionWords).join(', ');
  const label = item.accessibilityInformation?.label;
  item.iconPath = new ThemeIcon(ATTENTION_ICON[first.reason], colourOf(first));
  item.description = typeof item.description === 'string' ? `${words} · ${item.description}` : words;
  if (label !== undefined) {
    item.accessibilityInformation = { label: l10n.t('{0}, {1}', words, label) };
  }
  return item;
};

/** The same of a session, for all of its terminals. */
export const withSessionAttention = (item: TreeItem, session: SessionInfo): TreeItem => {
  if (session.quiet === true) {
    item.contextValue = `${item.contextValue ?? ''} ${ItemWord.QUIET}`;
  }
  return withAttention(item, wantedOfSession(session, readSetting));
};

const colourOf = ({ reason, exitCode = null }: Attention): ThemeColor => {
  const isFailure = reason === 'failed' || (exitCode !== null && exitCode !== 0);
  return new ThemeColor(isFailure ? 'problemsErrorIcon.foreground' : 'problemsWarningIcon.foreground');
};
