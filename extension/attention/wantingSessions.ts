import { l10n } from 'vscode';
import type { SessionInfo } from '../../daemon/protocol/model';
import { readSetting } from '../settings';
import { plainText } from '../tree/plainText';
import { wantedOfSession } from './wanted';
import { attentionWords } from './words';

/** So many are named where a person or a screen reader is told who they are. */
const NAMED = 5;

/** The sessions that somebody should look at, each with why. */
export const wantingSessions = (sessions: readonly SessionInfo[]): readonly string[] =>
  sessions.flatMap((session) => {
    const words = wantedOfSession(session, readSetting).map(attentionWords).join(', ');
    return words === '' ? [] : [l10n.t('{0} ({1})', plainText(session.name), words)];
  });

/** @param wanting at least one, of `wantingSessions` */
export const wantingSentence = (wanting: readonly string[]): string => {
  const named = wanting.slice(0, NAMED).join('; ');
  const more = wanting.length - NAMED;
  const names = more > 0 ? l10n.t('{0}; {1} more', named, more) : named;
  return wanting.length === 1
    ? l10n.t('1 session wants attention: {0}', names)
    : l10n.t('{0} sessions want attention: {1}', wanting.length, names);
};
