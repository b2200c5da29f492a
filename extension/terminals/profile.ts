import { TerminalProfile, window } from 'vscode';
import type { IDisposable } from '../../daemon/lifecycle/lifecycle';
import { createSession } from '../commands/create';
import { toShown } from '../commands/view';
import { Profile } from '../contributions';
import type { TerminalRestorer } from '../restore/restoreTerminals';
import type { Services } from '../services';

/** The terminal profile "Holdfast": each terminal made from it is a session. */
export const registerProfile = (services: Services, restorer: TerminalRestorer): IDisposable =>
  window.registerTerminalProfileProvider(Profile.SESSION, {
    provideTerminalProfile: async () => {
      const meant = services.open.takeMeant();
      if (meant !== undefined) {
        return new TerminalProfile(meant);
      }
      const restored = restorer.takeFirst();
      if (restored !== undefined) {
        return new TerminalProfile(await services.open.prepare(restored, 'restored'));
      }
      try {
        const session = await createSession(services, {});
        const shown = toShown({ session, terminal: undefined }, false);
        return shown === undefined
          ? undefined
          : new TerminalProfile(await services.open.prepare(shown, 'new'));
      } catch (error) {
        services.notices.error(error);
        return undefined;
      }
    },
  });
