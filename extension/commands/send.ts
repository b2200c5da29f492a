import { basename } from 'node:path';
import { l10n, type TextEditor, Uri, window, workspace } from 'vscode';
import { HoldfastError } from '../../daemon/protocol/errors';
import { TerminalType } from '../../daemon/protocol/terminals';
import type { Services } from '../services';
import type { TreeNode } from '../tree/treeModel';
import { requireTrust } from '../trust';
import { quotedPath } from './quotedPath';
import {
  isRunning,
  resolveTargets,
  type Target,
  type TargetArgument,
  targetText,
  viewedTerminal,
} from './targets';
import { toShown } from './view';

/**
 * Asks for a line and types it, with Enter, into all that are meant.
 * @param text what is typed, where it is not to be asked for
 * @returns into how many it was typed
 */
export const sendText = async (
  services: Services,
  argument: TargetArgument,
  selected: readonly TreeNode[] | undefined,
  text: unknown,
): Promise<number> => {
  requireTrust();
  const title = l10n.t('Send Text to Sessions');
  const targets = await resolveTargets(services, argument, selected, {
    title,
    fits: isRunning,
    many: true,
    pickMany: true,
    isViewed: true,
  });
  if (targets.length === 0) {
    return 0;
  }
  const names = targets.map(({ session }) => session.name).join(', ');
  const line =
    typeof text === 'string'
      ? text
      : await window.showInputBox({ title, prompt: l10n.t('Typed into {0}, followed by Enter.', names) });
  if (line === undefined) {
    return 0;
  }
  // One that has just ended keeps the others from nothing.
  const done = await Promise.allSettled(targets.map((target) => type(services, target, line)));
  const failed = done.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    throw failed.reason;
  }
  return done.length;
};

/** Runs what is selected in the editor, or the line of its cursor, in a session. @returns whether it was typed */
export const runSelection = (services: Services, argument: TargetArgument): Promise<boolean> => {
  const { document, selection } = requireEditor();
  const text = selection.isEmpty
    ? document.lineAt(selection.active.line).text
    : document.getText(selection).replace(/\r?\n$/, '');
  return runText(services, argument, l10n.t('Run Selected Text in Session'), text);
};

/** Runs a file by its path in a session: the one of the editor, or of the Explorer. @returns whether it was typed */
export const runFile = async (
  services: Services,
  argument: unknown,
  target: TargetArgument,
): Promise<boolean> => {
  const uri = argument instanceof Uri ? argument : requireEditor().document.uri;
  if (uri.scheme !== 'file') {
    throw new HoldfastError(
      'INVALID_INPUT',
      l10n.t('only a file on disk can be run'),
      l10n.t('Save it first.'),
    );
  }
  // What stands on the screen is what is meant to run.
  await workspace.textDocuments.find((document) => document.uri.toString() === uri.toString())?.save();
  const title = l10n.t('Run {0} in Session', basename(uri.fsPath));
  return runText(services, target, title, quotedPath(uri.fsPath));
};

/** In the session that the active terminal shows, unless another one is named. */
const runText = async (
  services: Services,
  argument: TargetArgument,
  title: string,
  text: string,
): Promise<boolean> => {
  requireTrust();
  const { active } = services.open;
  const [target] = await resolveTargets(
    services,
    argument ?? (active === undefined ? undefined : `${active.session}:${active.terminal}`),
    undefined,
    { title, fits: isRunning, isViewed: true },
  );
  if (target === undefined) {
    return false;
  }
  await type(services, target, text);
  const shown = toShown(target, false);
  if (shown !== undefined) {
    await services.open.show(shown, { focus: 'preserve' });
  }
  return true;
};

/** As a paste, so that several lines are one command to a shell that knows pastes, and none of them is a key. */
const type = async ({ link }: Services, target: Target, text: string): Promise<void> => {
  const terminal = viewedTerminal(target);
  await link.call(TerminalType.type, {
    target: { text: targetText({ session: target.session, terminal }) },
    text,
    paste: true,
    enter: true,
  });
};

const requireEditor = (): TextEditor => {
  const editor = window.activeTextEditor;
  if (editor === undefined) {
    throw new HoldfastError('INVALID_INPUT', l10n.t('no editor is active'), l10n.t('Open a file first.'));
  }
  return editor;
};
