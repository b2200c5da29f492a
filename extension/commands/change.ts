import { l10n, window, workspace } from 'vscode';
import type { SessionInfo, TerminalInfo } from '../../daemon/protocol/model';
import { SessionKill, SessionRemove, SessionRename, SessionRestart } from '../../daemon/protocol/sessions';
import type { Services } from '../services';
import { noticeText, plainText } from '../tree/plainText';
import type { TreeNode } from '../tree/treeModel';
import { requireTrust } from '../trust';
import { nameProblem } from './create';
import {
  isRunning,
  resolveTargets,
  type Target,
  type TargetArgument,
  targetName,
  targetText,
} from './targets';
import { isMeant } from './view';

/** How many names a question lists. */
const MAX_LISTED = 10;

export const rename = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  newName: unknown,
): Promise<SessionInfo | undefined> => {
  const [target] = await resolveTargets(services, argument, selected, {
    title: l10n.t('Rename'),
    fits: () => true,
  });
  if (target === undefined) {
    return undefined;
  }
  const old = target.terminal?.name ?? target.session.name;
  const name =
    typeof newName === 'string'
      ? newName
      : await window.showInputBox({
          title: l10n.t('Rename {0}', targetName(target)),
          value: old,
          validateInput: (value) =>
            value === old ? undefined : nameProblem(services, value, { mayBeEmpty: false }),
        });
  if (name === undefined || name === old) {
    return undefined;
  }
  const call = { target: { text: targetText(target), explicit: true }, name };
  return (await services.link.call(SessionRename.type, call)).session;
};

/** @returns how many programs were ended */
export const kill = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<number> => {
  const targets = await resolveTargets(services, argument, selected, {
    title: l10n.t('Kill'),
    fits: isRunning,
    many: true,
    pickMany: true,
  });
  return (await mayKill(targets, l10n.t('Kill'))) ? killTargets(services, targets) : 0;
};

/** @returns how many sessions were removed */
export const remove = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<number> => {
  const targets = await resolveTargets(services, argument, selected, {
    title: l10n.t('Remove'),
    fits: (target) => target.terminal === undefined,
    many: true,
    pickMany: true,
  });
  const running = targets.filter(isRunning);
  if (running.length > 0 && !(await mayKill(running, l10n.t('Kill and Remove')))) {
    return 0;
  }
  for (const target of targets) {
    await services.link.call(SessionRemove.type, {
      target: { text: targetText(target), explicit: true },
      force: true,
    });
    services.open.detach((shown) => isMeant(shown, target));
  }
  return targets.length;
};

export const restart = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<SessionInfo | undefined> => {
  requireTrust();
  const [target] = await resolveTargets(services, argument, selected, {
    title: l10n.t('Restart'),
    fits: () => true,
  });
  if (target === undefined || (isRunning(target) && !(await mayKill([target], l10n.t('Restart'))))) {
    return undefined;
  }
  const call = services.link.call(SessionRestart.type, {
    target: { text: targetText(target), explicit: true },
  });
  await services.open.hold((shown) => isMeant(shown, target), call);
  return (await call).session;
};

/** @returns how many programs were ended */
export const killAllDetached = async (services: Services): Promise<number> => {
  await services.link.refresh();
  const targets = services.link
    .all()
    .filter((session) => session.state === 'running' && session.viewers === 0)
    .map((session): Target => ({ session, terminal: undefined }));
  if (targets.length === 0) {
    void window.showInformationMessage(l10n.t('No running session is detached.'));
    return 0;
  }
  return (await mayKill(targets, l10n.t('Kill All'))) ? killTargets(services, targets) : 0;
};

/** Ends programs without a question. @returns how many were ended */
export const killTargets = async (services: Services, targets: readonly Target[]): Promise<number> => {
  const results = await Promise.all(
    targets.map((target) => {
      const call = services.link.call(SessionKill.type, {
        target: { text: targetText(target), explicit: true },
      });
      services.open.expectEnd((shown) => isMeant(shown, target), call);
      return call;
    }),
  );
  const survivors = results.flatMap((result) => result.survivors);
  if (survivors.length > 0) {
    const list = survivors.map(({ pid, command }) => `${plainText(command, 60)} (${pid})`).join(', ');
    void window.showWarningMessage(noticeText(l10n.t('Still running after the kill: {0}', list)));
  }
  return results.reduce((sum, result) => sum + result.killed, 0);
};

/** Says how many programs end: a session may have several. */
const killQuestion = (action: string, asked: readonly Target[], listed: string): string => {
  const programs = countPrograms(asked);
  if (asked.length > 1) {
    return l10n.t('{0}: end {1} running programs of {2} sessions?', action, programs, countSessions(asked));
  }
  return programs > 1
    ? l10n.t('{0}: end the {1} running programs of {2}?', action, programs, listed)
    : l10n.t('{0}: end the running program of {1}?', action, listed);
};

const runningTerminals = ({ session, terminal }: Target): readonly TerminalInfo[] =>
  (terminal === undefined ? session.terminals : [terminal]).filter(
    ({ state }) => state === 'running' || state === 'unreachable',
  );

const countPrograms = (targets: readonly Target[]): number =>
  targets.reduce((sum, target) => sum + runningTerminals(target).length, 0);

const countSessions = (targets: readonly Target[]): number =>
  new Set(targets.map(({ session }) => session.id)).size;

/** Asks before programs are ended, unless the user has told VS Code never to ask. */
export const mayKill = async (targets: readonly Target[], action: string): Promise<boolean> => {
  if (targets.length === 0) {
    return false;
  }
  const confirm = workspace.getConfiguration().get<string>('terminal.integrated.confirmOnKill');
  const asked = targets.filter(isRunning);
  if (confirm === 'never' || asked.length === 0) {
    return true;
  }
  const names = asked.map(targetName);
  const listed = names.slice(0, MAX_LISTED).join(', ') + (names.length > MAX_LISTED ? ', …' : '');
  const question = killQuestion(action, asked, listed);
  const consequence =
    countPrograms(asked) === 1
      ? l10n.t('What it started ends with it.')
      : l10n.t('What they started ends with them.');
  const detail = asked.length === 1 ? consequence : `${listed}\n\n${consequence}`;
  return (await window.showWarningMessage(question, { modal: true, detail }, action)) === action;
};
