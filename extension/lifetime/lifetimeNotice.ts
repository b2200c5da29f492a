import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { env, l10n, Uri, window } from 'vscode';
import { endingsOfSessions } from '../../daemon/client/endings';
import type { Event } from '../../daemon/lifecycle/event';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { HoldfastError } from '../../daemon/protocol/errors';
import type { Services } from '../services';
import { type Cure, wordsFor } from './endingWords';
import { ToldOnce } from './toldOnce';

const run = promisify(execFile);
/** loginctl may ask its user for a password, in a dialog of the desktop's. */
const LINGER_TIMEOUT_MS = 2 * 60_000;

/** As much of what commands work with as this needs. */
export interface LifetimeServices extends Pick<Services, 'dataDir'> {
  readonly log: Pick<Services['log'], 'warn'>;
  readonly notices: Pick<Services['notices'], 'error'>;
  readonly page: Pick<Services['page'], 'answered'>;
}

/** Says once on a machine what will end its sessions though nobody ends them: a logout, or the stop of a container. */
export class LifetimeNotice extends Disposable {
  private _hasLooked = false;
  private readonly _told: ToldOnce;

  public constructor(
    private readonly _services: LifetimeServices,
    storage: string,
    /** Who has no session has nothing to lose. */
    onDidAttach: Event<unknown>,
  ) {
    super();
    this._told = new ToldOnce(storage, _services.dataDir);
    this._register(onDidAttach(() => this._look()));
  }

  private _look(): void {
    if (!this._hasLooked) {
      this._hasLooked = true;
      this._tell().catch((error: unknown) =>
        this._services.log.warn(`what ends sessions here was not found out: ${String(error)}`),
      );
    }
  }

  private async _tell(): Promise<void> {
    await this._services.page.answered;
    for (const ending of endingsOfSessions(this._services.dataDir, process.env)) {
      const key = ending.kind === 'stop' ? ending.container : ending.kind;
      if (!this._isDisposed && (await this._told.first(key))) {
        const { text, cures } = wordsFor(ending);
        const never = l10n.t('Don’t Show Again');
        const titles = cures.map(({ title }) => title);
        const chosen = await window.showWarningMessage(text, ...titles, never);
        if (chosen === never) {
          await this._told.never(key);
        }
        await this._take(cures.find(({ title }) => title === chosen));
      }
    }
  }

  private async _take(cure: Cure | undefined): Promise<void> {
    switch (cure?.kind) {
      case 'copy':
        await env.clipboard.writeText(cure.text);
        return;
      case 'open':
        await env.openExternal(Uri.parse(cure.url));
        return;
      case 'linger':
        return this._linger();
      case undefined:
    }
  }

  private async _linger(): Promise<void> {
    try {
      await run('loginctl', ['enable-linger'], { timeout: LINGER_TIMEOUT_MS });
      void window.showInformationMessage(l10n.t('Your sessions now go on when you log out.'));
    } catch (error) {
      this._services.notices.error(
        new HoldfastError(
          'INTERNAL_ERROR',
          l10n.t('lingering could not be enabled: {0}', HoldfastError.from(error).message),
          l10n.t('Run {0} in a terminal, or ask who administers this machine.', 'loginctl enable-linger'),
        ),
      );
    }
  }
}
