import { l10n } from 'vscode';
import { wantedOfSession } from '../attention/wanted';
import type { Services } from '../services';
import { readSetting } from '../settings';
import { pick } from './targets';
import { toShown } from './view';

/** All sessions to choose from, first those that somebody should look at; the chosen one is shown. */
export const showSessions = async (services: Services): Promise<void> => {
  await services.link.refresh();
  const [target] = await pick(services, {
    title: l10n.t('Sessions'),
    fits: () => true,
    isViewed: true,
    isFirst: ({ session }) => wantedOfSession(session, readSetting).length > 0,
  });
  const shown = target === undefined ? undefined : toShown(target, false);
  if (shown !== undefined) {
    await services.open.show(shown, { focus: 'terminal' });
  }
};
