import { basename } from 'node:path';
import { l10n } from 'vscode';
import { TerminalEnvironment } from '../../daemon/protocol/environment';
import { compareEnvironments } from '../environment/differences';
import type { Services } from '../services';
import type { TreeNode } from '../tree/treeModel';
import {
  isRunning,
  resolveTargets,
  type TargetArgument,
  targetName,
  targetText,
  viewedTerminal,
} from './targets';

/** Shows what a session's program was started with, where a new terminal of this window would get something else. */
export const showEnvironmentDifferences = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
): Promise<void> => {
  const [target] = await resolveTargets(services, argument, selected, {
    title: l10n.t('Show Environment Differences'),
    // Of one that is named the daemon says why not.
    fits: (candidate) => argument !== undefined || isRunning(candidate),
    isViewed: true,
  });
  const terminal = target === undefined ? undefined : viewedTerminal(target);
  if (target === undefined || terminal === undefined) {
    return;
  }
  const { environment, link, differences } = services;
  const text = targetText({ session: target.session, terminal });
  const beside = await environment.gather();
  const told = await link.call(TerminalEnvironment.type, { target: { text, explicit: true }, beside });
  await differences.show(`${target.session.id}:${terminal.id}`, {
    name: targetName(target),
    program: terminal.command[0] === undefined ? l10n.t('a shell') : basename(terminal.command[0]),
    pid: told.pid,
    differences: compareEnvironments(told.environment, told.beside ?? beside, {
      platform: process.platform,
      isLink: (path) => environment.isLink(path),
      knowsSecrets: told.source === 'process',
    }),
    isComplete: told.source === 'process',
    knowsOthers: await environment.knowsOthers(),
  });
};
