import { endingsOfSessions } from '../../client/endings';
import type { Container } from '../../platform/lifetime/container';
import type { Ending } from '../../platform/lifetime/ending';
import type { Finding } from '../../protocol/daemon';
import { of } from './finding';

/** What ends sessions that nobody ends, because of where they run: a logout, or the stop of a container. */
export const checkLifetime = (dataDir: string, env: NodeJS.ProcessEnv): readonly Finding[] => {
  const endings = endingsOfSessions(dataDir, env);
  const isLeftAlone = !endings.some(({ kind }) => kind !== 'stop');
  return [
    ...(process.platform === 'linux' && isLeftAlone
      ? [of('logout')({ status: 'ok', message: 'nothing is known that ends programs at logout' })]
      : []),
    ...endings.map(found),
  ];
};

const found = (ending: Ending): Finding => {
  switch (ending.kind) {
    case 'logout':
      return of('logout')({
        status: 'warning',
        message: `systemd ends all programs of this login session at logout (KillUserProcesses=yes, ${ending.unit})`,
        suggestion:
          "Run 'loginctl enable-linger'. What runs already stays in that scope: once your sessions have ended, run 'holdfast daemon stop', then 'systemd-run --user --scope holdfast daemon start'.",
      });
    case 'lastLogout':
      return of('logout')({
        status: 'warning',
        message: `systemd ends all programs below ${ending.unit} when you log out everywhere`,
        suggestion: "Run 'loginctl enable-linger': they then go on, those that run already too.",
      });
    case 'stop':
      return of('container')({ status: 'warning', ...STOPS[ending.container] });
  }
};

const RESURRECT =
  "'holdfast resurrect' then starts shells in their last folders, if the data folder is kept: put it on a volume (HOLDFAST_DATA_DIR).";
const inContainer = (name: string): { readonly message: string; readonly suggestion: string } => ({
  message: `this is ${name}: all programs end when it stops, which nothing inside can keep from happening`,
  suggestion: `Keep it running as long as you need them. ${RESURRECT}`,
});

const STOPS: Readonly<Record<Container, { readonly message: string; readonly suggestion: string }>> = {
  devcontainer: {
    message:
      'this is a dev container: all programs end when it stops, as it does when the last window is closed',
    suggestion: `Set "shutdownAction": "none" in devcontainer.json, and VS Code leaves it running. ${RESURRECT}`,
  },
  codespaces: {
    message:
      'this is a codespace: all programs end when it stops, as it does when nobody has used it for a while',
    suggestion: `Choose a longer idle timeout at https://github.com/settings/codespaces. ${RESURRECT}`,
  },
  wsl: {
    message:
      "this is a WSL distribution: all programs end when Windows stops it ('wsl --shutdown', a restart, WSL's idle timeouts)",
    suggestion: "'holdfast resurrect' then starts shells in their last folders.",
  },
  docker: inContainer('a Docker container'),
  podman: inContainer('a Podman container'),
  kubernetes: inContainer('a container of Kubernetes'),
  container: inContainer('a container'),
};
