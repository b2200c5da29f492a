import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { commands, env, l10n, Uri, window } from 'vscode';
import { restartDaemon as restart } from '../../daemon/client';
import { DaemonStatus } from '../../daemon/protocol/daemon';
import { LOG_FOLDER } from '../../daemon/protocol/endpoint';
import { Command } from '../contributions';
import type { Services } from '../services';
import { sessionsText, viewersText } from '../tree/counts';

const MINUTE_MS = 60_000;

/** @param which asks when it is not given */
export const showLog = async (services: Services, which: unknown): Promise<void> => {
  const extension = { label: l10n.t('Extension'), path: undefined };
  const daemonLog = newestLog(join(services.dataDir, LOG_FOLDER));
  const picked =
    daemonLog === undefined || which === 'extension'
      ? extension
      : await window.showQuickPick(
          [extension, { label: l10n.t('Daemon'), description: daemonLog, path: daemonLog }],
          {
            title: l10n.t('Show Log'),
          },
        );
  if (picked?.path !== undefined) {
    await window.showTextDocument(Uri.file(picked.path), { preview: true });
  } else if (picked !== undefined) {
    services.log.show();
  }
};

/** @returns the status, or undefined when no daemon runs: asking for it starts none. */
export const showDaemonStatus = async (services: Services): Promise<DaemonStatus.Result | undefined> => {
  await services.link.listen();
  if (services.link.state !== 'connected') {
    void window.showInformationMessage(l10n.t('No daemon is running. The first session starts it.'));
    return undefined;
  }
  const status = await services.link.call(DaemonStatus.type, {});
  void offerMore(status);
  return status;
};

const offerMore = async (status: DaemonStatus.Result): Promise<void> => {
  const copy = l10n.t('Copy Details');
  const again = l10n.t('Restart Daemon');
  const text = l10n.t(
    'Daemon {0} (process {1}), up {2} min: {3}, {4}, {5} MB.',
    status.version,
    status.pid,
    Math.floor(status.uptimeMs / MINUTE_MS),
    sessionsText(status.sessions),
    viewersText(status.viewers),
    Math.round(status.rssBytes / 1024 / 1024),
  );
  const chosen = await window.showInformationMessage(text, copy, again);
  if (chosen === copy) {
    await env.clipboard.writeText(JSON.stringify(status, null, 2));
  } else if (chosen === again) {
    await commands.executeCommand(Command.RESTART_DAEMON);
  }
};

/** Programs go on under it. */
export const restartDaemon = async (services: Services): Promise<void> => {
  const endpoint = await restart(services.connectOptions);
  await services.link.connect();
  services.log.info(`restarted the daemon: process ${endpoint.pid}, version ${endpoint.version}`);
  window.setStatusBarMessage(l10n.t('The daemon was restarted; programs went on.'), 5000);
};

const newestLog = (folder: string): string | undefined =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.log'))
        .map((name) => join(folder, name))
        .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]
    : undefined;
