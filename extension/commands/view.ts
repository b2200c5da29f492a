import { env, l10n, window } from 'vscode';
import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { Step, tickOff } from '../firstSteps';
import type { Services } from '../services';
import type { ShowOptions } from '../terminals/openTerminals';
import { lookOf, type Shown } from '../terminals/shown';
import { mainTerminal, type TreeNode } from '../tree/treeModel';
import { resolveTargets, type Target, type TargetArgument, targetName, viewedTerminal } from './targets';

/** The name of the tab that shows a terminal. */
export const tabName = (session: SessionInfo, terminal: TerminalInfo, readOnly: boolean): string => {
  const name = terminal === mainTerminal(session) ? session.name : `${session.name}: ${terminal.name}`;
  return readOnly ? l10n.t('{0} (read-only)', name) : name;
};

export const toShown = (target: Target, readOnly: boolean): Shown | undefined => {
  const terminal = viewedTerminal(target);
  return terminal === undefined
    ? undefined
    : {
        session: target.session.id,
        terminal: terminal.id,
        name: tabName(target.session, terminal, readOnly),
        readOnly,
        look: lookOf(target.session),
      };
};

export const attach = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  { readOnly, focus }: { readonly readOnly: boolean; readonly focus: ShowOptions['focus'] },
): Promise<void> => {
  const targets = await resolveTargets(services, argument, selected, {
    title: readOnly ? l10n.t('Attach (Read-Only)') : l10n.t('Attach'),
    fits: (target) => !readOnly || (target.terminal ?? target.session).state === 'running',
    many: true,
    isViewed: true,
  });
  for (const target of targets) {
    const shown = toShown(target, readOnly);
    if (shown !== undefined) {
      await services.open.show(shown, { focus });
    }
  }
};

/** Every terminal of sessions and groups, each where it stood in this window. */
export const attachAll = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<void> => {
  const targets = await resolveTargets(services, argument, selected, {
    title: l10n.t('Attach All Terminals'),
    fits: ({ terminal }) => terminal === undefined,
    many: true,
  });
  const shown = targets.flatMap(({ session }) =>
    session.terminals.flatMap((terminal) => toShown({ session, terminal }, false) ?? []),
  );
  await services.open.showAll(services.open.places.inOrder(shown).map((one) => [one, { focus: 'terminal' }]));
};

/** @returns how many terminals of this window were closed */
export const detach = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<number> => {
  const isHere = (target: Target): boolean => services.open.all.some((shown) => isMeant(shown, target));
  const targets = await resolveTargets(services, argument, selected, {
    title: l10n.t('Detach'),
    fits: isHere,
    many: true,
  });
  return detachShown(services, (shown) => targets.some((target) => isMeant(shown, target)));
};

export const detachAll = (services: Services): number => detachShown(services, () => true);

const detachShown = ({ open }: Services, isMeant: (shown: Shown) => boolean): number => {
  const count = open.detach(isMeant);
  if (count > 0) {
    tickOff(Step.DETACH);
  }
  return count;
};

/** Whether a tab shows what is meant: that terminal, or any of the session. */
export const isMeant = (shown: Shown, target: Target): boolean =>
  target.terminal === undefined ? shown.session === target.session.id : shown.terminal === target.terminal.id;

/** @returns what was copied */
export const copyAttachCommand = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<string | undefined> => {
  const targets = await resolveTargets(services, argument, selected, {
    title: l10n.t('Copy Attach Command'),
    fits: () => true,
    isViewed: true,
  });
  const [target] = targets;
  if (target === undefined) {
    return undefined;
  }
  // Names need no quoting in any shell: see NAME_PATTERN.
  const command = `holdfast attach ${targetName(target)}`;
  await env.clipboard.writeText(command);
  window.setStatusBarMessage(l10n.t('Copied: {0}', command), 5000);
  return command;
};
