import { homedir } from 'node:os';
import { l10n, type QuickPickItem, ThemeIcon, window } from 'vscode';
import { isInteractiveShell } from '../../daemon/platform/interactiveShell';
import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { SessionResurrect } from '../../daemon/protocol/sessions';
import type { Services } from '../services';
import { plainText, shortFolder } from '../tree/plainText';
import type { TreeNode } from '../tree/treeModel';
import { requireTrust } from '../trust';
import { resolveTargets, type Target, type TargetArgument, targetName, targetText } from './targets';
import { isMeant } from './view';

/** What is started in place of what was lost. */
export type Revival = 'shell' | 'program';

/** @param how `shell` or `program`; else the user is asked where a program ran. @returns the sessions that run again */
export const resurrect = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  how: unknown,
): Promise<readonly SessionInfo[]> => {
  requireTrust();
  const targets = await resolveTargets(services, argument, selected, {
    title: l10n.t('Resurrect'),
    fits: (target) => lostTerminals(target).length > 0,
    many: true,
    pickMany: true,
  });
  const revival = how === 'shell' || how === 'program' ? how : await askHow(targets);
  return revival === undefined ? [] : resurrectTargets(services, targets, revival);
};

/** Starts what was lost, and shows it in the tabs that showed it; what one throws is shown and stops no other. */
export const resurrectTargets = async (
  services: Services,
  targets: readonly Target[],
  revival: Revival,
): Promise<readonly SessionInfo[]> => {
  const sessions: SessionInfo[] = [];
  for (const target of targets) {
    const call = services.link.call(SessionResurrect.type, {
      target: { text: targetText(target), explicit: true },
      run: revival === 'program',
    });
    try {
      await services.open.hold((shown) => isMeant(shown, target), call);
      sessions.push((await call).session);
    } catch (error) {
      services.notices.error(error);
    }
  }
  return sessions;
};

export const lostTerminals = ({ session, terminal }: Target): readonly TerminalInfo[] =>
  (terminal === undefined ? session.terminals : [terminal]).filter(({ state }) => state === 'lost');

/** The programs, other than shells, that a loss has ended. */
export const lostPrograms = (targets: readonly Target[]): readonly TerminalInfo[] =>
  targets.flatMap(lostTerminals).filter(({ command }) => !isInteractiveShell(command));

const askHow = async (targets: readonly Target[]): Promise<Revival | undefined> => {
  const programs = lostPrograms(targets);
  const [first] = targets.flatMap(lostTerminals);
  if (programs.length === 0) {
    return 'shell';
  }
  const items: readonly (QuickPickItem & { readonly revival: Revival })[] = [
    {
      revival: 'shell',
      iconPath: new ThemeIcon('terminal'),
      label: l10n.t('Start a Shell'),
      description:
        targets.length === 1
          ? plainText(shortFolder(first?.cwd ?? '', homedir()))
          : l10n.t('in the last folder of each'),
    },
    {
      revival: 'program',
      iconPath: new ThemeIcon('play'),
      label: l10n.t('Run the Program Again'),
      description: programs.map(({ command }) => plainText(command.join(' '), 60)).join(', '),
    },
  ];
  const [target] = targets;
  const title =
    targets.length === 1 && target !== undefined
      ? l10n.t('Resurrect {0}', targetName(target))
      : l10n.t('Resurrect {0} sessions', targets.length);
  return (
    await window.showQuickPick(items, { title, placeHolder: l10n.t('What to start under the old screen') })
  )?.revival;
};
