import { commands, l10n, type MessageItem, window } from 'vscode';
import { killTargets } from '../commands/change';
import { GlobalState, View } from '../contributions';
import { Step, tickOff } from '../firstSteps';
import type { Services } from '../services';
import { readSetting } from '../settings';
import type { Shown } from './shown';

/** What the close button of a tab does to the session behind it. */
export const closedByUser = async (services: Services, shown: Shown): Promise<void> => {
  const session = services.link.get(shown.session);
  const terminal = session?.terminals.find((candidate) => candidate.id === shown.terminal);
  if (session === undefined || terminal?.state !== 'running' || shown.readOnly) {
    return;
  }
  const target = { session, terminal };
  switch (readSetting('holdfast.onTerminalClose')) {
    case 'detach':
      tickOff(Step.DETACH);
      await explainOnce(services, session.name);
      return;
    case 'kill':
      await killTargets(services, [target]);
      return;
    case 'ask': {
      // Escape and the dialog's own close button keep it running.
      const keep: MessageItem = { title: l10n.t('Keep Running'), isCloseAffordance: true };
      const kill: MessageItem = { title: l10n.t('Kill') };
      const question = l10n.t('{0} is still running.', session.name);
      const detail = l10n.t('Kept running, it can be attached again from the Holdfast view.');
      if ((await window.showWarningMessage(question, { modal: true, detail }, keep, kill)) === kill) {
        await killTargets(services, [target]);
      }
      return;
    }
  }
};

/** Said the first time only: closing a tab ends the program everywhere else. */
const explainOnce = async ({ context }: Services, name: string): Promise<void> => {
  if (context.globalState.get<boolean>(GlobalState.DETACH_EXPLAINED) === true) {
    return;
  }
  await context.globalState.update(GlobalState.DETACH_EXPLAINED, true);
  const show = l10n.t('Show Sessions');
  const text = l10n.t(
    '{0} keeps running. Find it in the Holdfast view, and attach it again from there.',
    name,
  );
  if ((await window.showInformationMessage(text, show)) === show) {
    await commands.executeCommand(`${View.SESSIONS}.focus`);
  }
};
