import { l10n } from 'vscode';
import type { HoldfastError } from './holdfast';

/** `run` only: no call of the daemon ends so. */
export class IntegrationUnavailable extends Error implements HoldfastError {
  public override readonly name = 'HoldfastError';
  public readonly code = 'INTEGRATION_UNAVAILABLE';
  public readonly suggestion = l10n.t(
    'Use a session whose program is bash, zsh, fish or PowerShell, with shell integration.',
  );
  public readonly retryable = false;

  /** @param session its name */
  public constructor(session: string) {
    super(l10n.t("the program in '{0}' does not tell of its commands", session));
  }
}
