import { l10n } from 'vscode';

export const sessionsText = (count: number): string =>
  count === 1 ? l10n.t('1 session') : l10n.t('{0} sessions', count);

export const viewersText = (count: number): string =>
  count === 1 ? l10n.t('1 viewer') : l10n.t('{0} viewers', count);
