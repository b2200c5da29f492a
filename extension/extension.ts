import { commands, type ExtensionContext, l10n, window } from 'vscode';
import { type ConnectOptions, chooseRuntime, resolveLocations } from '../daemon/client';
import { ExtensionApi } from './api/api';
import type { HoldfastExtension } from './api/holdfast';
import { AttachUri } from './attachUri';
import { AttentionBadge } from './attention/attentionBadge';
import { AttentionNotices } from './attention/attentionNotices';
import { FocusedTerminal } from './attention/focusedTerminal';
import { IdleReminder } from './attention/idleReminder';
import { StatusItem } from './attention/statusItem';
import { attachInEditor } from './commands/editorArea';
import { Commands } from './commands/register';
import { tabName } from './commands/view';
import { ContextKey } from './contributions';
import { DaemonLink } from './daemonLink';
import { DifferencesDocument } from './environment/differencesDocument';
import { EditorLinks } from './environment/editorLinks';
import { TerminalEnvironment } from './environment/terminalEnvironment';
import { Step, tickOff } from './firstSteps';
import { LifetimeNotice } from './lifetime/lifetimeNotice';
import { Notices } from './notices';
import { PageWatch } from './pageWatch';
import { Peek } from './peek/peek';
import { missingPrebuild, thisMachine } from './platformCheck';
import type { ShowTask } from './restore/restoreTerminals';
import { ResurrectOffer } from './restore/resurrectOffer';
import { windowKey } from './restore/windowRecord';
import { openFolders, WindowState } from './restore/windowState';
import { runtimeCandidates } from './runtimes';
import type { Services } from './services';
import { CommandShim } from './shim/commandShim';
import { TaskRuns } from './tasks/taskRuns';
import { closedByUser } from './terminals/closePolicy';
import { OpenTerminals } from './terminals/openTerminals';
import { registerProfile } from './terminals/profile';
import { ptyContext } from './terminals/ptyContext';
import { ReachNotice } from './terminals/reachNotice';
import { Relaunched } from './terminals/relaunched';
import { shellNonce } from './terminals/shellNonce';
import { lookOf } from './terminals/shown';
import { SizeNotice } from './terminals/sizeNotice';
import { SessionTree } from './tree/sessionTree';

/** Composes the parts and registers them; everything else is theirs. @returns what other extensions are given */
export const activate = (context: ExtensionContext): HoldfastExtension => {
  const own = <T extends { dispose(): unknown }>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };
  const log = own(window.createOutputChannel('Holdfast', { log: true }));
  const notices = new Notices(log);
  const { dataDir, runtimeDir } = resolveLocations(process.env);
  const choose: ConnectOptions['runtime'] = (place) => chooseRuntime(runtimeCandidates(place))(place);
  const connectOptions: ConnectOptions = { kind: 'vscode', runtime: choose, distFolder: __dirname };

  const link = own(new DaemonLink(connectOptions, dataDir, (error) => notices.error(error)));
  const shim = new CommandShim(__dirname, dataDir, choose);
  // A command of the page's own that changes nothing.
  const askPage = () => commands.executeCommand('setContext', ContextKey.DAEMON_STATE, link.state);
  const page = own(new PageWatch(askPage));
  const open = own(
    new OpenTerminals(
      (shown) => ptyContext(link, notices, page, shown),
      (shown) => shellNonce(link, shown),
      ({ session }) => {
        const info = link.get(session);
        return info === undefined ? undefined : lookOf(info);
      },
    ),
  );
  own(new SizeNotice(open));
  own(new ReachNotice(open));
  const peek = own(new Peek(link, notices, (shown) => open.show(shown, { focus: 'terminal' })));
  const tree = own(
    new SessionTree(
      link,
      open,
      (error) => notices.error(error),
      (node, column) => attachInEditor(services, node, undefined, column),
    ),
  );
  const links = new EditorLinks(runtimeDir, windowKey(openFolders()));
  const environment = own(new TerminalEnvironment(shim.folder, runtimeDir, links, log));
  const services: Services = {
    ...{ context, log, notices, connectOptions, dataDir },
    ...{ link, page, open, peek, tree, shim, environment },
    differences: own(new DifferencesDocument()),
  };
  const runs = own(new TaskRuns(services));
  const showTask: ShowTask = (task, isShown) => runs.showAgain(task, isShown);
  const state = own(new WindowState(services, showTask));
  own(new Relaunched(open, askPage, showTask, (error) => notices.error(error)));

  own(
    page.onDidLeave(() => {
      log.info('the page of this window does not answer: its terminals are left until it does');
      state.leave();
      peek.close();
      // Ephemeral sessions too: nobody looks at them any more, and they end a while after their last viewer.
      open.leave();
    }),
  );
  own(
    page.onDidReturn(() => {
      log.info('the page of this window answers again');
      state.comeBack();
      open.comeBack();
    }),
  );
  own(new ResurrectOffer(services));
  own(new AttentionBadge(link, tree.view));
  own(new StatusItem(link));
  own(new AttentionNotices(services, own(new FocusedTerminal(link, open, page))));
  own(new IdleReminder(services));
  own(new LifetimeNotice(services, context.globalStorageUri.fsPath, open.onDidAttach));
  own(new Commands(services));
  own(registerProfile(services, state.restorer));
  own(window.registerUriHandler(new AttachUri(services)));
  own(
    open.onDidAttach((origin) => {
      if (origin === 'restored') {
        tickOff(Step.COME_BACK);
      }
      environment.shown().catch((error: unknown) => log.warn(String(error)));
    }),
  );
  own(
    open.onDidCloseByUser((shown) => {
      closedByUser(services, shown).catch((error: unknown) => notices.error(error));
    }),
  );
  own(
    link.onDidChangeSessions(() =>
      open.rename((shown) => {
        const session = link.get(shown.session);
        const terminal = session?.terminals.find((candidate) => candidate.id === shown.terminal);
        return session === undefined || terminal === undefined
          ? shown.name
          : tabName(session, terminal, shown.readOnly);
      }),
    ),
  );
  own(
    link.onDidChangeState((daemonState) => {
      void commands.executeCommand('setContext', ContextKey.DAEMON_STATE, daemonState);
      if (daemonState === 'connected') {
        shim
          .ensure()
          .catch((error: unknown) => log.warn(`the command line is not available: ${String(error)}`));
      }
    }),
  );

  // Behind the activation, which VS Code's other extensions wait for: Node takes its time to tell of the C library.
  setImmediate(() => {
    const missing = missingPrebuild(thisMachine(), __dirname);
    if (missing !== undefined) {
      void window.showErrorMessage(unsupported(missing));
    }
  });
  state.begin().catch((error: unknown) => notices.error(error));
  const api = own(new ExtensionApi(services));
  // Nothing but the interface.
  return { getAPI: (version) => api.getAPI(version) };
};

const unsupported = (missing: 'package' | 'glibc'): string =>
  missing === 'glibc'
    ? l10n.t('Holdfast needs a Linux with glibc 2.28 or later; this one has an older or another C library.')
    : l10n.t(
        'This package of Holdfast is not for {0}-{1}: install the one that is.',
        process.platform,
        process.arch,
      );
