import { commands } from 'vscode';
import { Disposable } from '../../daemon/lifecycle/lifecycle';
import { showNotifications } from '../attention/showNotifications';
import { Command } from '../contributions';
import type { Services } from '../services';
import { installCommand } from '../shim/installCommand';
import type { TreeNode } from '../tree/treeModel';
import { changeColor, changeIcon } from './appearance';
import { moveStep, moveToGroup } from './arrange';
import { kill, killAllDetached, remove, rename, restart } from './change';
import {
  duplicate,
  newSession,
  newSessionHere,
  newSessionWith,
  spawnTerminal,
  splitTerminal,
} from './create';
import { restartDaemon, showDaemonStatus, showLog } from './daemon';
import { DeleteKey } from './deleteKey';
import { attachInEditor } from './editorArea';
import { showEnvironmentDifferences } from './environment';
import { clearFilter, filterSessions, sortSessions } from './filter';
import { RowOpener } from './open';
import { peek } from './peek';
import { removeEnded } from './removeEnded';
import { resurrect } from './resurrect';
import { runFile, runSelection, sendText } from './send';
import { showSessions } from './showSessions';
import type { TargetArgument } from './targets';
import { attach, attachAll, copyAttachCommand, detach, detachAll } from './view';

/**
 * A command gets the item it was called on and all that are selected (from a menu), a TARGET (from a keybinding or
 * another extension), or nothing.
 */
type Handler = (target: TargetArgument, selected: readonly TreeNode[] | undefined, extra: unknown) => unknown;

/** Every command of the manifest and what it does; a missing one does not compile. */
const handlers = (
  services: Services,
  opener: RowOpener,
  deleteKey: DeleteKey,
): Readonly<Record<Command, Handler>> => ({
  [Command.NEW_SESSION]: (argument) => newSession(services, argument),
  [Command.NEW_SESSION_WITH]: () => newSessionWith(services),
  [Command.NEW_SESSION_HERE]: (resource) => newSessionHere(services, resource),
  [Command.DUPLICATE]: (target, selected) => duplicate(services, target, selected),
  [Command.SEND_TEXT]: (target, selected, text) => sendText(services, target, selected, text),
  [Command.RUN_SELECTION]: (target) => runSelection(services, target),
  [Command.RUN_FILE]: (resource, _selected, target) => runFile(services, resource, asTarget(target)),
  [Command.OPEN]: (target) => opener.open(target),
  [Command.SHOW_SESSIONS]: () => showSessions(services),
  [Command.ATTACH]: (target, selected) =>
    attach(services, target, selected, { readOnly: false, focus: 'terminal' }),
  [Command.ATTACH_ALL]: (target, selected) => attachAll(services, target, selected),
  [Command.ATTACH_READ_ONLY]: (target, selected) =>
    attach(services, target, selected, { readOnly: true, focus: 'terminal' }),
  [Command.PEEK]: (target, selected) => peek(services, target, selected),
  [Command.CLOSE_PEEK]: () => services.peek.close(),
  [Command.ATTACH_IN_EDITOR]: (target, selected, column) =>
    attachInEditor(services, target, selected, column),
  [Command.DETACH]: (target, selected) => detach(services, target, selected),
  [Command.DETACH_ALL]: () => detachAll(services),
  [Command.RENAME]: (target, selected, name) => rename(services, target, selected, name),
  [Command.CHANGE_ICON]: (target, selected, icon) => changeIcon(services, target, selected, icon),
  [Command.CHANGE_COLOR]: (target, selected, color) => changeColor(services, target, selected, color),
  [Command.MOVE_TO_GROUP]: (target, selected, group) => moveToGroup(services, target, selected, group),
  [Command.MOVE_UP]: (target, selected) => moveStep(services, target, selected, 'up'),
  [Command.MOVE_DOWN]: (target, selected) => moveStep(services, target, selected, 'down'),
  [Command.FILTER]: (text) => filterSessions(services, text),
  [Command.CLEAR_FILTER]: () => clearFilter(services),
  [Command.SORT]: (order) => sortSessions(services, order),
  [Command.KILL]: (target, selected) => kill(services, target, selected),
  [Command.REMOVE]: (target, selected) => remove(services, target, selected),
  [Command.REMOVE_ENDED]: (_target, _selected, undoMs) => removeEnded(services, undoMs),
  [Command.KILL_OR_REMOVE]: (target) => deleteKey.press(target),
  [Command.RESTART]: (target, selected) => restart(services, target, selected),
  [Command.SHOW_NOTIFICATIONS]: (target, selected) => showNotifications(services, target, selected),
  [Command.RESURRECT]: (target, selected, how) => resurrect(services, target, selected, how),
  [Command.SPAWN_TERMINAL]: (target, selected) => spawnTerminal(services, target, selected),
  [Command.SPLIT_TERMINAL]: (target, selected) => splitTerminal(services, target, selected),
  [Command.COPY_ATTACH_COMMAND]: (target, selected) => copyAttachCommand(services, target, selected),
  [Command.SHOW_ENVIRONMENT_DIFFERENCES]: (target, selected) =>
    showEnvironmentDifferences(services, target, selected),
  [Command.TOGGLE_SECRET_VALUES]: (resource) => services.differences.toggleSecrets(resource),
  [Command.SHOW_LOG]: (which) => showLog(services, which),
  [Command.SHOW_DAEMON_STATUS]: () => showDaemonStatus(services),
  [Command.RESTART_DAEMON]: () => restartDaemon(services),
  [Command.KILL_ALL_DETACHED]: () => killAllDetached(services),
  [Command.INSTALL_COMMAND]: () => installCommand(services),
});

/** What a keybinding or another extension passes behind a file. */
const asTarget = (value: unknown): TargetArgument => (typeof value === 'string' ? value : undefined);

/** Registers all commands; what one throws is shown, once. */
export class Commands extends Disposable {
  public constructor(services: Services) {
    super();
    const all = handlers(services, new RowOpener(services), new DeleteKey(services));
    for (const [id, handler] of Object.entries(all)) {
      this._register(
        commands.registerCommand(
          id,
          async (target: TargetArgument, selected: readonly TreeNode[] | undefined, extra: unknown) => {
            try {
              return await handler(target, Array.isArray(selected) ? selected : undefined, extra);
            } catch (error) {
              services.notices.error(error);
              return undefined;
            }
          },
        ),
      );
    }
  }
}
